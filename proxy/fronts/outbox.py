"""CalDAV: a scheduling outbox (RFC 6638) for clients that ask others' busy time, and what they look for on the way."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from aiohttp import web

from protocols.caldav import propfind, scheduling
from protocols.caldav.refusals import DavError, caldav, dav, encode_error, status_of
from protocols.caldav.resources import OUTBOX, PATHS, ROOT, Principal, resources
from protocols.errors import Fault, RequestError
from protocols.model.caller import Caller
from protocols.model.freebusy import Answer, Availability, Question
from proxy.connector import Clock
from proxy.fronts.answers import plain
from proxy.fronts.answers import xml as document
from proxy.fronts.body import decoded, is_plain_calendar, read_calendar, read_xml
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import RATE, Entrance
from proxy.fronts.heads import Head
from proxy.fronts.posted import Posted
from proxy.fronts.record import Record

MAX_REQUEST: Final = 128 * 1024  # bytes; a hundred attendees with all their parameters are some twenty thousand
_XML: Final = "application/xml; charset=utf-8"
# RFC 4791 2 wants REPORT for calendar-access, of which there is none here; but without that word clients do not look
# for the outbox, and an empty free-busy-query would say that everybody is free.
_CLASSES: Final = "1, 3, calendar-access, calendar-auto-schedule"
_MANY: Final = 2_000  # blocks; writing them takes some 8 ms
_SMALL: Final = 16 * 1024  # bytes; reading more is work that others would notice
_DEPTHS: Final = {"0": False, "1": True}
_ASKS: Final = "free-busy-request"
_EVERYWHERE: Final = ("OPTIONS", "PROPFIND")


class OutboxFront:
    """``/caldav/``: OPTIONS and PROPFIND of what is there, and POST of a VFREEBUSY to the outbox.

    Desks and principals are found by the caller's name.
    """

    name = "caldav"
    head = Head({"Content-Type": _XML, "DAV": _CLASSES})

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

    def at_once(self, posted: Posted, record: Record) -> Sequence[bytes] | None:
        """See :class:`proxy.server.PromptFront`: a question of a caller who proved itself a moment ago."""
        at_outbox = posted.path == OUTBOX and is_plain_calendar(posted.headers) and len(posted.body) <= _SMALL
        caller = self._entrance.recall(posted.headers, posted.peer) if at_outbox else None
        if caller is None:
            return None
        asked = scheduling.decode(posted.body)
        mailboxes = [mailbox for mailbox in asked.mailboxes if mailbox is not None]
        if len(mailboxes) < len(asked.attendees) or not self._principals[caller.name].organises(asked.organizer):
            return None
        desk, question = self._desks[caller.name], Question(window=asked.window)
        answers = desk.at_once(mailboxes, question)
        if answers is None or _is_long(answers):
            return None
        body = scheduling.encode(asked, answers, self._clock(), kept=desk.fragments)
        if not self._entrance.has_room(caller, record):
            return None
        record.operation = _ASKS
        desk.told(question, answers, record)
        return (body,)

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
        desk = self._desks[caller.name]
        answers = await desk.look_up(asked.mailboxes, Question(window=asked.window), record)
        if _is_long(answers):  # nobody else waits for it; what is kept belongs to this thread
            body = await asyncio.to_thread(scheduling.encode, asked, answers, self._clock())
        else:
            body = scheduling.encode(asked, answers, self._clock(), kept=desk.fragments)
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


def _is_long(answers: Sequence[Answer]) -> bool:
    """Whether writing ``answers`` takes so long that others would notice."""
    return sum(len(each.intervals) for each in answers if isinstance(each, Availability)) > _MANY


def _allowed(path: str) -> tuple[str, ...]:
    return (*_EVERYWHERE, "POST") if path == OUTBOX else _EVERYWHERE
