"""When a Google event is and how it comes again: start, end, originalStartTime and the lines of ``recurrence``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from protocols.google.times import instant
from protocols.model.event import Days, Original, Span, When
from protocols.model.recurrence import Recurrence
from protocols.recurrence import rules
from protocols.recurrence.clock import named_by, wall_of
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

_DAY: Final = timedelta(days=1)
_MOST_DATES: Final = 10_000
_TOO_MANY: Final = "it repeats on more days than can be carried"


@dataclass(frozen=True, slots=True)
class Again:
    """What the lines of ``recurrence`` say: the rule, further occurrences, and those that are left out."""

    rule: Recurrence | None = None
    extra: tuple[Original, ...] = ()
    without: frozenset[Original] = frozenset()


def when(event: Mapping[str, Any], zone: str, *, repeats: bool = False) -> When:
    """When an event takes place. ``zone`` is the calendar's own, for what names none that is known.

    Without an end it is one day, or no time at all. Raises ValueError, in words to show, for what has no beginning,
    ends before it begins, or repeats by the clocks of a zone that nobody knows.
    """
    start, end = event.get("start"), event.get("end")
    if not isinstance(start, dict):
        raise ValueError("it has no beginning")
    end = end if isinstance(end, dict) and not end.keys().isdisjoint(("date", "dateTime")) else start
    if start.get("date") is not None:
        first, until = _day(start), _day(end)
        if until < first:
            raise ValueError("it ends before it begins")
        return Days(first, max(until, first + _DAY))
    named = _zone(start.get("timeZone"), zone, known=repeats)
    low, high = _instant(start, named), _instant(end, named)
    if high < low:
        raise ValueError("it ends before it begins")
    return Span(low, high, named)


def original(event: Mapping[str, Any], series: When) -> Original:
    """Which occurrence of ``series`` an exception is. Raises ValueError where nobody can tell."""
    told = event.get("originalStartTime")
    if not isinstance(told, dict):
        raise ValueError("an occurrence that does not say which it is")
    if told.get("date") is not None:
        return _of_day(_day(told), series)
    moment = _instant(told, series.zone if isinstance(series, Span) else "UTC")
    return moment if isinstance(series, Span) else moment.date()


def again(lines: Any, first: When) -> Again:
    """What ``recurrence`` says of a series whose first occurrence is ``first``. Raises ValueError, in words to show,
    for what no other calendar could repeat: EXRULE, two rules, periods, what comes by the hour."""
    rule: Recurrence | None = None
    extra: set[Original] = set()
    without: set[Original] = set()
    for text in lines if isinstance(lines, list) else []:
        head, _, value = str(text).partition(":")
        name, *parameters = head.strip().upper().split(";")
        if name == "RRULE":
            if rule is not None:
                raise ValueError("it repeats by two rules at once")
            rule = rules.read(value, first)
        elif name in ("RDATE", "EXDATE"):
            (extra if name == "RDATE" else without).update(_dates(value, head, parameters, first))
            if len(extra) + len(without) > _MOST_DATES:
                raise ValueError(_TOO_MANY)
        elif name == "EXRULE":
            raise ValueError("it repeats by a rule with a rule of exceptions (EXRULE)")
    return Again(rule, tuple(sorted(extra)), frozenset(without))


def lines(again: Again, first: When) -> list[str]:
    """``again`` as Google takes it: no DTSTART, instants in UTC. Raises ValueError for a zone that nobody knows."""
    told = [f"RRULE:{rules.written(again.rule, first)}"] if again.rule is not None else []
    for name, dates in (("RDATE", sorted(again.extra)), ("EXDATE", sorted(again.without))):
        form = ";VALUE=DATE" if isinstance(first, Days) else ""
        told += [f"{name}{form}:{','.join(map(_written, dates))}"] if dates else []
    return told


def times(when: When) -> dict[str, Any]:
    """``start`` and ``end``; what the other form would say is null, so that a patch leaves nothing of it behind."""
    if isinstance(when, Days):
        days = {"start": when.first, "end": when.until}
        return {name: {"date": day.isoformat(), "dateTime": None, "timeZone": None} for name, day in days.items()}
    moments = {"start": when.start, "end": when.end}
    return {name: {"dateTime": rfc3339(at), "date": None, "timeZone": when.zone} for name, at in moments.items()}


def at(original: Original) -> str:
    """An occurrence as ``originalStart`` takes it."""
    return rfc3339(original) if isinstance(original, datetime) else original.isoformat()


def rfc3339(moment: datetime) -> str:
    """Whole seconds in UTC, years before 1000 with all their digits."""
    return f"{moment.replace(tzinfo=None, microsecond=0).isoformat()}Z"


def _zone(told: Any, usual: str, *, known: bool) -> str:
    for name in (told, usual):
        found = zone_named(name) if isinstance(name, str) and name else None
        if found is not None:
            return "UTC" if found is UTC else str(found)
        if known and name:
            raise ValueError("it repeats by the clocks of a zone that nobody knows")
    return "UTC"


def _day(value: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(value.get("date")))
    except ValueError:
        raise ValueError("its days cannot be read") from None


def _instant(value: Mapping[str, Any], zone: str) -> datetime:
    """An instant of whole seconds; a time without an offset is by the zone named beside it."""
    try:
        return _by_its_zone(str(value.get("dateTime")), str(value.get("timeZone") or zone)).replace(microsecond=0)
    except ValueError:
        raise ValueError("its times cannot be read") from None


def _by_its_zone(text: str, zone: str) -> datetime:
    naive, clocks = datetime.fromisoformat(text), zone_named(zone)
    return to_utc(naive, clocks) if naive.tzinfo is None and clocks is not None else instant(text)


def _dates(value: str, head: str, parameters: Sequence[str], first: When) -> Iterable[Original]:
    if any(parameter == "VALUE=PERIOD" for parameter in parameters):
        raise ValueError("it repeats by periods, each of a length of its own")
    zone = next((part.split("=", 1)[1] for part in head.split(";") if part.strip().upper().startswith("TZID=")), "")
    texts = [text.strip() for text in value.split(",") if text.strip()]
    if len(texts) > _MOST_DATES:
        raise ValueError(_TOO_MANY)
    try:
        return [_date(text, zone.strip('" '), first) for text in texts]
    except (ValueError, OverflowError):
        raise ValueError("the days on which it repeats cannot be read") from None


def _date(text: str, zone: str, first: When) -> Original:
    if "T" not in text.upper():
        return _of_day(datetime.strptime(text, "%Y%m%d").date(), first)  # noqa: DTZ007  # a day has no zone
    wall = datetime.strptime(text.upper().rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  # a wall has no zone
    if isinstance(first, Days):
        return wall.date()
    clocks = UTC if text.upper().endswith("Z") else zone_named(zone or first.zone)
    if clocks is None:
        raise ValueError("a zone that nobody knows")
    return to_utc(wall, clocks)


def _of_day(day: date, first: When) -> Original:
    """The occurrence of that day: its time is that of the series."""
    if isinstance(first, Days):
        return day
    return named_by(datetime.combine(day, wall_of(first.start, first).time()), first)


def _written(original: Original) -> str:
    if isinstance(original, datetime):
        return f"{original:%Y%m%dT%H%M%SZ}".rjust(16, "0")
    return f"{original:%Y%m%d}".rjust(8, "0")
