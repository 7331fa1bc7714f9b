"""Turns the events of one UID into single occurrences: rules and dates, without exceptions, with what replaces them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias

from protocols.caldav.events import Event
from protocols.caldav.times import DAY, Moment
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import Budget
from protocols.recurrence.counting import starts, until

_MARGIN: Final = 2 * DAY  # walls differ from UTC by less, and so does a change of the clocks
_LAST_MOMENT: Final = timedelta(days=1, seconds=-1)
_AHEAD: Final = timedelta(hours=14)
_STANDING: Final = 4  # steps that an exception costs
_EACH: Final = 10  # steps that an occurrence costs
_Key: TypeAlias = datetime | date
_Standing: TypeAlias = tuple[Moment, Moment] | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event on the time line, and the VEVENT that it follows; ``doubtful`` where nobody knows when in this time."""

    event: Event
    start: Moment
    end: Moment
    doubtful: bool = False


def occurrences(events: Sequence[Event], window: TimeWindow, budget: Budget) -> Iterator[Occurrence]:
    """All that may share time with ``window``, and perhaps some besides; ``events`` are all of one UID.

    An event that stands for one occurrence is told beside its series, never lost; what two of the same standing say is
    told twice, and one that repeats is a series of its own. Where one stands for others that nobody can know, they are
    doubt. Raises ValueError where a rule or time cannot be read, TooManyError beyond the ``budget``.
    """
    standing = _newest([event for event in events if event.replaces is not None])
    masters = _current([event for event in events if event.replaces is None])
    of_series = any(master.repeats for master in masters)
    for event in standing:
        yield from _of_series(event, [], window, budget) if event.repeats else _alone(event)
        yield from _others(event, window, known=of_series)
    for master in masters:
        yield from _of_series(master, standing, window, budget)


def _alone(event: Event) -> Iterator[Occurrence]:
    yield Occurrence(event, event.start, event.end)


def _others(event: Event, window: TimeWindow, *, known: bool) -> Iterator[Occurrence]:
    """The doubt about what comes after an event, or came before it, and is not ``known`` from its series."""
    low, high = (Moment(at.replace(tzinfo=None), UTC) for at in (window.start, window.end))
    if event.and_future and not (known or event.repeats) and event.start.earliest < window.end:
        yield Occurrence(event, event.start, high.plus(DAY), doubtful=True)
    if event.and_prior and event.end.latest > window.start:  # deprecated by RFC 5545; read by nobody
        yield Occurrence(event, low, event.end, doubtful=True)


def _newest(events: list[Event]) -> list[Event]:
    """Without those that stand for the same occurrence as another of a higher SEQUENCE."""
    best: dict[datetime | None, int] = {}
    for event in events:
        key = event.replaces.earliest if event.replaces else None
        best[key] = max(best.get(key, 0), event.sequence)
    return [event for event in events if event.sequence == best[event.replaces.earliest if event.replaces else None]]


def _current(masters: list[Event]) -> list[Event]:
    """Without those that a higher SEQUENCE has made obsolete: series, and single events at the same time."""
    best: dict[_Standing, int] = {}
    for event in masters:
        best[_standing(event)] = max(best.get(_standing(event), 0), event.sequence)
    return [event for event in masters if event.sequence == best[_standing(event)]]


def _standing(event: Event) -> "_Standing":
    return None if event.repeats else (event.start, event.end)


def _of_series(master: Event, standing: list[Event], window: TimeWindow, budget: Budget) -> Iterator[Occurrence]:
    budget.work(_STANDING * (len(standing) + len(master.without) + len(master.dates) + len(master.extra)))
    gone = {_key(master, at) for at in master.without}
    gone |= {_key(master, event.replaces) for event in standing if event.replaces is not None}
    yield from (Occurrence(master, start, end) for start, end in master.extra)
    yield from _on_days(master)
    later = sorted(
        ((event.replaces.earliest, event) for event in standing if event.replaces is not None and event.and_future),
        key=lambda pair: pair[0],
    )
    begins = [at for at, _ in later]
    for start, alone in _on_their_days(_starts(master, [event for _, event in later], window, budget), master, gone):
        budget.work(_EACH)
        if _key(master, start) in gone or (alone and start.wall.date() in gone):
            continue
        place = bisect_left(begins, start.earliest)
        if not place:
            yield Occurrence(master, start, _end_of(master, start))
        else:
            follows = later[place - 1][1]
            moved = _moved(follows, start)
            yield Occurrence(follows, moved, _end_of(follows, moved))


