"""CalDAV: a scheduling outbox (RFC 6638) for clients that ask others' busy time, and what they look for on the way."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from aiohttp import web

from protocols.caldav import propfind, scheduling
from protocols.caldav.refusals import DavError, caldav, dav, encode_error, status_of
from protocols.caldav.resources import OUTBOX, PATHS, ROOT, Principal, resources
from protocols.errors import Fault, RequestError
from protocols.model.caller import Caller
from protocols.model.freebusy import Availability, Question
from proxy.connector import Clock
from proxy.fronts.answers import plain
from proxy.fronts.answers import xml as document
from proxy.fronts.body import decoded, read_calendar, read_xml
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import RATE, Entrance
from proxy.fronts.record import Record

MAX_REQUEST: Final = 128 * 1024  # bytes; a hundred attendees with all their parameters are some twenty thousand
_XML: Final = "application/xml; charset=utf-8"
# RFC 4791 2 wants REPORT for calendar-access, of which there is none here; but without that word clients do not look
# for the outbox, and an empty free-busy-query would say that everybody is free.
_CLASSES: Final = "1, 3, calendar-access, calendar-auto-schedule"
_MANY: Final = 2_000  # blocks; writing them takes some 8 ms
_DEPTHS: Final = {"0": False, "1": True}
_ASKS: Final = "free-busy-request"
_EVERYWHERE: Final = ("OPTIONS", "PROPFIND")


class OutboxFront:
    """``/caldav/``: OPTIONS and PROPFIND of what is there, and POST of a VFREEBUSY to the outbox.

    Desks and principals are found by the caller's name.
    """

    name = "caldav"

    def __init__(
        self,
        *,
        entrance: Entrance,
        desks: Mapping[str, Desk],
        principals: Mapping[str, Principal],
        clock: Clock,
        max_body: int,
    ) -> None:
        self._entrance, self._desks, self._principals, self._clock = entrance, desks, principals, clock
        self._max_size = min(max_body, MAX_REQUEST)

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Identify, then as the method says. Raises RequestError."""
        caller = await self._entrance.enter(request, record)
        if not isinstance(caller, Caller):
            return _announced(caller)
        path = f"{request.path.lower().rstrip('/')}/"
        if path not in PATHS:
            return _announced(plain("there is nothing here", status=404))
        return _announced(await self._answered(request, path, caller, record))

    async def _answered(self, request: web.BaseRequest, path: str, caller: Caller, record: Record) -> web.Response:
        if request.method == "OPTIONS":
            return web.Response(headers={"Allow": ", ".join(_allowed(path))})
        if request.method == "PROPFIND":
            record.operation = "propfind"
            return await self._found(request, path, caller, record)
        if request.method == "POST":
            record.operation = _ASKS
            return await self._asked(request, path, caller, record)
        if request.method == "REPORT":
            words = "there are no calendars here, and no reports about them: POST a VFREEBUSY to the outbox"
            raise DavError(403, dav("supported-report"), words)
        response = plain("nothing is kept here: free/busy only", status=405)
        response.headers["Allow"] = ", ".join(_allowed(path))
        return response

    async def _found(self, request: web.BaseRequest, path: str, caller: Caller, record: Record) -> web.Response:
        children = _DEPTHS.get(request.headers.get("Depth", "infinity").strip())
        if children is None:
            raise DavError(403, dav("propfind-finite-depth"), "send Depth: 0 or Depth: 1")
        data = record.body = await read_xml(request, self._max_size)
        wanted = propfind.decode(data)
        found = resources(path, self._principals[caller.name], children=children, max_size=self._max_size)
        return document(propfind.encode(found, wanted), status=207, content_type=_XML)

    async def _asked(self, request: web.BaseRequest, path: str, caller: Caller, record: Record) -> web.Response:
        if path != OUTBOX:
            raise DavError(403, caldav("supported-collection"), "POST to the outbox, /caldav/outbox/, and nowhere else")
        data = record.body = await read_calendar(request, self._max_size)
        asked = await decoded(scheduling.decode, data)
        if not self._principals[caller.name].organises(asked.organizer):
            words = "ORGANIZER must be one of the caller's own addresses, as calendar-user-address-set tells them"
            raise DavError(403, caldav("organizer-allowed"), words)
        answers = await self._desks[caller.name].look_up(asked.mailboxes, Question(window=asked.window), record)
        encode = partial(scheduling.encode, asked, answers, self._clock())
        blocks = sum(len(each.intervals) for each in answers if isinstance(each, Availability))
        body = await asyncio.to_thread(encode) if blocks > _MANY else encode()  # so that nobody else waits for it
        return document(body, content_type=_XML)


class WellKnownFront:
    """``/.well-known/caldav`` (RFC 6764 5): leads to ``/caldav/``, whatever the method, and tells nothing else."""

    name = "caldav-well-known"

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """301."""
        return web.Response(status=301, headers={"Location": ROOT})


def fault(record: Record, error: RequestError, __: datetime) -> web.Response:
    """How a CalDAV client is told what was wrong: the status, and DAV:error with the precondition that failed."""
    if error.fault is Fault.BUSY and record.refused == RATE:
        error = DavError(429, "", "too many requests: wait as long as Retry-After says", Fault.BUSY)
    if error.fault is Fault.UNSUPPORTED_TYPE and record.operation == _ASKS:
        error = DavError(415, caldav("supported-calendar-data"), "send text/calendar, plain or compressed by gzip")
    return _announced(document(encode_error(error), status=status_of(error), content_type=_XML))


def _announced(response: web.Response) -> web.Response:
    """What is spoken here: clients look for it in whatever comes back."""
    response.headers["DAV"] = _CLASSES
    return response


def _allowed(path: str) -> tuple[str, ...]:
    return (*_EVERYWHERE, "POST") if path == OUTBOX else _EVERYWHERE
