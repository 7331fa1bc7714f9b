"""Autodiscover in its three dialects: tells callers where to ask, by the public address whatever Host they named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from aiohttp import web

from protocols.errors import RequestError
from protocols.ews.autodiscover import json_v2, pox, settings, soap
from protocols.model.caller import Caller
from protocols.model.mailbox import canonical
from proxy.auth.gate import NO_CREDENTIALS
from proxy.fronts.answers import json, not_allowed, xml
from proxy.fronts.body import decoded, read_strangers_xml, read_xml
from proxy.fronts.entrance import Entrance
from proxy.fronts.record import Record

JSON_PATH = "/autodiscover/autodiscover.json"
_MOST_OF_A_STRANGER: Final = 16 * 1024  # bytes; Exchange's GetFederationInformation has 1 or 2 kB
_NODES_OF_A_STRANGER: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """What all dialects tell: where to ask, and for which domains (as A-labels) anything is known.

    ``federation``: what the world may know of our federation trust, where there is one.
    """

    ews_url: str
    pox_url: str
    serves: Callable[[str], bool]
    federation: settings.Federation | None = None


class PoxFront:
    """Plain XML: what Exchange's availability service asks first, anonymously and then with Basic."""

    name = "autodiscover-pox"

    def __init__(
        self, *, entrance: Entrance, directions: Directions, max_body: int, clock: Callable[[], datetime]
    ) -> None:
        self._entrance, self._directions, self._max_body, self._clock = entrance, directions, max_body, clock

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """The EWS address for every address of a served domain. Raises RequestError."""
        if request.method not in {"GET", "POST"}:
            return self._offering(not_allowed("GET", "POST"))
        caller = await self._entrance.enter(request, record)
        if not isinstance(caller, Caller):
            return self._offering(caller)
        if request.method == "GET":
            return self._error(pox.INVALID_REQUEST)
        record.body = await read_xml(request, self._max_body)
        asked = await decoded(pox.decode, record.body)
        domain = _domain(asked.address)
        if domain is None:
            return self._error(pox.BAD_ADDRESS)
        if not self._directions.serves(domain):
            return self._error(pox.EMAIL_NOT_FOUND)
        return self._offering(xml(pox.encode(self._directions.ews_url)))

    def _error(self, code: int) -> web.Response:
        return self._offering(xml(pox.encode_error(code, pox.MESSAGES[code], self._clock())))

    def _offering(self, response: web.Response) -> web.Response:
        """exchangelib and others look for this before they use the SOAP dialect."""
        response.headers["X-SOAP-Enabled"] = "True"
        if self._directions.federation is not None:
            response.headers["X-WSSecurity-Enabled"] = "True"
        return response


class SettingsFront:
    """SOAP: settings only for callers that prove themselves, federation information for everybody."""

    name = "autodiscover-soap"

    def __init__(self, *, entrance: Entrance, directions: Directions, max_body: int) -> None:
        self._entrance, self._directions, self._max_body = entrance, directions, max_body

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Raises RequestError."""
        caller = await self._entrance.enter(request, record)
        if not isinstance(caller, Caller):
            return await self._to_a_stranger(caller, request, record)
        if request.method != "POST":
            return not_allowed("POST")
        record.body = body = await read_xml(request, self._max_body)
        record.soap = soap.dialect(body)
        asked = await decoded(settings.decode, body)
        record.operation = asked.kind.value
        return told(asked, self._directions)

    async def _to_a_stranger(self, challenged: web.Response, request: web.BaseRequest, record: Record) -> web.Response:
        """Federation information where that was asked for; else the challenge, and not even what was wrong.

        What is large or compressed is challenged unread: a client that has credentials sends it again with these.
        """
        if record.refused != NO_CREDENTIALS or request.method != "POST":
            return challenged
        asked = None
        with suppress(RequestError):
            record.body = body = await read_strangers_xml(request, min(self._max_body, _MOST_OF_A_STRANGER))
            record.soap = soap.dialect(body)
            asked = settings.decode(body, max_nodes=_NODES_OF_A_STRANGER)
            record.operation = asked.kind.value
        if asked is None or asked.kind is not settings.Kind.FEDERATION:
            return challenged
        record.refused = ""  # everybody may know this
        return told(asked, self._directions)


def told(asked: settings.SettingsRequest, directions: Directions) -> web.Response:
    """The answer to what somebody asked who may know it."""
    answer = settings.encode(asked, directions.ews_url, serves=directions.serves, federation=directions.federation)
    return xml(answer, content_type=asked.message.content_type)


class JsonFront:
    """JSON, version 2: one GET, the same answer for every address, for everybody."""

    name = "autodiscover-json"

    def __init__(self, directions: Directions) -> None:
        self._directions = directions

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """The address of the protocol asked for."""
        if request.method != "GET":
            return not_allowed("GET")
        rest = request.rel_url.raw_path[len(JSON_PATH) :].strip("/")
        email = unquote(rest.partition("/")[2]) if rest else ""
        directions = self._directions
        status, body = json_v2.answer(request.query, email, directions.ews_url, directions.pox_url)
        return json(body, status=status)


def _domain(address: str) -> str | None:
    try:
        return canonical(address).rpartition("@")[2]
    except ValueError:
        return None
