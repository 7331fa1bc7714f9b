"""Working hours as a provider writes them."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod
from protocols.provider.hours import working_hours

PERIOD = {"days": ["monday", "friday"], "start": "09:00", "end": "24:00"}


def test_what_is_read() -> None:
    expected = WorkingPeriod(frozenset({Weekday.MONDAY, Weekday.FRIDAY}), 540, 1440)
    assert working_hours({"zone": "Europe/Berlin", "periods": [PERIOD]}) == WorkingHours(
        ZoneInfo("Europe/Berlin"), (expected,)
    )
    assert working_hours(None) is None


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"zone": "Europe/Berlin"},
        {"zone": "Europe/Berlin", "periods": {}},
        {"zone": "nowhere", "periods": []},
        {"zone": "Europe/Berlin", "periods": [PERIOD] * 51},
        {"zone": "Europe/Berlin", "periods": [{**PERIOD, "days": []}]},
        {"zone": "Europe/Berlin", "periods": [{**PERIOD, "days": ["someday"]}]},
        {"zone": "Europe/Berlin", "periods": [{**PERIOD, "days": "monday"}]},
        {"zone": "Europe/Berlin", "periods": [{**PERIOD, "end": "09:00"}]},
    ],
)
def test_what_is_not(value: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        working_hours(value)
