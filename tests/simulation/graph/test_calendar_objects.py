"""What is kept of an event of the simulated Outlook, and what is refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from simulation.graph.calendar_objects import EXTENDED, Stored, change_key, put, put_occurrence, times_told, window_of
from simulation.graph.schedule import GraphRefusal
from tests.simulation.graph.calendar_asking import STAMP, body, moment, weekly

SECOND = date(2026, 11, 16)


def stored(properties: dict[str, Any]) -> Stored:
    event = Stored("k", {})
    put(event, properties, new=True)
    return event


def test_what_is_not_said_is_as_outlook_has_it() -> None:
    event = stored(body(**{EXTENDED: [{"id": STAMP, "value": "v"}]}))
    assert (event.properties["isReminderOn"], event.properties["reminderMinutesBeforeStart"]) == (True, 15)
    assert event.extended == {STAMP.lower(): "v"}
    assert not event.repeats
    assert window_of(event.properties) == (datetime(2026, 11, 9, 9, tzinfo=UTC), datetime(2026, 11, 9, 10, tzinfo=UTC))
    put(event, {"subject": "x", "transactionId": "t"}, new=False)
    assert (event.properties["subject"], event.properties["transactionId"]) == ("x", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": 7},
        {"subject": "x" * 256},
        {"unknown": 1},
        {"showAs": "away"},
        {"start": None},
        {"start": moment("never")},
        {"start": moment("2026-11-09T09:00:00Z")},
        {"start": moment("2026-11-09T09:00:00", "Atlantis")},
        {"start": moment("2026-11-09T11:00:00")},
        {"isAllDay": True},
        {"recurrence": {"pattern": {}}},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(GraphRefusal):
        stored(body(**wrong))


def test_an_occurrence_has_what_differs_and_all_else_of_its_series() -> None:
    event = stored(weekly())
    put_occurrence(event, SECOND, {"subject": "x", "start": moment("2026-11-16T08:00:00")})
    told = event.of(SECOND)
    assert (told["subject"], told["start"], told["showAs"]) == ("x", moment("2026-11-16T08:00:00"), "busy")
    put(event, {"showAs": "free"}, new=False)
    assert (event.of(SECOND)["subject"], event.of(SECOND)["showAs"]) == ("x", "free")
    put(event, {"start": moment("2026-11-09T08:00:00")}, new=False)
    assert event.altered == {}


def test_another_pattern_brings_back_what_was_thrown_away() -> None:
    event = stored(weekly())
    event.cancelled.add(SECOND)
    assert SECOND not in event.days()
    put(event, {"recurrence": weekly()["recurrence"]}, new=False)
    assert SECOND in event.days()


@pytest.mark.parametrize(
    "wrong",
    [
        {"recurrence": None},
        {"isAllDay": True},
        {"start": moment("2026-11-23T09:00:00"), "end": moment("2026-11-23T10:00:00")},
        {"start": moment("2026-11-24T09:00:00"), "end": moment("2026-11-24T10:00:00")},
        {"start": moment("2026-11-09T09:00:00")},
    ],
)
def test_what_no_occurrence_may_be_is_refused(wrong: dict[str, Any]) -> None:
    event = stored(weekly())
    with pytest.raises(GraphRefusal):
        put_occurrence(event, SECOND, wrong)
    assert event.altered == {}


def test_days_are_midnights_whatever_the_zone() -> None:
    whole = {"start": moment("2026-11-09T00:00:00", "Asia/Tokyo"), "end": moment("2026-11-10T00:00:00", "Asia/Tokyo")}
    told = times_told(stored(body(isAllDay=True, **whole)).properties)
    assert told["start"] == moment("2026-11-09T00:00:00.0000000")
    assert told["originalStartTimeZone"] == "Asia/Tokyo"


def test_each_version_has_another_key() -> None:
    assert change_key(1) != change_key(2)
    assert Stored("k", {}, version=1).etag != Stored("k", {}, version=2).etag
