"""Tests of calsync/event_fields.py: an event is the same after it was flat fields."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.event_fields import event, event_fields, name_of, original_of
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Original, Response, Sensitivity, Span, When
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.recurrence.differing import usual

TEXT = st.text(max_size=20)
INSTANT = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAY = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
LONG = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30))
RULE = st.builds(
    Recurrence,
    frequency=st.sampled_from(Frequency),
    interval=st.integers(1, 9),
    days=st.lists(st.tuples(st.integers(-5, 5), st.sampled_from(Weekday)), max_size=3).map(tuple),
    month_days=st.lists(st.integers(-31, 31), max_size=3).map(tuple),
    months=st.lists(st.integers(1, 12), max_size=3).map(tuple),
    positions=st.lists(st.integers(-3, 3), max_size=2).map(tuple),
    week_start=st.sampled_from(Weekday),
    until=st.none() | DAY,
    others=st.sampled_from([(), (("BYYEARDAY", "1,-1"),)]),
)
SAID = {
    "subject": TEXT,
    "location": TEXT,
    "body": TEXT,
    "shows": st.sampled_from(BusyStatus),
    "sensitivity": st.sampled_from(Sensitivity),
    "categories": st.lists(TEXT, max_size=3).map(tuple),
}


@st.composite
def whens(draw: st.DrawFn, *, whole: bool) -> When:
    if whole:
        first = draw(DAY)
        return Days(first, first + timedelta(days=draw(st.integers(1, 9))))
    start = draw(INSTANT)
    return Span(start, start + draw(LONG), draw(st.sampled_from(["UTC", "Europe/Berlin"])))


@st.composite
def events(draw: st.DrawFn) -> Event:
    whole = draw(st.booleans())
    originals: st.SearchStrategy[Original] = DAY if whole else INSTANT
    said = {name: st.none() | values for name, values in SAID.items()}
    reminder = st.none() | st.just(NO_REMINDER) | LONG
    occurrence = st.none() | st.builds(Occurrence, when=whens(whole=whole), reminder=reminder, **said)
    rule = draw(st.none() | RULE)
    series: dict[str, Any] = {
        "extra": draw(st.lists(originals, max_size=2).map(tuple)),
        "exceptions": draw(st.dictionaries(originals, occurrence, max_size=3)),
    }
    return Event(
        when=draw(whens(whole=whole)),
        rule=rule,
        **(series if rule else {}),
        **{name: draw(values) for name, values in SAID.items()},
        reminder=draw(st.none() | LONG),
        people=draw(st.lists(TEXT, max_size=2).map(tuple)),
        cancelled=draw(st.booleans()),
    )


@settings(max_examples=200)
@given(events())
def test_an_event_comes_back_as_it_was(one: Event) -> None:
    assert event(event_fields(one)) == one


@settings(max_examples=50)
@given(events())
def test_equal_events_have_equal_texts(one: Event) -> None:
    again = event(event_fields(one))
    assert list(event_fields(again).items()) == list(event_fields(one).items())


@settings(max_examples=200)
@given(events(), st.data())
def test_what_the_owner_answered_of_an_occurrence_has_no_field(one: Event, data: st.DataObject) -> None:
    answers = st.sampled_from([each for each in Response if each is not Response.NONE])
    whole = isinstance(one.when, Days)
    starts = data.draw(st.lists(DAY if whole else INSTANT, max_size=2)) if one.repeats else []
    plain = {each: Occurrence(when=usual(one.when, each)) for each in starts if each not in one.exceptions}
    differing = {each: told for each, told in one.exceptions.items() if told != Occurrence(when=usual(one.when, each))}
    answered = {
        each: told and replace(told, response=data.draw(answers)) for each, told in {**differing, **plain}.items()
    }
    unanswered = event_fields(replace(one, exceptions=differing))
    told = event_fields(replace(one, exceptions=answered, response=data.draw(answers)))
    assert list(told.items()) == list(unanswered.items())
    assert event_fields(event(told)) == told


def test_what_is_as_by_default_is_left_out_and_what_differs_has_its_own_field() -> None:
    start = datetime(2026, 11, 3, 10, tzinfo=UTC)
    series = Event(
        when=Span(start, start + timedelta(hours=1)),
        rule=Recurrence(frequency=Frequency.DAILY, count=3),
        exceptions={start + timedelta(days=1): None},
        meeting=True,
    )
    assert event_fields(series) == {
        "when": '{"end":"2026-11-03T11:00:00Z","start":"2026-11-03T10:00:00Z","zone":"UTC"}',
        "rule": '{"count":3,"frequency":"DAILY"}',
        "at 2026-11-04T10:00:00Z": "null",
    }


def test_occurrences_are_named_by_days_or_instants() -> None:
    instant = datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert [original_of(name_of(each)) for each in (instant, date(2026, 11, 3))] == [instant, date(2026, 11, 3)]
    assert name_of(instant) == "2026-11-03T10:00:00Z"


def test_an_exception_of_what_does_not_repeat_is_no_event() -> None:
    when = event_fields(Event(when=Days(date(2026, 11, 3), date(2026, 11, 4))))
    with pytest.raises(ValueError, match="does not repeat"):
        event({**when, "at 2026-11-03": "null"})
