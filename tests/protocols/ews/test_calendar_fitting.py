"""Tests of protocols/ews/calendar_fitting.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from protocols.ews.calendar_fitting import fit
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday

NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
WEEKLY = Event(
    when=Span(NINE, NINE + HOUR, "Europe/Berlin"),
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=5),
)


def _moved(days: int) -> Event:
    start = NINE + WEEK + timedelta(days=days)
    return replace(WEEKLY, exceptions={NINE + WEEK: Occurrence(when=Span(start, start + HOUR, "UTC"))})


def test_what_can_be_held_stays() -> None:
    assert fit(WEEKLY) == (WEEKLY, "")


@pytest.mark.parametrize(
    "event",
    [
        replace(WEEKLY, extra=(NINE + HOUR,)),
        replace(WEEKLY, rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.TU),))),
        replace(WEEKLY, rule=Recurrence(frequency=Frequency.MONTHLY, month_days=(9, 20))),
        replace(WEEKLY, when=Span(NINE, NINE + HOUR, "Antarctica/Troll")),
        replace(WEEKLY, exceptions={NINE + HOUR: Occurrence(when=WEEKLY.when)}),
        replace(WEEKLY, exceptions={NINE + WEEK: Occurrence(when=Days(date(2026, 11, 16), date(2026, 11, 17)))}),
        _moved(7),
        _moved(-7),
        _moved(8),
    ],
)
def test_what_cannot_be_held_is_told_in_words(event: Event) -> None:
    fitting, words = fit(event)
    assert fitting is None
    assert words.startswith("Exchange")


@pytest.mark.parametrize("days", [-6, 6])
def test_an_occurrence_may_be_moved_up_to_its_neighbours(days: int) -> None:
    fitting, _ = fit(_moved(days))
    assert fitting is not None
    [one] = fitting.exceptions.values()
    assert one is not None
    assert isinstance(one.when, Span)
    assert one.when.zone == "Europe/Berlin"


def test_an_occurrence_may_be_moved_behind_one_that_was_cancelled() -> None:
    event = _moved(8)
    fitting, words = fit(replace(event, exceptions={**event.exceptions, NINE + 2 * WEEK: None}))
    assert fitting is not None, words


def test_what_is_too_long_or_too_fine_is_cut() -> None:
    event = Event(
        when=Span(NINE.replace(microsecond=7), NINE + HOUR),
        subject="x" * 300,
        location="y" * 300,
        body="z" * 40_000,
        categories=("c" * 300, "d\x00"),
        reminder=timedelta(minutes=5, seconds=10),
    )
    fitting, _ = fit(event)
    assert fitting is not None
    assert fitting.when == Span(NINE, NINE + HOUR)
    assert (len(fitting.subject), len(fitting.location), len(fitting.body)) == (255, 255, 32_000)
    assert fitting.categories == ("c" * 255, "d")
    assert fitting.reminder == timedelta(minutes=5)


def test_zones_that_windows_calls_alike_come_back_as_one() -> None:
    fitting, _ = fit(Event(when=Span(NINE, NINE + HOUR, "Europe/Vienna")))
    assert fitting is not None
    assert fitting.when == Span(NINE, NINE + HOUR, "Europe/Berlin")
    strange, _ = fit(Event(when=Span(NINE, NINE + HOUR, "Antarctica/Troll")))
    assert strange is not None
    assert strange.when == Span(NINE, NINE + HOUR)


def test_an_occurrence_is_as_sensitive_as_its_series() -> None:
    one = Occurrence(
        when=Span(NINE + WEEK, NINE + WEEK + HOUR),
        subject="Other",
        sensitivity=Sensitivity.PRIVATE,
        reminder=NO_REMINDER,
        categories=("Red",),
        body="Text",
        location="Room",
        shows=BusyStatus.WORKING_ELSEWHERE,
    )
    fitting, _ = fit(replace(WEEKLY, exceptions={NINE + WEEK: one}), elsewhere=False)
    assert fitting is not None
    [held] = fitting.exceptions.values()
    assert held is not None
    assert held.sensitivity is None
    assert (held.subject, held.reminder, held.shows) == ("Other", NO_REMINDER, BusyStatus.FREE)


def test_old_servers_know_no_working_elsewhere() -> None:
    event = replace(WEEKLY, shows=BusyStatus.WORKING_ELSEWHERE)
    assert fit(event) == (event, "")
    fitting, _ = fit(event, elsewhere=False)
    assert fitting is not None
    assert fitting.shows is BusyStatus.FREE
