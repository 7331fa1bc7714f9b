"""What of an event Graph can hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocols.graph.calendar_bodies import fresh, instance
from protocols.graph.calendar_event import SERIES, SERIES_EXPAND, Told, read
from protocols.graph.calendar_fitting import fit
from protocols.graph.calendar_times import PREFER
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Original, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.model.window import TimeWindow
from protocols.recurrence.differing import usual
from protocols.recurrence.exchange_fitting import LONGEST_LINE
from protocols.recurrence.occurrences import starts
from protocols.recurrence.rules import normal
from simulation.graph.calendar_objects import Stored, put, put_occurrence
from simulation.graph.calendar_telling import Telling

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVENT = Event(when=Span(START, START + HOUR, "Europe/Berlin"), subject="S")
WEEKLY = replace(EVENT, rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=4))


def at(days: float, length: timedelta = HOUR) -> Span:
    start = START + days * DAY
    return Span(start, start + length, "Europe/Berlin")


def test_what_it_holds_stays_as_it_is() -> None:
    event = replace(WEEKLY, exceptions={START + 7 * DAY: None, START + 14 * DAY: Occurrence(when=at(15), subject="X")})
    assert fit(event) == (event, "")
    assert fit(EVENT) == (EVENT, "")


def test_what_is_too_long_or_too_fine_is_made_to_fit() -> None:
    event = replace(
        EVENT,
        when=Span(START, START + HOUR, "Europe/Vienna"),
        subject="x" * 300,
        location="y" * 300,
        categories=("z" * 300,),
        reminder=timedelta(seconds=150),
    )
    held, words = fit(event)
    assert held is not None
    assert not words
    assert (len(held.subject), len(held.location), len(held.categories[0])) == (LONGEST_LINE,) * 3
    assert held.reminder == timedelta(minutes=2)
    assert held.when == EVENT.when
    assert fit(held) == (held, "")


def test_a_zone_without_a_name_is_only_as_good_as_utc() -> None:
    event = replace(EVENT, when=Span(START, START + HOUR, "Antarctica/Troll"))
    held, _ = fit(event)
    assert held is not None
    assert held.when == Span(START, START + HOUR, "UTC")
    assert "zone" in fit(replace(event, rule=WEEKLY.rule))[1]


def test_rules_come_back_in_the_form_of_graph_s() -> None:
    last = replace(
        EVENT,
        when=Span(datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 1, 31, 10, tzinfo=UTC)),
        rule=Recurrence(frequency=Frequency.YEARLY, months=(1,), month_days=(-1,)),
    )
    held, _ = fit(last)
    assert held is not None
    assert held.rule is not None
    assert held.rule.month_days == (31,)


def test_a_cancelled_occurrence_that_never_was_is_left_out() -> None:
    held, _ = fit(replace(WEEKLY, exceptions={START + DAY: None}))
    assert held == WEEKLY


NOT_HELD: dict[str, Event] = {
    "further dates": replace(EVENT, extra=(START + DAY,)),
    "the thirtieth": replace(
        EVENT,
        when=Span(datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)),
        rule=Recurrence(frequency=Frequency.MONTHLY, month_days=(30,)),
    ),
    "a first one apart": replace(EVENT, rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.TU),))),
    "an occurrence of no day": replace(WEEKLY, exceptions={START + DAY: Occurrence(when=at(1))}),
    "hours become days": replace(
        WEEKLY, exceptions={START + 7 * DAY: Occurrence(when=Days(date(2026, 11, 16), date(2026, 11, 17)))}
    ),
    "upon its neighbour": replace(WEEKLY, exceptions={START + 7 * DAY: Occurrence(when=at(14))}),
    "past its neighbour": replace(WEEKLY, exceptions={START + 7 * DAY: Occurrence(when=at(15))}),
    "before its neighbour": replace(WEEKLY, exceptions={START + 14 * DAY: Occurrence(when=at(6.5))}),
}


@pytest.mark.parametrize("event", NOT_HELD.values(), ids=NOT_HELD)
def test_what_it_cannot_hold_is_said(event: Event) -> None:
    held, words = fit(event)
    assert held is None
    assert "Microsoft 365" in words


@pytest.mark.parametrize(
    "exceptions",
    [
        {START + 7 * DAY: Occurrence(when=at(13.4))},
        {START + 7 * DAY: Occurrence(when=at(15)), START + 14 * DAY: None},
        {START + 7 * DAY: Occurrence(when=at(15)), START + 14 * DAY: Occurrence(when=at(17))},
        {START + 7 * DAY: Occurrence(when=at(7), reminder=NO_REMINDER)},
    ],
)
def test_what_is_moved_between_its_neighbours_is_held(exceptions: dict[Original, Occurrence | None]) -> None:
    event = replace(WEEKLY, exceptions=exceptions, reminder=timedelta())
    assert fit(event) == (event, "")


RULES = st.builds(
    Recurrence,
    frequency=st.sampled_from(Frequency),
    interval=st.integers(1, 3),
    days=st.lists(st.tuples(st.sampled_from([0, 0, 1, 2, -1, 5]), st.sampled_from(Weekday)), max_size=3).map(tuple),
    month_days=st.lists(st.sampled_from([1, 9, 15, 28, 30, 31, -1]), max_size=2).map(tuple),
    months=st.lists(st.sampled_from([1, 2, 11]), max_size=2).map(tuple),
    positions=st.lists(st.sampled_from([1, 2, -1]), max_size=1).map(tuple),
    week_start=st.sampled_from([Weekday.MO, Weekday.SU]),
    count=st.none() | st.integers(1, 20),
)
IMPLIED = st.builds(
    Recurrence,
    frequency=st.sampled_from(Frequency),
    interval=st.integers(1, 3),
    week_start=st.sampled_from([Weekday.MO, Weekday.SU]),
    count=st.none() | st.integers(1, 20),
)
ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata"])
SPANS = st.builds(
    lambda hours, length, zone: Span(START + hours * HOUR, START + (hours + length) * HOUR, zone),
    st.integers(0, 9000),
    st.integers(0, 30),
    ZONES,
)
WHOLE = st.builds(
    lambda day, length: Days(date(2026, 11, 9) + day * DAY, date(2026, 11, 9) + (day + length) * DAY),
    st.integers(0, 400),
    st.integers(1, 3),
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    when = draw(SPANS | WHOLE)
    rule = draw(st.none() | RULES | IMPLIED)
    plain = Event(
        when=when,
        rule=normal(rule, when) if rule is not None else None,
        subject=draw(st.text(st.sampled_from("ab <&é🦉"), max_size=8)).strip(),
        body=draw(st.text(st.sampled_from("ab \n<&é"), max_size=8)).rstrip(),
        categories=draw(st.sampled_from([(), ("a",), ("a", "b")])),
        reminder=draw(st.none() | st.sampled_from([timedelta(), HOUR])),
    )
    if plain.rule is None or fit(plain)[0] is None:
        return plain
    window = TimeWindow(START - 3 * DAY, START + 900 * DAY)
    every = list(islice(starts(plain, window, most=3000), 6))
    chosen = draw(st.dictionaries(st.sampled_from(every), st.booleans(), max_size=3)) if every else {}
    return replace(plain, exceptions={each: differing(plain, each) if kept else None for each, kept in chosen.items()})


def differing(series: Event, original: Original) -> Occurrence:
    when = usual(series.when, original)
    if isinstance(when, Span) and isinstance(series.when, Span):
        when = Span(when.start + HOUR, when.end + 2 * HOUR, series.when.zone)
    return Occurrence(when=when, subject="another" if series.subject != "another" else "one")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events())
def test_what_is_held_comes_back_from_a_server_as_it_is(event: Event) -> None:
    held, words = fit(event)
    if held is None:
        assert words
        return
    assert fit(held) == (held, "")
    stored = Stored("s", {})
    put(stored, fresh(held, stamp="busyline:h/i", token="t", zone="UTC"), new=True)
    for original, one in sorted(held.exceptions.items(), key=lambda each: each[1] is not None):
        day = next(each for each in stored.days() if original in (each, stored.original(each)))
        if one is None:
            stored.cancelled.add(day)
        else:
            put_occurrence(stored, day, instance(held, original, None, one))
    told = Telling("ann@contoso.example", {"prefer": PREFER}).event(
        stored, {"$select": SERIES, "$expand": SERIES_EXPAND}
    )
    found = read(told, owners=["ann@contoso.example"])
    assert isinstance(found, Told), found
    assert found.event == held
