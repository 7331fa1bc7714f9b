"""An event as Exchange, or Microsoft 365 above it, can hold it, or why neither can hold it at all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Original, Span, When
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Recurrence
from protocols.model.texts import cut, line, lines
from protocols.model.window import TimeWindow
from protocols.recurrence import exchange_patterns
from protocols.recurrence.budget import Budget
from protocols.recurrence.clock import first_wall, midnight
from protocols.recurrence.counting import starts as counted
from protocols.recurrence.occurrences import places, starts
from protocols.recurrence.rules import normal, written
from protocols.zones.names import windows_name, zone_named

LONGEST_LINE: Final = 255
"""Characters of a subject, a place and a category (PidTagSubject and its like, as Outlook keeps them)."""
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_STEPS: Final = 200_000
_MOST_DIFFERING: Final = 1_000  # each takes a request of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """``name`` is the system in the words that are shown; ``elsewhere``: it knows WorkingElsewhere, which is free
    otherwise; ``apart``: an occurrence may be more private than its series. ``says`` writes a rule of a series that
    begins on a day, and raises ValueError for what it has no words for."""

    name: str
    says: Callable[[Recurrence, date], object]
    elsewhere: bool = True
    apart: bool = True


def fit(event: Event, holder: Holder) -> tuple[Event | None, str]:
    """``event`` as it comes back once it was written, and ""; or None, and why it cannot be held."""
    try:
        return _fitting(event, holder), ""
    except ValueError as wrong:
        return None, str(wrong)


def _fitting(event: Event, holder: Holder) -> Event:
    if event.extra:
        raise ValueError(f"{holder.name} cannot hold further dates of a series (RDATE)")
    when = _held(event.when, holder, repeats=event.rule is not None)
    plain = replace(
        event,
        when=when,
        rule=_rule(event.rule, when, holder) if event.rule is not None else None,
        exceptions={},
        subject=_line(event.subject),
        location=_line(event.location),
        body=_text(event.body),
        shows=_shows(event.shows, holder),
        categories=_categories(event.categories),
        reminder=_reminder(event.reminder),
    )
    exceptions = dict(_exceptions(event, plain, holder))
    _not_crossing(plain, exceptions, holder)
    return replace(plain, exceptions=exceptions)


def _held(when: When, holder: Holder, *, repeats: bool) -> When:
    """In whole seconds, with the zone as it comes back: Windows has one name for many."""
    if isinstance(when, Days):
        return when
    zone = zone_named(when.zone)
    windows = windows_name(zone) if zone is not None else None
    back = zone_named(windows) if windows is not None else None
    if back is None and repeats:
        raise ValueError(f"{holder.name} has no name for the zone by whose clocks it repeats")
    return _whole(when, back.key if isinstance(back, ZoneInfo) else "UTC")


def _whole(when: Span, zone: str) -> Span:
    return Span(when.start.replace(microsecond=0), when.end.replace(microsecond=0), zone)


def _rule(rule: Recurrence, when: When, holder: Holder) -> Recurrence:
    """As it comes back. The first occurrence has to be one of the rule's: Exchange would move it there."""
    wall = first_wall(when)
    rule = normal(rule, when)
    holder.says(rule, wall.date())  # what cannot be said at all need not be counted
    held = exchange_patterns.held(rule, wall.date(), holder.name)
    text = written(replace(rule, count=None, until=None), when)
    if not any(True for _ in counted(text, wall, wall, wall, Budget(_STEPS, _STEPS))):
        raise ValueError(f"{holder.name} cannot hold a series whose first occurrence is not one of its rule")
    return normal(held, when)


def _exceptions(event: Event, plain: Event, holder: Holder) -> Iterator[tuple[Original, Occurrence | None]]:
    if len(event.exceptions) > _MOST_DIFFERING:
        raise ValueError(f"{holder.name} is given no series of which more than {_MOST_DIFFERING} occurrences differ")
    real = places(plain, event.exceptions)
    for original, one in event.exceptions.items():
        if original in real:
            yield original, _occurrence(plain, one, holder) if one is not None else None
        elif one is not None:
            raise ValueError(f"{holder.name} cannot hold an occurrence that is not one of its rule")


def _occurrence(plain: Event, one: Occurrence, holder: Holder) -> Occurrence:
    if isinstance(one.when, Days) is not isinstance(plain.when, Days):
        raise ValueError(f"{holder.name} cannot hold an occurrence of whole days in a series of hours, or the reverse")
    when, series = one.when, plain.when
    if isinstance(when, Span) and isinstance(series, Span):
        when = _whole(when, series.zone)
    return replace(
        one,
        when=when,
        subject=_line(one.subject) if one.subject is not None else None,
        location=_line(one.location) if one.location is not None else None,
        body=_text(one.body) if one.body is not None else None,
        shows=_shows(one.shows, holder) if one.shows is not None else None,
        sensitivity=one.sensitivity if holder.apart else None,
        categories=_categories(one.categories) if one.categories is not None else None,
        reminder=one.reminder if one.reminder == NO_REMINDER else _reminder(one.reminder),
    )


def _not_crossing(plain: Event, exceptions: Mapping[Original, Occurrence | None], holder: Holder) -> None:
    """No occurrence may be moved to the day of a neighbour or past it (ErrorOccurrenceCrossingBoundary: [MS-OXOCAL]
    3.1.4.7.1; Graph, Update event)."""
    for original, one in exceptions.items():
        if one is None:
            continue
        before, after = _day(original, plain), _day_of(one.when, plain)
        if before == after:
            continue
        low, high = min(before, after), max(before, after)
        around = TimeWindow(midnight(low) - 2 * _DAY, midnight(high) + 3 * _DAY)
        for other in starts(plain, around):
            there = exceptions.get(other)
            if other == original or (other in exceptions and there is None):
                continue
            if low <= (_day_of(there.when, plain) if there is not None else _day(other, plain)) <= high:
                raise ValueError(f"{holder.name} cannot hold an occurrence that is moved to the day of another or past")


def _day(original: Original, plain: Event) -> date:
    if isinstance(original, datetime) and isinstance(plain.when, Span):
        return original.astimezone(zone_named(plain.when.zone) or UTC).date()
    return original.date() if isinstance(original, datetime) else original


def _day_of(when: When, plain: Event) -> date:
    return when.first if isinstance(when, Days) else _day(when.start, plain)


def _line(text: str) -> str:
    return cut(line(text), LONGEST_LINE)[0]


def _text(text: str) -> str:
    return cut(lines(text))[0]


def _shows(status: BusyStatus, holder: Holder) -> BusyStatus:
    return BusyStatus.FREE if status is BusyStatus.WORKING_ELSEWHERE and not holder.elsewhere else status


def _reminder(before: timedelta | None) -> timedelta | None:
    return None if before is None else before // _MINUTE * _MINUTE


def _categories(told: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({_line(each) for each in told} - {""}))
