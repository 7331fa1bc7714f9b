"""What is sent to make an event, or to change some of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from protocols.graph.calendar_bodies import FIELDS, changed, fresh, instance
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence
from protocols.recurrence.differing import INHERITED

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVENT = Event(
    when=Span(START, START + HOUR, "Europe/Berlin"),
    subject="S",
    location="L",
    body="B",
    shows=BusyStatus.WORKING_ELSEWHERE,
    sensitivity=Sensitivity.PRIVATE,
    categories=("c",),
    reminder=timedelta(minutes=90),
    people=("Bob <bob@b.example>",),
    meeting=True,
    response=Response.ACCEPTED,
)
SERIES = replace(EVENT, rule=Recurrence(frequency=Frequency.DAILY))


def test_a_new_one_says_everything_but_who_is_asked() -> None:
    body = fresh(EVENT, stamp="busyline:h/i", token="t", zone="UTC")
    assert body == {
        "subject": "S",
        "location": {"displayName": "L"},
        "body": {"contentType": "text", "content": "B"},
        "showAs": "workingElsewhere",
        "sensitivity": "private",
        "categories": ["c"],
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 90,
        "start": {"dateTime": "2026-11-09T10:00:00", "timeZone": "W. Europe Standard Time"},
        "end": {"dateTime": "2026-11-09T11:00:00", "timeZone": "W. Europe Standard Time"},
        "isAllDay": False,
        "transactionId": "t",
        EXTENDED: [{"id": STAMP, "value": "busyline:h/i"}],
    }
    assert b"bob" not in orjson.dumps(body).lower()


@pytest.mark.parametrize("name", INHERITED)
def test_one_field_is_one_part_of_the_body(name: str) -> None:
    whole = changed(EVENT, FIELDS, zone="UTC")
    body = changed(EVENT, {name}, zone="UTC")
    assert body
    assert body.items() <= whole.items()
    others = changed(EVENT, FIELDS - {name}, zone="UTC")
    assert not body.keys() & others.keys()


def test_what_is_no_field_of_graph_s_is_not_sent() -> None:
    assert changed(EVENT, {"people", "cancelled", "at 2026-11-09T09:00:00Z"}, zone="UTC") == {}


def test_no_reminder_is_said_in_so_many_words() -> None:
    assert changed(replace(EVENT, reminder=None), {"reminder"}, zone="UTC") == {"isReminderOn": False}


@pytest.mark.parametrize("names", [{"when"}, {"rule"}, {"when", "rule"}])
def test_time_and_rule_go_together(names: set[str]) -> None:
    body = changed(SERIES, names, zone="UTC")
    assert body.keys() == {"start", "end", "isAllDay", "recurrence"}
    assert body["recurrence"]["range"] == {
        "type": "noEnd",
        "startDate": "2026-11-09",
        "recurrenceTimeZone": "W. Europe Standard Time",
    }


def test_what_repeats_no_more_says_so() -> None:
    assert changed(EVENT, {"rule"}, zone="UTC")["recurrence"] is None
    assert "recurrence" not in changed(EVENT, {"when"}, zone="UTC")


def test_whole_days_begin_at_the_calendar_s_midnight() -> None:
    event = Event(when=Days(date(2026, 11, 9), date(2026, 11, 10)), rule=SERIES.rule)
    body = changed(event, {"when"}, zone="Asia/Tokyo")
    assert body["start"] == {"dateTime": "2026-11-09T00:00:00", "timeZone": "Tokyo Standard Time"}
    assert body["recurrence"]["range"]["recurrenceTimeZone"] == "Tokyo Standard Time"


NEXT = START + timedelta(days=1)
PLAIN = Occurrence(when=Span(NEXT, NEXT + HOUR, "Europe/Berlin"))


@pytest.mark.parametrize(
    ("now", "wanted", "body"),
    [
        (None, None, {}),
        (None, PLAIN, {}),
        (None, replace(PLAIN, subject="X"), {"subject": "X"}),
        (replace(PLAIN, subject="X"), None, {"subject": "S"}),
        (
            replace(PLAIN, subject="X"),
            replace(PLAIN, subject="X", body=""),
            {"body": {"contentType": "text", "content": ""}},
        ),
        (None, replace(PLAIN, reminder=NO_REMINDER), {"isReminderOn": False}),
        (
            None,
            replace(PLAIN, when=Span(NEXT, NEXT + 2 * HOUR, "UTC")),
            {
                "start": {"dateTime": "2026-11-10T10:00:00", "timeZone": "W. Europe Standard Time"},
                "end": {"dateTime": "2026-11-10T12:00:00", "timeZone": "W. Europe Standard Time"},
            },
        ),
    ],
)
def test_of_an_occurrence_only_what_differs_is_sent(
    now: Occurrence | None, wanted: Occurrence | None, body: dict[str, Any]
) -> None:
    assert instance(SERIES, NEXT, now, wanted) == body
