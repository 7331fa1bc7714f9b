"""What a delta of a calendar view says of each event, and the token by which the next reading goes on from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from protocols.graph.calendar_requests import Place
from protocols.graph.paging import api
from protocols.graph.people import identity, text
from protocols.graph.streamed import Expired, origin
from protocols.model.window import TimeWindow

ROLL: Final = timedelta(days=31)
"""For how long one chain of changes is gone on with: its window is fixed in its link, and time goes on."""
_SINGLE: Final = "singleinstance"


@dataclass(frozen=True, slots=True)
class Changes:
    """``singles`` are entries of events that do not repeat, whole; ``series`` the ids of all series of which anything
    was told; ``gone`` the ids of what was deleted, or has only left the window."""

    singles: tuple[Mapping[str, Any], ...]
    series: tuple[str, ...]
    gone: tuple[str, ...]


def sorted_out(values: Iterable[Mapping[str, Any]]) -> Changes:
    """One page of a delta. Series come with each of their occurrences in the window, which tell hardly anything but
    whose they are: the series is asked for itself. Raises PeerError(GARBLED) for an entry without its id."""
    singles: list[Mapping[str, Any]] = []
    series: dict[str, None] = {}
    gone: list[str] = []
    for entry in values:
        key, master, kind = identity(entry), text(entry.get("seriesMasterId")), text(entry.get("type")).lower()
        if "@removed" in entry:
            gone.append(key)
        elif master:
            series[master] = None
        elif kind == _SINGLE and not entry.get("recurrence"):
            singles.append(entry)
        else:
            series[key] = None
    return Changes(tuple(singles), tuple(series), tuple(gone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain of changes: of what, over which window, begun when, and the link that goes on with it."""

    place: Place
    window: TimeWindow
    since: datetime
    link: str = field(default="", repr=False)

    @classmethod
    def begun(cls, place: Place, wanted: TimeWindow, now: datetime) -> "Chain":
        """A new one; its window reaches so much further that it covers what is wanted until it is rolled."""
        return cls(place=place, window=wanted.widen(after=ROLL), since=now)

    @property
    def token(self) -> str:
        """As text, for :meth:`read`."""
        times = [each.isoformat() for each in (self.window.start, self.window.end, self.since)]
        return orjson.dumps({"of": _of(self.place), "times": times, "link": self.link}).decode()

    @classmethod
    def read(cls, token: str, place: Place, wanted: TimeWindow, now: datetime) -> "Chain":
        """Raises Expired for what is not one of ``place``, is too old, does not cover ``wanted`` any more, or would
        have our credential sent elsewhere."""
        try:
            told = orjson.loads(token)
            start, end, since = (datetime.fromisoformat(each) for each in told["times"])
            window = TimeWindow(*(each.astimezone(wanted.start.tzinfo) for each in (start, end)))
            link = str(told["link"])
        except (orjson.JSONDecodeError, TypeError, KeyError, ValueError):
            raise Expired from None
        ours = told.get("of") == _of(place) and origin(link) == origin(api(place.api_url))
        if not ours or not window.covers(wanted) or not timedelta() <= now - since + ROLL <= 2 * ROLL:
            raise Expired
        return cls(place=place, window=window, since=since, link=link)


def _of(place: Place) -> list[str]:
    return [place.user, place.calendar]
