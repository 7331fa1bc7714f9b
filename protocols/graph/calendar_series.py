"""The occurrences of a series of Graph that are not as the series has them, by when they would begin."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from protocols.graph import calendar_patterns
from protocols.graph.calendar_people import people_of
from protocols.graph.calendar_times import first_day, instant, when
from protocols.graph.contact_fields import version
from protocols.graph.people import text
from protocols.model.event import Days, Event, Occurrence, Original, Span, When
from protocols.model.window import TimeWindow
from protocols.recurrence.clock import first_wall, named_by
from protocols.recurrence.differing import difference, same, says
from protocols.recurrence.occurrences import places, starts
from protocols.recurrence.rules import normal

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An occurrence that differs, or once did (``same``): ``key`` and ``etag`` are its own. ``occurrence`` is None for
    one that its organiser called off. ``cut``: it is told shorter than it is. ``frail``: it
    holds files or an online meeting, which are lost where Outlook makes it anew."""

    key: str
    etag: str
    occurrence: Occurrence | None = field(default=None, repr=False)
    same: bool = False
    others: bool = False
    cut: bool = False
    frail: bool = False


def with_rule(event: Event, entry: Mapping[str, Any]) -> Event:
    """``event`` as a series, with the occurrences that were thrown away (cancelledOccurrences). Raises ValueError."""
    event = replace(event, rule=normal(calendar_patterns.read(entry["recurrence"], first_day(event.when)), event.when))
    gone = entry.get("cancelledOccurrences")
    days = [_day_in(each) for each in gone] if isinstance(gone, list) else []
    found = originals_on(event, [day for day in days if day is not None])
    return replace(event, exceptions=dict.fromkeys(found.values()))


def differing(
    event: Event, entry: Mapping[str, Any], reading: Callable[[Mapping[str, Any]], tuple[Event, frozenset[str]]]
) -> dict[Original, Instance]:  # fmt: skip
    """What exceptionOccurrences tells; ``reading`` reads one of them, and which of its texts were cut. Raises
    ValueError for one that nobody knows which occurrence it is, and for one that cannot be read."""
    found: dict[Original, Instance] = {}
    listed = entry.get("exceptionOccurrences")
    if isinstance(listed, list) and len(listed) > _MOST:
        raise ValueError(f"more than {_MOST} of its occurrences differ")
    for each in listed if isinstance(listed, list) else ():
        original = _original(event, each)
        one, shorter = reading(each)
        occurrence = None if one.cancelled and not event.cancelled else difference(event, one)
        found[original] = Instance(
            key=text(each.get("id")),
            etag=version(each),
            occurrence=occurrence,
            same=same(event, original, occurrence),
            others=one.meeting,
            cut=says(occurrence, shorter),
            frail=each.get("hasAttachments") is True or each.get("isOnlineMeeting") is True,
        )
    return found


def originals_on(event: Event, days: Collection[date]) -> dict[date, Original]:
    """The occurrence that would begin on each of ``days``, of which a series of Exchange has one at most. By whose
    clocks a day is told is unconfirmed: by the series' own, or by UTC where it has none on that day."""
    clock = first_wall(event.when).time()
    found = {day: named_by(datetime.combine(day, clock), event.when) for day in days}
    if isinstance(event.when, Days) or not found:
        return found
    real = places(event, found.values())
    return found | _by_utc(event, {day for day, original in found.items() if original not in real})


def _by_utc(event: Event, days: Set[date]) -> dict[date, Original]:
    """Those of ``days`` on which an occurrence begins by UTC; none where nobody can count that far."""
    if not days:
        return {}
    low, high = (datetime.combine(day, time(), UTC) for day in (min(days), max(days)))
    near: dict[date, Original] = {}
    try:
        for each in starts(event, TimeWindow(low - timedelta(days=1), high + timedelta(days=2))):
            if isinstance(each, datetime) and each.date() in days:
                near.setdefault(each.date(), each)
    except (ValueError, OverflowError):
        return near
    return near


def one_of(
    series: Event, entries: Sequence[Mapping[str, Any]], original: Original, *, owners: Collection[str], key: str = ""
) -> Instance | None:
    """Which of ``entries`` (the instances of a series, around some day) is the occurrence ``original``, or has the id
    ``key`` where that is known; None where none is, or one cannot be read. What it says is left out."""
    for each in entries:
        try:
            named = text(each.get("id")) == key if key else _stands_for(series, each) == original
        except ValueError:
            continue
        if named and text(each.get("id")):
            others = people_of(each, owners).others
            return Instance(key=text(each.get("id")), etag=version(each), others=others)
    return None


def _stands_for(series: Event, each: Mapping[str, Any]) -> Original:
    if each.get("originalStart") or each.get("occurrenceId"):
        return _original(series, each)
    if text(each.get("type")).lower() == "exception":
        raise ValueError("which one it is cannot be told")
    return _start(when(each, "UTC"))  # nobody moved it


def _original(event: Event, each: Mapping[str, Any]) -> Original:
    told = each.get("originalStart")
    if isinstance(told, str) and told and isinstance(event.when, Span):
        return instant({"dateTime": told})
    day = _day_in(each.get("occurrenceId"))
    if day is None and isinstance(told, str) and told:
        day = instant({"dateTime": told}).date()
    original = originals_on(event, [day]).get(day) if day is not None else None
    if original is None:
        raise ValueError("an occurrence of it differs, and does not say which one it is")
    return original


def _start(at: When) -> Original:
    return at.first if isinstance(at, Days) else at.start


def _day_in(value: Any) -> date | None:
    """The day in an occurrenceId, ``OID.{id of the series}.2026-11-03``."""
    try:
        return date.fromisoformat(str(value).rpartition(".")[2])
    except ValueError:
        return None
