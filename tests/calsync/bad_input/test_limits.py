"""Series of which thousands of occurrences differ: counted out but once, and never written one by one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from calsync.spokes import google_calendar_items
from protocols.ews import calendar_fitting as ews
from protocols.graph import calendar_fitting as graph
from protocols.graph.calendar_event import Told, read
from protocols.model.event import Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence
from protocols.recurrence.occurrences import places

START = datetime(2026, 11, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY: dict[str, Any] = {
    "id": "x",
    "start": {"dateTime": "2026-11-09T12:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-11-09T13:00:00", "timeZone": "UTC"},
    "originalStartTimeZone": "UTC",
    "recurrence": {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "noEnd", "startDate": "2026-11-09", "recurrenceTimeZone": "UTC"},
    },
}


def differing(number: int) -> Event:
    days = [START + timedelta(days=day) for day in range(number)]
    exceptions: dict[date | datetime, Occurrence | None] = {
        day: Occurrence(when=Span(day, day + HOUR), subject="Other") for day in days
    }
    rule = Recurrence(frequency=Frequency.DAILY)
    return Event(when=Span(START, START + HOUR), rule=rule, exceptions=exceptions)


def test_ten_thousand_that_were_thrown_away_are_counted_out_once() -> None:
    days = [f"OID.x.{START + timedelta(days=day):%Y-%m-%d}" for day in range(10_000)]
    told = read({**DAILY, "cancelledOccurrences": days})
    assert isinstance(told, Told)
    assert len(told.event.exceptions) == 10_000


def test_places_are_those_of_single_questions() -> None:
    series = differing(5)
    wanted = [START, START + timedelta(days=3), START + timedelta(days=3, hours=1)]
    assert places(series, wanted) == {START: 1, START + timedelta(days=3): 4}


def test_more_than_a_thousand_that_differ_are_refused_in_words() -> None:
    for fit in (graph.fit, ews.fit, google_calendar_items.fit):
        held, words = fit(differing(1001))
        assert held is None
        assert "1000 occurrences differ" in words
        assert fit(differing(1000))[0] is not None
