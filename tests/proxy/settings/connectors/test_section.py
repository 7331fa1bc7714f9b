"""What every connector may be told: narrow where nothing is written."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from proxy.layers.budget import Rate
from proxy.settings.connectors import PeerSection


def test_nothing_is_wide_by_default() -> None:
    section = PeerSection()
    assert (section.ca, section.private_network, section.deadline) == (None, False, timedelta(seconds=25))
    assert (section.working_hours, section.automatic_replies) == (None, False)


def test_working_hours_are_written_as_those_of_rules() -> None:
    section = PeerSection.model_validate({"working_hours": {"zone": "Asia/Kolkata", "from": "10:00", "to": "19:00"}})
    assert section.working_hours is not None
    (period,) = section.working_hours.working_hours().periods
    assert (period.start, period.end, len(period.days)) == (600, 1140, 5)
    with pytest.raises(ValidationError, match="zone"):
        PeerSection.model_validate({"working_hours": {"zone": "Middle-earth", "from": "10:00", "to": "19:00"}})


def test_what_may_be_written() -> None:
    section = PeerSection.model_validate({"ca": "ca.pem", "private_network": True, "deadline": "500ms"})
    assert (section.ca, section.deadline) == (Path("ca.pem"), timedelta(milliseconds=500))
    with pytest.raises(ValidationError):
        PeerSection.model_validate({"deadline": "soon"})


def test_there_is_no_budget_unless_it_is_written() -> None:
    section = PeerSection()
    assert (section.rates, section.total_rates) == ((), ())
    assert (section.extra_calls, section.overdue) == (0.05, timedelta(seconds=3))


def test_what_may_be_called_for_is_read() -> None:
    section = PeerSection.model_validate({"budget": ["20/1s", "600/1m"], "total_budget": ["1000/1m"]})
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    assert section.rates == (Rate(20, second), Rate(600, minute))
    assert section.total_rates == (Rate(1000, minute),)


def test_each_of_several_processes_has_its_part() -> None:
    section = PeerSection.model_validate({"budget": ["600/1m"], "total_budget": ["1000/1m"], "deadline": "5s"})
    part = section.among(4)
    assert (part.budget, part.total_budget, part.deadline) == (("150/1m",), ("250/1m",), timedelta(seconds=5))


@pytest.mark.parametrize(
    "written", [{"extra_calls": 0.6}, {"extra_calls": -0.1}, {"overdue": "0s"}, {"budget": "1/1m"}]
)
def test_what_may_not_be_written(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PeerSection.model_validate(written)
