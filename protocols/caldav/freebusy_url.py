"""Fetches a person's free/busy file from the CalDAV server itself, for servers that know nothing better (SOGo)."""

from datetime import datetime, tzinfo

from protocols.caldav.errors import check
from protocols.caldav.icalendar import read
from protocols.caldav.means import Means
from protocols.caldav.told import Budget, Scope, Told
from protocols.caldav.whole_days import doubted, with_margin
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Detail
from protocols.model.window import TimeWindow


async def fetch(
    send: Send, url: str, window: TimeWindow, *, zone: tzinfo | None, means: Means, budget: Budget, as_of: datetime
) -> Told:
    """What the file at ``url`` tells about ``window``; what it does not speak of is unknown. Raises PeerError."""
    response = await send(HttpRequest("GET", url, Headers({"Accept": "text/calendar"})))
    check(response, as_of, 200, what="the free/busy file")
    wide, data = with_margin(window), response.body

    def told() -> Told:
        found = read(data, wide, zone=zone, detail=Detail.BUSY, scope=Scope.FREE_BUSY, budget=budget)
        return doubted(found, window, zone)

    return await means.aside(len(data), told)
