"""Google's own API: what a client of calendar/v3 asks freeBusy.query by, answered for every system behind us."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from protocols.errors import Fault, RequestError
from protocols.google import front as codec
from protocols.google.front_errors import encode_fault, encode_refusal
from protocols.model.caller import Caller
from proxy.fronts.answers import json
from proxy.fronts.body import decoded, read_json
from proxy.fronts.desk import Desk
from proxy.fronts.dressing import dressed
from proxy.fronts.entrance import RATE, Entrance
from proxy.fronts.record import Record


class GoogleFront:
    """POST of a query; blocks are all it asks for. Desks are found by the caller's name.

    Of the query string ``alt=json`` and ``prettyPrint`` are understood; ``key``, ``quotaUser`` and ``fields`` change
    nothing: who asks is proved by Authorization alone, and the answer is always whole.
    """

    name = "google"

    def __init__(self, *, entrance: Entrance, desks: Mapping[str, Desk], max_body: int) -> None:
        self._entrance, self._desks, self._max_body = entrance, desks, max_body

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Identify, decode, look up, encode. Raises RequestError."""
        if request.method != "POST":
            return _not_allowed()
        caller = await self._entrance.enter(request, record)
        if not isinstance(caller, Caller):
            return dressed(caller, encode_refusal(caller.status))
        record.operation = codec.OPERATION
        if request.query.get("alt", "json").lower() != "json":
            raise RequestError(Fault.SCHEMA, "alt")
        record.body = data = await read_json(request, self._max_body)
        asked = await decoded(codec.decode, data)
        answers = await self._desks[caller.name].look_up(asked.mailboxes, asked.question, record)
        return json(codec.encode(asked, answers, pretty=request.query.get("prettyPrint", "").lower() == "true"))


def fault(record: Record, error: RequestError, _: datetime) -> web.Response:
    """How a caller of this dialect is told what was wrong."""
    status, body = encode_fault(error, throttled=record.refused == RATE)
    return json(body, status=status)


def _not_allowed() -> web.Response:
    response = json(encode_refusal(405), status=405)
    response.headers["Allow"] = "POST"
    return response
