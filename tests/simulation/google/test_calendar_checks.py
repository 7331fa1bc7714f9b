"""What Google would refuse is refused, and times are kept on the clocks of the calendar."""

from typing import Any

import pytest

from simulation.google.calendar_checks import checked
from simulation.google.refusals import GoogleRefusal
from tests.simulation.google.calendar_asking import event, weekly

ZURICH = "Europe/Zurich"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "required"),
        ({"start": {"date": "2026-11-09"}}, "required"),
        (event(start={"date": "2026-11-09"}), "invalid"),
        (event(start={"dateTime": "2026-11-09T10:00:00"}), "invalid"),
        (event(start={"dateTime": "2026-11-09T10:00:00Z", "timeZone": "Mars/Base"}), "invalid"),
        (event(start={"dateTime": "soon"}), "invalid"),
        (event(end={"dateTime": "2026-11-09T09:00:00+01:00"}), "timeRangeEmpty"),
        (weekly(start={"dateTime": "2026-11-09T10:00:00+01:00"}), "required"),
        (event(recurrence=["DTSTART:20261109"]), "invalid"),
        (event(recurrence=["RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20261231T000000Z"]), "invalid"),
        (event(recurrence=["RRULE:FREQ=OFTEN"]), "invalid"),
        (event(recurrence=["EXDATE:20261109T090000Z"]), "invalid"),
        (event(status="maybe"), "invalid"),
        (event(visibility="hidden"), "invalid"),
        (event(transparency="glass"), "invalid"),
        (event(description="x" * 8_193), "invalid"),
        (event(summary=7), "parseError"),
        (event(reminders={"overrides": [{"method": "popup", "minutes": 40_321}]}), "invalid"),
        (event(reminders={"overrides": [{"method": "sms", "minutes": 1}]}), "invalid"),
        (event(reminders={"overrides": [{"method": "popup", "minutes": 1}] * 6}), "invalid"),
        (
            event(reminders={"useDefault": True, "overrides": [{"method": "popup", "minutes": 1}]}),
            "cannotUseDefaultRemindersAndSpecifyOverride",
        ),
        (event(extendedProperties={"private": {"k" * 45: "v"}}), "invalid"),
        (event(extendedProperties={"shared": {"k": "v" * 1_025}}), "invalid"),
    ],
)
def test_what_is_refused(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(GoogleRefusal) as caught:
        checked(body, ZURICH)
    assert (caught.value.status, caught.value.reason) == (400, reason)


def test_how_times_are_kept() -> None:
    told = checked(event(start={"dateTime": "2026-11-09T09:00:00Z", "timeZone": "Asia/Tokyo"}), ZURICH)
    assert told["start"] == {"dateTime": "2026-11-09T10:00:00+01:00", "timeZone": "Asia/Tokyo"}
    told = checked(event(start={"dateTime": "2026-11-09T18:00:00", "timeZone": "Asia/Tokyo"}), "UTC")
    assert told["start"]["dateTime"] == "2026-11-09T09:00:00Z"
    whole = event(start={"date": "2026-11-09", "timeZone": None}, end={"date": "2026-11-10"})
    assert checked(whole, ZURICH)["start"] == {"date": "2026-11-09"}


def test_what_is_taken() -> None:
    assert checked(weekly(), ZURICH)["recurrence"] == ["RRULE:FREQ=WEEKLY;COUNT=4"]
    assert "recurrence" not in checked(event(recurrence=[]), ZURICH)
    assert "location" not in checked(event(location=None), ZURICH)
    assert checked(event(end=event()["start"]), ZURICH)["end"]  # of no length
