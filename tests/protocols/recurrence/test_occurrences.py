"""When a series comes again, as an independent reader of iCalendar counts it."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings

from protocols.model.event import Days, Event, Occurrence, Span, When
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import TooManyError
from protocols.recurrence.occurrences import first_after, index, starts, touches
from protocols.recurrence.rules import read
from tests.protocols.recurrence.series import at, span, texts, whens

YEAR = TimeWindow(at(2026, 1, 1), at(2027, 1, 1))
MONDAY = span(2026, 3, 2)
WEEKLY = Event(when=MONDAY, rule=read("FREQ=WEEKLY;COUNT=6", MONDAY))
DAYS = Days(date(2026, 3, 2), date(2026, 3, 3))


def independent(text: str, when: When, window: TimeWindow) -> list[date]:
    event = icalendar.Event()
    if isinstance(when, Days):
        event.add("DTSTART", when.first)
    else:
        from zoneinfo import ZoneInfo

        event.add("DTSTART", when.start.astimezone(ZoneInfo(when.zone)))
        event.add("DURATION", when.end - when.start)
    event.add("UID", "1")
    event.add("RRULE", icalendar.vRecur.from_ical(text))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    found = recurring_ical_events.of(calendar).between(window.start, window.end)
    told = [each["DTSTART"].dt for each in found]
    return sorted(each.astimezone(UTC) if isinstance(each, datetime) else each for each in told)


@given(texts(), whens)
@settings(max_examples=100, deadline=None)
def test_it_counts_as_another_does(text: str, when: When) -> None:
    event = Event(when=when, rule=read(text, when))
    first = when.first if isinstance(when, Days) else when.start
    begins = at(first.year, first.month, first.day)
    window = TimeWindow(begins, begins + timedelta(days=800))
    found = list(starts(event, window))
    assert found[0] == first
    named = independent(text, when, window)
    if "COUNT" in text and len(named) > 7:
        named.pop()  # it counts the first besides, where the rule does not name it; RFC 5545 has it among the seven
    assert {each for each in set(found) ^ set(named) if not _in_a_change(each)} == set()


def _in_a_change(instant: date) -> bool:
    """In the gaps, which the other reader takes another way."""
    return isinstance(instant, datetime) and instant.month in (3, 4, 10, 11)


def test_the_first_counts_though_the_rule_does_not_name_it() -> None:
    event = Event(when=MONDAY, rule=read("FREQ=WEEKLY;BYDAY=TU;COUNT=3", MONDAY))
    assert list(starts(event, YEAR)) == [at(2026, 3, 2, 8), at(2026, 3, 3, 8), at(2026, 3, 10, 8)]
    assert index(event, at(2026, 3, 3, 8)) == 2


def test_further_dates_come_in_their_order_and_once() -> None:
    event = Event(when=MONDAY, rule=WEEKLY.rule, extra=(at(2026, 3, 11, 8), at(2026, 3, 9, 8), at(2027, 3, 9, 8)))
    assert list(starts(event, YEAR))[:3] == [at(2026, 3, 2, 8), at(2026, 3, 9, 8), at(2026, 3, 11, 8)]
    assert index(event, at(2026, 3, 11, 8)) is None


def test_places_count_through_the_change_of_the_clocks() -> None:
    assert [index(WEEKLY, each) for each in starts(WEEKLY, YEAR)] == [1, 2, 3, 4, 5, 6]
    assert index(WEEKLY, at(2026, 3, 30, 7)) == 5  # 9 o'clock is another instant by now
    assert index(WEEKLY, at(2026, 3, 30, 8)) is None
    assert index(WEEKLY, at(2026, 2, 23, 8)) is None


@given(texts(), whens)
@settings(max_examples=60, deadline=None)
def test_places_are_those_that_counting_gives(text: str, when: When) -> None:
    event = Event(when=when, rule=read(text, when))
    begins = at(*(when.first if isinstance(when, Days) else when.start).timetuple()[:3])
    told = list(starts(event, TimeWindow(begins - timedelta(days=2), begins + timedelta(days=800))))
    assert [index(event, each) for each in told[-20:]] == list(range(1, len(told) + 1))[-20:]


def test_a_place_far_away_is_told_without_counting() -> None:
    old = span(1900, 1, 1)  # a Monday
    daily = Event(when=old, rule=read("FREQ=DAILY;INTERVAL=2;COUNT=90000", old))
    days = (date(2026, 3, 2) - date(1900, 1, 1)).days
    assert index(daily, at(2026, 3, 3, 8)) == (days + 1) // 2 + 1
    assert index(daily, at(2026, 3, 2, 8)) is None
    weekly = Event(when=old, rule=read("FREQ=WEEKLY;BYDAY=TU,TH", old))  # which does not name the first
    assert index(weekly, at(2026, 3, 3, 8)) == days // 7 * 2 + 2


def test_the_last_day_of_the_rule_is_in_it() -> None:
    event = Event(when=MONDAY, rule=read("FREQ=WEEKLY;UNTIL=20260330", MONDAY))
    assert list(starts(event, YEAR))[-1] == at(2026, 3, 30, 7)


def test_what_reaches_into_the_window_touches_it() -> None:
    window = TimeWindow(at(2026, 3, 9, 8, 30), at(2026, 3, 9, 8, 31))
    assert list(starts(WEEKLY, window)) == [at(2026, 3, 9, 8)]
    assert touches(WEEKLY, window)
    assert not touches(WEEKLY, TimeWindow(at(2026, 3, 9, 9), at(2026, 3, 16, 8)))
    nights = Event(when=Days(date(2026, 3, 2), date(2026, 3, 7)), rule=read("FREQ=MONTHLY", DAYS))
    assert touches(nights, TimeWindow(at(2026, 5, 6), at(2026, 5, 7)))
    assert not touches(nights, TimeWindow(at(2026, 5, 7), at(2026, 5, 8)))


def test_no_time_at_all_touches_where_it_is() -> None:
    moment = Event(when=Span(at(2026, 3, 2), at(2026, 3, 2)))
    assert touches(moment, TimeWindow(at(2026, 3, 2), at(2026, 3, 3)))
    assert not touches(moment, TimeWindow(at(2026, 3, 1), at(2026, 3, 2)))


def test_occurrences_count_where_they_are_now() -> None:
    moved = Occurrence(when=span(2026, 12, 24, 18))
    event = Event(when=MONDAY, rule=WEEKLY.rule, exceptions={at(2026, 3, 9, 8): moved, at(2026, 3, 16, 8): None})
    assert touches(event, TimeWindow(at(2026, 12, 24), at(2026, 12, 25)))
    assert not touches(event, TimeWindow(at(2026, 3, 9), at(2026, 3, 10)))
    assert not touches(event, TimeWindow(at(2026, 3, 16), at(2026, 3, 17)))
    assert at(2026, 3, 9, 8) in list(starts(event, YEAR))  # by when it would begin if nobody had moved it


def test_the_next_is_found_however_far_it_is() -> None:
    moved = Occurrence(when=span(2026, 3, 12))
    event = Event(when=MONDAY, rule=WEEKLY.rule, exceptions={at(2026, 3, 9, 8): None, at(2026, 3, 16, 8): moved})
    assert first_after(event, at(2026, 3, 2, 8)) == at(2026, 3, 2, 8)
    assert first_after(event, at(2026, 3, 2, 9)) == at(2026, 3, 12, 8)
    assert first_after(event, at(2026, 4, 6, 8)) is None
    assert first_after(Event(when=DAYS), at(2025, 1, 1)) == at(2026, 3, 2)
    leap = span(2024, 2, 29)
    assert first_after(Event(when=leap, rule=read("FREQ=YEARLY", leap)), at(2025, 1, 1)) == at(2028, 2, 29, 8)


def test_too_many_are_not_told() -> None:
    event = Event(when=MONDAY, rule=read("FREQ=DAILY", MONDAY))
    with pytest.raises(TooManyError):
        list(starts(event, YEAR, most=10))


def test_doubt_is_taken() -> None:
    nowhere = Span(MONDAY.start, MONDAY.end, "Middle-earth/Shire")
    assert touches(Event(when=nowhere, rule=WEEKLY.rule), TimeWindow(at(2026, 5, 1), at(2026, 5, 2)))
    never = Event(when=MONDAY, rule=read("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", MONDAY))
    assert first_after(never, at(2027, 1, 1)) is None
    assert index(never, at(2027, 1, 1)) is None


def test_the_ends_of_all_calendars_are_no_error() -> None:
    everything = TimeWindow(at(1, 1, 1), at(9999, 12, 31))
    assert touches(WEEKLY, everything)
    late = Span(at(9999, 12, 30), at(9999, 12, 31), "Pacific/Auckland")
    assert not touches(Event(when=late, rule=WEEKLY.rule), YEAR)


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ENDS = [
    *(Span(end, end, zone) for end in (FIRST, LAST) for zone in ("America/New_York", "Pacific/Kiritimati", "UTC")),
    Span(at(1970, 1, 1), LAST, "Europe/Berlin"),
    Days(date(1970, 1, 1), date(9999, 12, 31)),
    Days(date(1, 1, 1), date(1, 1, 2)),
]


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;INTERVAL=1200"])
@pytest.mark.parametrize("when", ENDS)
@pytest.mark.parametrize("window", [YEAR, TimeWindow(FIRST, at(2, 1, 1)), TimeWindow(at(9999, 1, 1), LAST)])
def test_the_ends_of_time_are_no_end_of_the_work(when: When, rule: str, window: TimeWindow) -> None:
    event = Event(when=when, rule=read(rule, span(2026, 3, 2)))
    assert touches(event, window) in {True, False}
    first_after(event, window.start)
    index(event, when.first if isinstance(when, Days) else when.start)
    if isinstance(when, Days) and when.until.year == 9999:
        assert touches(event, YEAR)
