"""Microsoft Graph's own API: what a client of Graph asks getSchedule by, answered for every system behind us."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from aiohttp import web

from protocols.errors import Fault, RequestError
from protocols.graph import front as codec
from protocols.graph.front_answer import encode
from protocols.graph.front_errors import Mark, encode_fault, encode_refusal
from protocols.model.caller import Caller
from proxy.fronts.answers import json
from proxy.fronts.body import decoded, read_json
from proxy.fronts.desk import Desk
from proxy.fronts.dressing import dressed
from proxy.fronts.entrance import RATE, Entrance
from proxy.fronts.record import Record

_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class GraphFront:
    """POST of getSchedule, for /me and for any user: whose mailbox the path names gives no permission and takes none.

    Details are asked for, and shown where the caller's veil grants them. ``context`` is the ``@odata.context``. Desks
    are found by the caller's name.
    """

    name = "graph"

    def __init__(
        self,
        *,
        entrance: Entrance,
        desks: Mapping[str, Desk],
        max_body: int,
        context: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._entrance, self._desks, self._max_body = entrance, desks, max_body
        self._context, self._clock = context, clock

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Identify, decode, look up, encode. Raises RequestError."""
        theirs = request.headers.get("client-request-id", "")
        record.client_request_id = theirs if _GUID.fullmatch(theirs) else ""
        if not codec.is_schedule(request.path):
            raise RequestError(Fault.UNKNOWN_OPERATION)
        if request.method != "POST":
            return self._not_allowed(record)
        caller = await self._entrance.enter(request, record)
        if not isinstance(caller, Caller):
            return _named(dressed(caller, encode_refusal(caller.status, _mark(record, self._clock()))), record)
        record.operation = codec.OPERATION
        record.body = data = await read_json(request, self._max_body)
        preferred = codec.preferred_zone(request.headers.getall("Prefer", ()))
        asked = await decoded(partial(codec.decode, preferred=preferred), data)
        answers = await self._desks[caller.name].look_up(asked.mailboxes, asked.question, record)
        response = json(encode(asked, answers, context=self._context))
        if preferred is not None:  # RFC 7240 3
            response.headers["Preference-Applied"] = f'outlook.timezone="{asked.zone_name}"'
        return _named(response, record)

    def _not_allowed(self, record: Record) -> web.Response:
        response = json(encode_refusal(405, _mark(record, self._clock())), status=405)
        response.headers["Allow"] = "POST"
        return _named(response, record)


def fault(record: Record, error: RequestError, now: datetime) -> web.Response:
    """How a caller of this dialect is told what was wrong."""
    status, body = encode_fault(error, _mark(record, now), throttled=record.refused == RATE)
    return _named(json(body, status=status), record)


def _mark(record: Record, now: datetime) -> Mark:
    return Mark(now, record.request_id, record.client_request_id)


def _named(response: web.Response, record: Record) -> web.Response:
    """Graph repeats the caller's own id, or gives it ours."""
    response.headers["client-request-id"] = record.client_request_id or record.request_id
    return response
