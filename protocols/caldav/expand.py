"""Asks one calendar for its events and reads them here: calendar-query (RFC 4791 7.8), the only way to details."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from protocols.caldav.dav import CALDAV, calendar_query
from protocols.caldav.errors import check
from protocols.caldav.icalendar import read
from protocols.caldav.listing import Calendar
from protocols.caldav.means import Means
from protocols.caldav.multistatus import Resource, decode
from protocols.caldav.places import same_place
from protocols.caldav.told import Budget, Told
from protocols.caldav.union import union
from protocols.errors import PeerError
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Detail, Reason
from protocols.model.intervals import EMPTY
from protocols.model.window import TimeWindow

_DATA = f"{CALDAV}calendar-data"
_MARGIN = timedelta(days=1)  # all-day and floating times lie up to 14 hours from where a server takes them for UTC


async def ask_events(
    send: Send,
    calendar: Calendar,
    window: TimeWindow,
    *,
    detail: Detail,
    owners: Collection[str],
    means: Means,
    budget: Budget,
    as_of: datetime,
) -> Told:
    """What the events of ``calendar`` tell about ``window``; ``owners`` as of :func:`protocols.caldav.icalendar.read`.

    Recurrences come whole and are resolved here, by the rules that hold for every server. Raises PeerError, NO_ACCESS
    where the calendar may not be read, NotOfferedError where the server does not know the query.
    """
    if not calendar.readable:
        raise PeerError(Reason.NO_ACCESS, "the server lets us see when this calendar is busy, not its events")
    response = await send(calendar_query(calendar.url, window.widen(_MARGIN, _MARGIN)))
    check(response, as_of, 207, what="calendar-query")
    reading = partial(_read, response, calendar, window, detail, owners, budget)
    return await means.aside(len(response.body), reading)


def _read(
    response: HttpResponse,
    calendar: Calendar,
    window: TimeWindow,
    detail: Detail,
    owners: Collection[str],
    budget: Budget,
) -> Told:
    resources = [each for each in decode(response, calendar.url) if not _is_itself(each, calendar)]
    reader = partial(read, window=window, zone=calendar.zone, detail=detail, owners=owners, budget=budget)
    return union(window, [_told(each, window, reader) for each in resources])


def _is_itself(resource: Resource, calendar: Calendar) -> bool:
    """The collection, which some servers list among its members, without data."""
    return same_place(resource.url, calendar.url) and _DATA not in resource.properties


def _told(resource: Resource, window: TimeWindow, reader: Callable[[bytes], Told]) -> Told:
    """What an event that is not shown, or cannot be read, takes of the window nobody knows."""
    nobody_knows = Told(intervals=EMPTY, unknown=(window,))
    data = resource.text(_DATA).strip()
    if resource.status >= 400 or not data:
        return nobody_knows
    try:
        return reader(data.encode())
    except PeerError:
        return nobody_knows
