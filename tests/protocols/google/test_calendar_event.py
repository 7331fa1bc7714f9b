"""What Google says of an event is told in the words of the house, and nothing of it is guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocols.google.calendar_event import Frame, changed_at, frame, guarded, read, shows, stamp
from protocols.model.event import NO_REMINDER, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency

HOUR = timedelta(hours=1)
NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)
SECOND = datetime(2026, 11, 16, 9, tzinfo=UTC)
FRAME = Frame("Europe/Berlin", timedelta(minutes=30), "owner")
ANN = {"email": "ann@contoso.example", "displayName": "Ann", "responseStatus": "accepted"}
SELF = {"email": "jack@northwind.example", "self": True, "responseStatus": "needsAction"}


def event(**more: Any) -> dict[str, Any]:
    ends = {"start": {"dateTime": "2026-11-09T10:00:00+01:00"}, "end": {"dateTime": "2026-11-09T11:00:00+01:00"}}
    return {
        "id": "e1",
        "status": "confirmed",
        "organizer": {"email": "jack@northwind.example", "self": True},
        **ends,
        **more,
    }


def series(**more: Any) -> dict[str, Any]:
    ends = {
        name: {"dateTime": f"2026-11-09T{hour}:00:00+01:00", "timeZone": "Europe/Berlin"}
        for name, hour in (("start", 10), ("end", 11))
    }
    return event(recurrence=["RRULE:FREQ=WEEKLY"], summary="Weekly", **ends, **more)


def exception(hour: int = 10, **more: Any) -> dict[str, Any]:
    ends = {
        name: {"dateTime": f"2026-11-16T{each}:00:00+01:00", "timeZone": "America/New_York"}
        for name, each in (("start", hour), ("end", hour + 1))
    }
    original = {"dateTime": "2026-11-16T09:00:00Z"}
    return event(**{"recurringEventId": "e1", "originalStartTime": original, "summary": "Weekly", **ends, **more})


def test_an_appointment() -> None:
    told = read(
        event(
            summary=" Budget\n2027 ",
            location="Room 1",
            description="<p>one<br>two</p>",
            visibility="private",
            reminders={"overrides": [{"method": "popup", "minutes": 15}]},
        ),
        (),
        FRAME,
    )
    assert told.event.when == Span(NINE, NINE + HOUR, "Europe/Berlin")
    assert (told.event.subject, told.event.location, told.event.body) == ("Budget 2027", "Room 1", "one\ntwo")
    assert (told.event.sensitivity, told.event.reminder) == (Sensitivity.PRIVATE, timedelta(minutes=15))
    assert (told.event.shows, told.event.meeting, told.event.response) == (BusyStatus.BUSY, False, Response.NONE)
    assert told.event.people == ()
    assert not told.cut


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, BusyStatus.BUSY),
        ({"transparency": "transparent"}, BusyStatus.FREE),
        ({"status": "tentative"}, BusyStatus.TENTATIVE),
        ({"eventType": "outOfOffice"}, BusyStatus.OUT_OF_OFFICE),
        ({"eventType": "focusTime"}, BusyStatus.BUSY),
        ({"eventType": "birthday", "transparency": "transparent"}, BusyStatus.FREE),
        (
            {"eventType": "workingLocation", "workingLocationProperties": {"type": "homeOffice"}},
            BusyStatus.WORKING_ELSEWHERE,
        ),
        ({"eventType": "workingLocation", "workingLocationProperties": {"type": "officeLocation"}}, BusyStatus.FREE),
        ({"organizer": ANN, "attendees": [ANN, SELF]}, BusyStatus.TENTATIVE),
        ({"organizer": ANN, "attendees": [ANN, {**SELF, "responseStatus": "accepted"}]}, BusyStatus.BUSY),
    ],
)
def test_how_it_takes_time(more: dict[str, Any], status: BusyStatus) -> None:
    assert shows(event(**more)) is status


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("needsAction", Response.UNANSWERED),
        ("tentative", Response.TENTATIVE),
        ("accepted", Response.ACCEPTED),
        ("declined", Response.DECLINED),
        ("yes", Response.NONE),
    ],
)
def test_a_meeting_is_told_and_guarded(answer: str, response: Response) -> None:
    meeting = event(organizer=ANN, attendees=[{**ANN, "organizer": True}, {**SELF, "responseStatus": answer}])
    told = read(meeting, (), FRAME).event
    assert told.meeting
    assert told.response is response
    assert told.people == ("Organiser: Ann <ann@contoso.example>", SELF["email"])
    assert guarded(meeting, ()) == "others are invited"


@pytest.mark.parametrize(
    "more",
    [
        {"attendees": [ANN]},
        {"organizer": {"email": "ann@contoso.example"}},
        {"attendeesOmitted": True},
        {"locked": True},
        *({"eventType": kind} for kind in ("birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation")),
    ],
)
def test_what_must_not_be_written(more: dict[str, Any]) -> None:
    assert guarded(event(**more), ())


@pytest.mark.parametrize(
    "more", [{}, {"attendees": [SELF]}, {"eventType": "default"}, {"organizer": {}}, {"locked": False}]
)
def test_what_may_be_written(more: dict[str, Any]) -> None:
    assert guarded(event(**more), ()) == ""
    assert not read(event(**more), (), FRAME).event.meeting


def test_one_occurrence_with_somebody_else_guards_the_series() -> None:
    assert guarded(series(), [exception(attendees=[ANN])]) == "others are invited"
    assert read(series(), [exception(attendees=[ANN])], FRAME).event.meeting


def test_a_series_and_what_differs_in_it() -> None:
    weekly = series(reminders={"overrides": [{"method": "popup", "minutes": 5}]})
    moved = exception(13, description="Bring the plan", transparency="transparent")
    told = read(weekly, [moved], FRAME).event
    assert told.rule is not None
    assert told.rule.frequency is Frequency.WEEKLY
    start = datetime(2026, 11, 16, 12, tzinfo=UTC)
    assert told.exceptions == {
        SECOND: Occurrence(
            when=Span(start, start + HOUR, "Europe/Berlin"),
            body="Bring the plan",
            shows=BusyStatus.FREE,
            reminder=NO_REMINDER,
        )
    }


@pytest.mark.parametrize(
    ("answer", "told"),
    [("declined", Response.DECLINED), ("tentative", Response.TENTATIVE), ("accepted", None), ("yes", None)],
)
def test_one_occurrence_may_be_answered_otherwise(answer: str, told: Response | None) -> None:
    own = {**SELF, "responseStatus": "accepted"}
    weekly = series() | {"organizer": ANN, "attendees": [ANN, own]}
    other = exception() | {"organizer": ANN, "attendees": [ANN, {**own, "responseStatus": answer}]}
    shows = {"shows": BusyStatus.TENTATIVE} if answer == "tentative" else {}
    one = Occurrence(when=Span(SECOND, SECOND + HOUR, "Europe/Berlin"), response=told, **shows)  # type: ignore[arg-type]
    assert read(weekly, [other], FRAME).event.exceptions == ({SECOND: one} if told else {})
    own_series = exception() | {"organizer": {**SELF}, "attendees": [ANN, {**own, "responseStatus": answer}]}
    assert read(series(), [own_series], FRAME).event.exceptions == {}


def test_an_answer_where_nobody_else_takes_part_is_none() -> None:
    alone = exception() | {"organizer": {}, "attendees": [{**SELF, "responseStatus": "declined"}]}
    assert read(series(), [alone], FRAME).event.exceptions == {}


def test_an_occurrence_that_is_like_all_others_is_none() -> None:
    assert read(series(), [exception()], FRAME).event.exceptions == {}


def test_occurrences_that_are_cancelled() -> None:
    cancelled = {"id": "e1_x", "status": "cancelled", "originalStartTime": {"dateTime": "2026-11-16T09:00:00Z"}}
    weekly = series()
    weekly["recurrence"] += ["EXDATE;TZID=Europe/Berlin:20261123T100000"]
    both = {SECOND: None, datetime(2026, 11, 23, 9, tzinfo=UTC): None}
    assert read(weekly, [cancelled], FRAME).event.exceptions == both
    left_out = exception(14, originalStartTime={"dateTime": "2026-11-23T10:00:00+01:00"})
    assert read(weekly, [cancelled, left_out], FRAME).event.exceptions == both


@pytest.mark.parametrize(
    ("reminders", "told", "cut"),
    [
        ({"useDefault": True}, timedelta(minutes=30), False),
        ({"useDefault": False}, None, False),
        (None, None, False),
        (
            {"overrides": [{"method": "popup", "minutes": 10}, {"method": "popup", "minutes": 60}]},
            timedelta(minutes=10),
            True,
        ),
        ({"overrides": [{"method": "email", "minutes": 60}]}, None, True),
        ({"overrides": [{"method": "popup", "minutes": "soon"}]}, None, False),
    ],
)
def test_reminders(reminders: Any, told: timedelta | None, cut: bool) -> None:
    found = read(event(reminders=reminders), (), FRAME)
    assert (found.event.reminder, "reminder" in found.cut) == (told, cut)


def test_long_texts_are_cut_and_named() -> None:
    assert read(event(description="x" * 40_000), (), FRAME).cut == {"body"}
    assert read(series(), [exception(description="x" * 40_000)], FRAME).cut_at == {SECOND}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, ""),
        ({"extendedProperties": {"private": {"busyline": "busyline:merger/i1"}}}, "busyline:merger/i1"),
        ({"extendedProperties": {"shared": {"busyline": "busyline:merger/i1"}}}, ""),
        ({"extendedProperties": {"private": {"busyline": 7}}}, ""),
        ({"extendedProperties": None}, ""),
    ],
)
def test_our_stamp(more: dict[str, Any], told: str) -> None:
    assert stamp(event(**more)) == told


def test_what_a_calendar_says_of_itself() -> None:
    told = frame(
        {"timeZone": "Asia/Tokyo", "accessRole": "writer", "defaultReminders": [{"method": "popup", "minutes": 9}]}
    )
    assert told == Frame("Asia/Tokyo", timedelta(minutes=9), "writer")
    assert told.writable
    assert not frame({"accessRole": "reader"}).writable
    assert frame({"timeZone": None}) == Frame("UTC", None, "")


def test_the_last_change_counts() -> None:
    assert changed_at([event(updated="2026-11-01T08:00:00.123Z"), event(updated="2026-11-02T08:00:00Z"), event()]) == (
        datetime(2026, 11, 2, 8, tzinfo=UTC)
    )
    assert changed_at([event(updated="yesterday")]) is None