def _on_days(master: Event) -> Iterator[Occurrence]:
    """Days on which a timed event is somewhen."""
    for at in master.dates:
        if at.day and not master.start.day:
            start = Moment(at.wall, master.start.zone)
            yield Occurrence(master, start, _end_of(master, start.plus(DAY)), doubtful=True)


def _on_their_days(found: Iterator[Moment], master: Event, gone: set[_Key]) -> Iterator[tuple[Moment, bool]]:
    """``found`` with whether each is alone on its day: a day that is ``gone`` from a timed series means that one."""
    if master.start.day or all(isinstance(key, datetime) for key in gone):
        yield from ((each, True) for each in found)
        return
    every = list(found)
    days = Counter(each.wall.date() for each in every)
    yield from ((each, days[each.wall.date()] == 1) for each in every)


def _starts(master: Event, later: list[Event], window: TimeWindow, budget: Budget) -> Iterator[Moment]:
    """The first, then those of the dates and rules that may reach into the window, however they are moved."""
    reach = max(_span(event) for event in (master, *later)) + _MARGIN
    low = window.widen(reach).start.replace(tzinfo=None)
    high = window.widen(after=reach).end.replace(tzinfo=None)
    first = master.start
    seen = {first.wall}
    yield first
    for at in master.dates:
        wall = at.seen_from(first.zone)
        if wall not in seen and not (at.day and not first.day):
            seen.add(wall)
            yield Moment(wall, first.zone, first.day and at.day)
    for rule in master.rules:
        for wall in starts(rule, first.wall, low, min(high, _last(rule, first) or high), budget):
            if wall not in seen:
                seen.add(wall)
                yield Moment(wall, first.zone, first.day)


def _span(event: Event) -> timedelta:
    """How far from where its series puts it an occurrence may begin or end."""
    length = event.end.latest - event.start.earliest
    return length if event.replaces is None else length + abs(event.start.earliest - event.replaces.earliest)


def _last(rule: str, first: Moment) -> datetime | None:
    """The last time on the wall of ``first`` that UNTIL allows; None where the rule has none."""
    text, utc = until(rule)
    if not text:
        return None
    try:
        wall = datetime.strptime(text, "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")  # noqa: DTZ007  # a wall's
        if utc:
            known = first.certain
            wall = wall.replace(tzinfo=UTC).astimezone(first.zone).replace(tzinfo=None) if known else wall + _AHEAD
        if first.day:  # midnight in UTC is mostly a day written so, of the west's clocks or not
            written = datetime.strptime(text[:8], "%Y%m%d")  # noqa: DTZ007
            return datetime.combine(max(wall, written).date(), first.wall.time())
        return wall if "T" in text else wall + _LAST_MOMENT
    except OverflowError:
        return None


def _key(master: Event, at: Moment) -> _Key:
    """What tells occurrences of ``master`` apart: the day, of timed ones the instant."""
    if master.start.day or at.day:
        return at.seen_from(master.start.zone).date()
    return at.earliest


def _end_of(event: Event, start: Moment) -> Moment:
    """By the wall or by the clock, whichever is later: RFC 5545 3.8.5.3 wants the exact duration, clients the wall."""
    if not start.certain or event.start.zone is event.end.zone or event.start.day:
        by_wall = start.plus(event.end.wall - event.start.wall)
        if start.day or not start.certain:
            return by_wall
    else:
        by_wall = start
    exact = event.end.latest - event.start.earliest
    by_clock = Moment(start.earliest.replace(tzinfo=None), UTC).plus(exact)
    return max(by_wall, by_clock, key=lambda end: end.latest)


def _moved(event: Event, start: Moment) -> Moment:
    """Where an occurrence begins from ``event`` on, which replaces one and all after it (RFC 5545 3.2.13)."""
    assert event.replaces is not None  # those that replace alone come here
    by = event.start.wall - event.replaces.seen_from(event.start.zone)
    return Moment(start.seen_from(event.start.zone), event.start.zone, event.start.day).plus(by)
