"""Exchange Web Services: what Exchange, Google and every EWS client ask free/busy by."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from aiohttp import web

from protocols.ews import request as availability_request
from protocols.ews import response as availability_response
from protocols.ews import timezones
from protocols.ews.familiar import decode_familiar
from protocols.ews.operations import AVAILABILITY, MAIL_TIPS, ROOM_LISTS, ROOMS, TIME_ZONES, operation_of
from protocols.ews.query import AvailabilityRequest
from protocols.ews.soap import Envelope, read_envelope
from protocols.model.caller import Caller
from protocols.model.freebusy import Answer
from proxy.fronts.answers import XML, not_allowed, xml
from proxy.fronts.body import decoded, may_be_xml, read_xml
from proxy.fronts.desk import Desk
from proxy.fronts.echoes import Echo, Echoes
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews_mailtips import mail_tips
from proxy.fronts.ews_rooms import room_lists, rooms
from proxy.fronts.ews_suggestions import answered_with_suggestions
from proxy.fronts.heads import Head
from proxy.fronts.posted import Posted
from proxy.fronts.record import Record
from proxy.fronts.schema import SchemaFront

_SHORT: Final = 65_536  # bytes of a question that is remembered
Operation: TypeAlias = Callable[[Envelope, Desk, Record], Awaitable[bytes]]


class EwsFront:
    """POST of a SOAP envelope; GET with ``?wsdl`` gets the description. Desks are found by the caller's name."""

    name = "ews"
    head = Head({"Content-Type": XML})

    def __init__(
        self,
        *,
        entrance: Entrance,
        desks: Mapping[str, Desk],
        schema: SchemaFront,
        max_body: int,
        echoes: Echoes | None = None,
    ) -> None:
        self._entrance, self._desks, self._schema, self._max_body = entrance, desks, schema, max_body
        self._echoes = echoes or Echoes(0)

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Identify, decode, look up, encode. Raises RequestError."""
        if request.method != "POST":
            return self._described(request)
        caller = await self._entrance.enter(request, record)
        if not isinstance(caller, Caller):
            return caller
        desk = self._desks[caller.name]
        record.per_mailbox = desk.manner.per_mailbox_faults
        return xml(await answered(await read_xml(request, self._max_body), desk, record))

    def at_once(self, posted: Posted, record: Record) -> Sequence[bytes] | None:
        """See :class:`proxy.server.PromptFront`.

        That is a caller who proved itself a moment ago, asking in words seen before about mailboxes that are kept.
        """
        body = posted.body
        if not may_be_xml(posted.headers) or len(body) > self._max_body:
            return None
        caller = self._entrance.recall(posted.headers, posted.peer)
        if caller is None:
            return None
        echo = self._echoes.find(caller.name, body)
        asked = _familiar(body) if echo is None else echo.asked
        if asked is None or asked.question is None:
            return None
        desk = self._desks[caller.name]
        mailboxes = [target.mailbox for target in asked.targets if target.mailbox is not None]
        answers = desk.at_once(mailboxes, asked.question) if len(mailboxes) == len(asked.targets) else None
        if answers is None:
            return None
        if echo is not None and echo.tells(answers):
            parts = echo.parts
        else:
            parts = availability_response.encoded(asked, answers, desk.manner, fragments=desk.fragments)
            self._echoes.keep(caller.name, body, Echo(asked, answers, parts))
        if not self._entrance.has_room(caller, record):
            return None
        record.operation = AVAILABILITY
        desk.told(asked.question, answers, record)
        return parts

    def _described(self, request: web.BaseRequest) -> web.Response:
        if request.method == "GET" and request.query_string.lower() == "wsdl":
            return self._schema.document("Services.wsdl")
        return not_allowed("POST")


async def answered(data: bytes, desk: Desk, record: Record) -> bytes:
    """The answer to the envelope ``data`` of a caller who is served at ``desk``. Raises RequestError."""
    record.body = data
    read = await decoded(_read, data)
    if not isinstance(read, Envelope):
        record.unparsed = data
        return await _answered(read, desk, record)
    envelope = record.envelope = read
    record.operation = operation_of(envelope)
    return await _OPERATIONS[record.operation](envelope, desk, record)


@lru_cache(maxsize=8)
def _lately(data: bytes) -> AvailabilityRequest | None:
    return decode_familiar(data)


def _familiar(data: bytes) -> AvailabilityRequest | None:
    """Whoever is not answered at once is read again, a moment later."""
    return _lately(data) if len(data) <= _SHORT else decode_familiar(data)


def _read(data: bytes) -> AvailabilityRequest | Envelope:
    return _familiar(data) or read_envelope(data)


async def _availability(envelope: Envelope, desk: Desk, record: Record) -> bytes:
    return await _answered(availability_request.decode(envelope), desk, record)


async def _answered(asked: AvailabilityRequest, desk: Desk, record: Record) -> bytes:
    record.operation = AVAILABILITY
    if asked.suggestions is not None:
        return await answered_with_suggestions(asked, asked.suggestions, desk, record)
    answers: list[Answer] = []
    if asked.question is not None:
        answers = await desk.look_up([target.mailbox for target in asked.targets], asked.question, record)
    return availability_response.encode(asked, answers, desk.manner, fragments=desk.fragments)


async def _time_zones(envelope: Envelope, _: Desk, __: Record) -> bytes:
    wanted = timezones.decode(envelope)
    return await asyncio.to_thread(timezones.encode, wanted)  # all zones for the first time take a second or two


_OPERATIONS: dict[str, Operation] = {
    AVAILABILITY: _availability,
    TIME_ZONES: _time_zones,
    ROOM_LISTS: room_lists,
    ROOMS: rooms,
    MAIL_TIPS: mail_tips,
}
