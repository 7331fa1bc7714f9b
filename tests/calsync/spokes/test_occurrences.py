"""Which single occurrences are written, and in what order."""

from dataclasses import replace
from datetime import datetime, timedelta

from calsync.event_fields import field_of
from calsync.spokes.occurrences import back, differing, forgotten, wanted
from protocols.model.event import Event, Occurrence, Original, Span
from tests.calsync.spokes.exchange_calendar_world import FOURTH, SECOND, SERIES, THIRD, span

PLAIN = replace(SERIES, exceptions={})
DAY = timedelta(days=1)


def _moved(original: datetime, days: int) -> Occurrence:
    assert isinstance(SERIES.when, Span)
    start = original + days * DAY
    return Occurrence(when=Span(start, start + timedelta(hours=1), SERIES.when.zone))


def test_what_is_not_named_stays_as_it_stands() -> None:
    then = wanted(PLAIN, SERIES.exceptions, frozenset({field_of(SECOND)}))
    assert then == {THIRD: None}
    assert wanted(SERIES, {}, frozenset({field_of(THIRD)})) == {THIRD: None}
    assert wanted(SERIES, SERIES.exceptions, frozenset()) == SERIES.exceptions


def test_what_the_series_has_not_any_more_is_left_out() -> None:
    hour = timedelta(hours=1)
    later = replace(PLAIN, when=span(9, 10, zone="Europe/Berlin"))
    assert wanted(later, {SECOND: None, THIRD + hour: None}, frozenset()) == {THIRD + hour: None}
    assert wanted(Event(when=PLAIN.when), SERIES.exceptions, frozenset()) == {}


def test_what_differs_and_what_shall_come_back() -> None:
    other: dict[Original, Occurrence | None] = {SECOND: SERIES.exceptions[SECOND], FOURTH: None}
    assert set(differing(SERIES, other)) == {THIRD, FOURTH}
    assert back(SERIES.exceptions, other)
    assert not back(SERIES.exceptions, {THIRD: None})


def test_those_that_go_go_first() -> None:
    now = replace(PLAIN, exceptions={SECOND: _moved(SECOND, 1), THIRD: None})
    assert differing(now, {THIRD: None, FOURTH: None, SECOND: _moved(SECOND, 2)}) == [FOURTH, SECOND]
    assert differing(now, now.exceptions) == []


def test_none_meets_another_on_its_way() -> None:
    on: dict[Original, Occurrence | None] = {SECOND: _moved(SECOND, 7), THIRD: _moved(THIRD, 7)}
    assert differing(PLAIN, on) == [THIRD, SECOND]
    assert differing(replace(PLAIN, exceptions=on), {}) == [SECOND, THIRD]
    before: dict[Original, Occurrence | None] = {SECOND: _moved(SECOND, -6), THIRD: _moved(THIRD, -6)}
    assert differing(PLAIN, before) == [SECOND, THIRD]
    assert differing(replace(PLAIN, exceptions=before), {}) == [THIRD, SECOND]


def test_what_comes_back_as_less_than_it_is() -> None:
    more, there = frozenset({field_of(SECOND), "body"}), SERIES.exceptions
    assert forgotten(there, there, more, frozenset({"rule"}))
    assert forgotten(there, there, more, frozenset({field_of(THIRD)}))
    assert not forgotten(there, there, more, frozenset({field_of(SECOND)}))  # somebody says what it shall be
    assert not forgotten(there, {THIRD: None}, more, frozenset({"rule"}))  # it is meant to go
    assert forgotten({}, {}, more, frozenset({"rule"}))  # it differs in nothing that is told
    assert not forgotten(there, there, frozenset({"body"}), frozenset({"rule"}))
