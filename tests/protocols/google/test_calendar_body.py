"""Bodies hold what is meant to change, and never anybody who could be mailed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.google.calendar_body import FIELDS, occurrence, part, recurrence, whole
from protocols.google.calendar_event import Frame, read, stamp
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday

HOUR = timedelta(hours=1)
NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)
SECOND = NINE + timedelta(days=7)
TIMED = Event(when=Span(NINE, NINE + HOUR, "Europe/Berlin"), subject="Budget", location="Room 1", body="Two\nlines")
WEEKLY = replace(TIMED, rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),)))

EVENTS = st.builds(
    Event,
    when=st.sampled_from([TIMED.when, Days(date(2026, 11, 9), date(2026, 11, 11)), Span(NINE, NINE, "UTC")]),
    subject=st.sampled_from(["", "Budget", "<b>", "王小明 & co"]),
    location=st.sampled_from(["", "Room 1"]),
    body=st.sampled_from(["", "Two\n\nlines", "<br>", "&amp;", "1 < 2"]),
    shows=st.sampled_from([BusyStatus.FREE, BusyStatus.BUSY, BusyStatus.TENTATIVE]),
    sensitivity=st.sampled_from([Sensitivity.NORMAL, Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL]),
    reminder=st.sampled_from([None, timedelta(), timedelta(minutes=40_320)]),
    people=st.sampled_from([(), ("Ann <ann@contoso.example>",)]),
    meeting=st.booleans(),
    response=st.sampled_from(Response),
)


@given(EVENTS)
def test_what_is_written_is_read_again(event: Event) -> None:
    body = whole(event, "u@busyline", "busyline:merger/i1")
    assert read(body, (), Frame("Asia/Tokyo")).event == replace(event, people=(), meeting=False, response=Response.NONE)
    assert (body["iCalUID"], stamp(body)) == ("u@busyline", "busyline:merger/i1")


@given(EVENTS)
def test_nobody_is_in_it(event: Event) -> None:
    written = orjson.dumps([whole(event, "u@busyline", "m"), part(event, FIELDS)])
    assert not any(word in written for word in (b"attendee", b"organizer", b"contoso", b"guests"))


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        ({"subject"}, {"summary"}),
        ({"when"}, {"start", "end"}),
        ({"body", "location"}, {"description", "location"}),
        ({"shows"}, {"status", "transparency"}),
        ({"sensitivity"}, {"visibility"}),
        ({"reminder"}, {"reminders"}),
        ({"categories", "people", "at 2026-11-16T09:00:00Z", "rule"}, set()),
    ],
)
def test_a_patch_says_what_changes_and_nothing_else(names: set[str], keys: set[str]) -> None:
    assert part(TIMED, frozenset(names)).keys() == keys


@pytest.mark.parametrize("status", BusyStatus)
def test_every_status_has_its_words(status: BusyStatus) -> None:
    body = part(replace(TIMED, shows=status), frozenset({"shows"}))
    assert body["transparency"] == (
        "transparent" if status in (BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE) else "opaque"
    )


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_every_sensitivity_has_its_word(sensitivity: Sensitivity) -> None:
    open_ = part(replace(TIMED, sensitivity=sensitivity), frozenset({"sensitivity"}))["visibility"] == "default"
    assert open_ is (sensitivity is Sensitivity.NORMAL)


def test_no_reminder_is_said_in_so_many_words() -> None:
    assert part(TIMED, frozenset({"reminder"})) == {"reminders": {"useDefault": False, "overrides": []}}
    late = part(replace(TIMED, reminder=timedelta(days=60, seconds=1)), frozenset({"reminder"}))
    assert late["reminders"]["overrides"] == [{"method": "popup", "minutes": 40_320}]


def test_a_series_leaves_out_what_is_cancelled() -> None:
    series = replace(WEEKLY, exceptions={SECOND: None})
    assert recurrence(series) == ["RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE:20261116T090000Z"]
    assert whole(series, "u", "m")["recurrence"] == recurrence(series)
    assert "recurrence" not in whole(TIMED, "u", "m")
    assert recurrence(TIMED) == []


def test_an_occurrence_is_said_whole() -> None:
    series = replace(WEEKLY, reminder=timedelta(minutes=5), sensitivity=Sensitivity.PRIVATE)
    now = Span(SECOND + HOUR, SECOND + 2 * HOUR, "Europe/Berlin")
    body = occurrence(SECOND, Occurrence(when=now, subject="Other", reminder=NO_REMINDER), series)
    assert (body["summary"], body["location"], body["status"]) == ("Other", "Room 1", "confirmed")
    assert body["start"]["dateTime"] == "2026-11-16T10:00:00Z"
    assert body["reminders"]["overrides"] == []
    assert "visibility" not in body  # which would befall the whole series
    plain = occurrence(SECOND, None, series)
    assert (plain["summary"], plain["start"]["dateTime"]) == ("Budget", "2026-11-16T09:00:00Z")
    assert plain["reminders"]["overrides"] == [{"method": "popup", "minutes": 5}]


def test_of_an_occurrence_that_stands_there_nothing_is_named_that_shall_stay() -> None:
    now = Span(SECOND + HOUR, SECOND + 2 * HOUR, "Europe/Berlin")
    there = replace(WEEKLY, exceptions={SECOND: Occurrence(when=now, subject="Other")})
    assert occurrence(SECOND, Occurrence(when=now, subject="New"), there, there) == {"summary": "New"}
    assert occurrence(SECOND, there.exceptions[SECOND], there, there) == {}
    assert occurrence(SECOND, None, there, there).keys() == {"summary", "start", "end"}
    assert occurrence(SECOND, None, replace(WEEKLY, location="Attic"), WEEKLY) == {"location": "Attic"}
