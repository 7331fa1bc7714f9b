"""Tests of calsync/spokes/exchange_calendar_occurrences.py."""

from dataclasses import replace
from datetime import datetime, timedelta

from calsync.spokes.exchange_calendar_occurrences import orders
from protocols.model.event import Occurrence, Span
from tests.calsync.spokes.exchange_calendar_world import SECOND, SERIES, THIRD

PLAIN = replace(SERIES, exceptions={})
DAY = timedelta(days=1)


def _moved(original: datetime, days: int) -> Occurrence:
    assert isinstance(SERIES.when, Span)
    start = original + days * DAY
    return Occurrence(when=Span(start, start + timedelta(hours=1), SERIES.when.zone))


def test_what_goes_is_named_by_its_place_and_what_differs_is_changed() -> None:
    told = orders("master", PLAIN, SERIES.exceptions, clock="UTC")
    assert told.gone == ('<t:OccurrenceItemId RecurringMasterId="master" InstanceIndex="3"/>',)
    [change] = told.changed
    assert 'InstanceIndex="2"' in change
    assert "<t:Location>Roof<" in change


def test_what_differs_no_more_is_written_as_its_series() -> None:
    told = orders("master", SERIES, {THIRD: None}, clock="UTC")
    assert told.gone == ()
    [change] = told.changed
    assert "<t:Start>2026-11-16T09:00:00Z<" in change
    assert "<t:Location></t:Location>" in change


def test_none_meets_another_on_its_way() -> None:
    later = orders("m", PLAIN, {SECOND: _moved(SECOND, 7), THIRD: _moved(THIRD, 7)}, clock="UTC")
    assert [each.partition('InstanceIndex="')[2][0] for each in later.changed] == ["3", "2"]
    earlier = orders("m", PLAIN, {SECOND: _moved(SECOND, -6), THIRD: _moved(THIRD, -6)}, clock="UTC")
    assert [each.partition('InstanceIndex="')[2][0] for each in earlier.changed] == ["2", "3"]
