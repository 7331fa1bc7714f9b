"""The delta of a calendar view of the simulated Outlook: one fixed window, series expanded, tokens that may expire."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote

from simulation.graph.calendar_objects import Stored, window_of
from simulation.graph.calendar_telling import Telling
from simulation.graph.schedule import GraphRefusal

_PAGE: Final = 10
_FORBIDDEN: Final = ("$select", "$expand", "$filter", "$orderby", "$search", "$top")


@dataclass(slots=True)
class Journal:
    """What changed in a calendar, in order: ids. ``generation`` is another one once all tokens are worthless."""

    changed: list[str] = field(default_factory=list)
    generation: int = 0


def answer(
    events: Mapping[str, Stored],
    journal: Journal,
    query: Mapping[str, str],
    url: str,
    telling: Telling,
    *,
    page: int | None = None,
    lost: bool = False,
) -> dict[str, Any]:
    """One page. Raises GraphRefusal, with 410 where the token has expired."""
    if any(name in query for name in _FORBIDDEN):
        raise GraphRefusal(400, "ErrorInvalidUrlQuery", "The query parameter is not supported with change tracking.")
    start, end, since, skip, upto = _asked(query, journal)
    now = len(journal.changed) if upto is None else upto
    wanted = list(events) if since is None else list(dict.fromkeys(journal.changed[since:now]))
    told: list[dict[str, Any]] = []
    place, size = skip, page or _PAGE
    while place < len(wanted) and len(told) < size:  # a series is never split on two pages
        told += _unit(wanted[place], events.get(wanted[place]), (start, end), telling, whole=since is None)
        place += 1
    state = f"{journal.generation}~{start:%Y-%m-%dT%H:%M:%SZ}~{end:%Y-%m-%dT%H:%M:%SZ}"
    if place < len(wanted):
        further = "lost" if lost else f"{state}~{'' if since is None else since}~{place}~{now}"
        return {"value": told, "@odata.nextLink": f"{url}?$skiptoken={quote(further)}"}
    return {"value": told, "@odata.deltaLink": f"{url}?$deltatoken={quote(f'{state}~{now}')}"}


def _asked(query: Mapping[str, str], journal: Journal) -> tuple[datetime, datetime, int | None, int, int | None]:
    """The window, from where on changes are told (None: everything), how much was told, and up to where."""
    token = query.get("$deltatoken") or query.get("$skiptoken")
    try:
        if token is None:
            start, end = (_instant(query[name]) for name in ("startDateTime", "endDateTime"))
            return start, end, None, 0, None
        generation, first, last, since, *rest = token.split("~")
        if int(generation) != journal.generation:
            raise GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found.")
        place, now = (int(each) for each in rest) if rest else (0, None)
        return _instant(first), _instant(last), int(since) if since else None, place, now
    except (KeyError, ValueError):
        raise GraphRefusal(400, "ErrorInvalidParameter", "The token or the window is not valid.") from None


def _unit(
    key: str, event: Stored | None, window: tuple[datetime, datetime], telling: Telling, *, whole: bool
) -> Iterator[dict[str, Any]]:
    """All that is told of one event together."""
    if event is not None and not event.repeats and (event.raw or _touches(window_of(event.properties), window)):
        yield telling.event(event, {})
    elif event is not None and event.repeats and (found := list(_within(event, window))):
        yield telling.event(event, {})
        yield from (telling.bare(event, day) for day in found)
    elif not whole:
        yield _removed(key)


def _within(event: Stored, window: tuple[datetime, datetime]) -> Iterator[date]:
    for day in event.days():
        if event.original(day) > window[1] and day not in event.altered:
            return
        if _touches(window_of(event.of(day)), window):
            yield day


def _removed(key: str) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.event", "id": key, "@removed": {"reason": "deleted"}}


def _touches(one: tuple[datetime, datetime], window: tuple[datetime, datetime]) -> bool:
    return one[0] < window[1] and (one[1] > window[0] or one[0] >= window[0])


def _instant(text: str) -> datetime:
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC)
