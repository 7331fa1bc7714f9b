"""Series are counted out on the clocks of their zone, and each occurrence has the id that Google gives it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from simulation.google.calendar_series import instance, original, starts
from tests.simulation.google.calendar_asking import event


def series(*lines: str, **more: Any) -> dict[str, Any]:
    return event(9, id="s", recurrence=list(lines), **more)


def days(*lines: str) -> dict[str, Any]:
    return series(*lines, start={"date": "2026-11-09"}, end={"date": "2026-11-11"})


def test_weeks_over_a_change_of_the_clocks() -> None:
    ends = {"start": {"dateTime": "2026-10-19T10:00:00+02:00", "timeZone": "Europe/Zurich"}}
    found = list(starts(series("RRULE:FREQ=WEEKLY;COUNT=2", **ends)))
    assert found == [datetime(2026, 10, 19, 8, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["RRULE:FREQ=DAILY;COUNT=3"], [9, 10, 11]),
        (["RRULE:FREQ=DAILY;UNTIL=20261110T090000Z"], [9, 10]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261110T090000Z"], [9, 11]),
        (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Zurich:20261110T100000"], [9, 11]),
        (["RRULE:FREQ=DAILY;COUNT=2", "RDATE:20261120T090000Z"], [9, 10, 20]),
        (["RDATE;VALUE=DATE:20261120"], [9, 20]),
    ],
)
def test_which_days(lines: list[str], told: list[int]) -> None:
    assert list(starts(series(*lines))) == [datetime(2026, 11, day, 9, tzinfo=UTC) for day in told]


def test_whole_days() -> None:
    every = days("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261116", "RDATE;VALUE=DATE:20261118")
    assert list(starts(every)) == [date(2026, 11, day) for day in (9, 18, 23)]
    made = instance(every, date(2026, 11, 18))
    assert (made["id"], made["start"], made["end"]) == ("s_20261118", {"date": "2026-11-18"}, {"date": "2026-11-20"})
    assert original(made) == date(2026, 11, 18)


def test_an_occurrence() -> None:
    made = instance(series("RRULE:FREQ=DAILY;COUNT=3"), datetime(2026, 11, 10, 9, tzinfo=UTC))
    assert (made["id"], made["recurringEventId"], made["summary"]) == ("s_20261110T090000Z", "s", "Day 9")
    assert made["end"] == {"dateTime": "2026-11-10T11:00:00+01:00", "timeZone": "Europe/Zurich"}
    assert original(made) == datetime(2026, 11, 10, 9, tzinfo=UTC)
    assert "recurrence" not in made
