"""The two addresses of organisation relationships: requests that prove by themselves who asks (WS-Security)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from aiohttp import web

from protocols.errors import Fault, RequestError
from protocols.ews.autodiscover import settings, soap
from protocols.ews.wssecurity.header import MAX_BYTES
from protocols.ews.wssecurity.message import Demands
from protocols.ews.wssecurity.plain import in_soap12, plain
from protocols.ews.wssecurity.refusal import fault
from protocols.model.caller import Caller
from proxy.auth import Refused
from proxy.auth.networks import Addresses
from proxy.auth.ws_security import Admitted, WsSecurity
from proxy.fronts.answers import not_allowed, xml
from proxy.fronts.autodiscover import Directions, told
from proxy.fronts.body import read_strangers_xml
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews import answered
from proxy.fronts.record import Record

SUFFIX: Final = "/WSSecurity"


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedEntrance:
    """Who comes in by its message: proved by ``proof`` under ``demands``, and then let in as everybody else."""

    proof: WsSecurity
    demands: Demands
    entrance: Entrance
    addresses: Addresses
    max_body: int = MAX_BYTES

    async def enter(self, request: web.BaseRequest, record: Record) -> Admitted | web.Response:
        """The caller with its message, or the answer that sends it away.

        Raises RequestError for what is no XML, compressed or too much, BUSY for what may be sent again, and as every
        entrance.
        """
        if request.method != "POST":
            return not_allowed("POST")
        data = await read_strangers_xml(request, min(self.max_body, MAX_BYTES))
        record.soap = soap.dialect(data)
        knock = self.entrance.knock(request)
        address = self.addresses.told(knock.peer, knock.forwarded)
        found = await self.proof.identify(data, self.demands, address)
        if isinstance(found, Refused):
            return _turned_away(found, record)
        caller = self.entrance.admit(found.caller, request, record)
        if not isinstance(caller, Caller):
            return caller
        refused = self.proof.remember(found)
        return found if refused is None else _turned_away(refused, record)

    def at(self, *addresses: str) -> "FederatedEntrance":
        """The same for what listens at these URLs, which a signed wsa:To must name."""
        return replace(self, demands=replace(self.demands, addresses=frozenset(addresses)))


def _turned_away(refused: Refused, record: Record) -> web.Response:
    """Raises BUSY for what may be sent again."""
    record.refused = refused.reason
    if refused.retry_after is not None:
        raise RequestError(Fault.BUSY, back_off=timedelta(seconds=refused.retry_after))
    return xml(fault(record.soap), status=500, content_type=soap.content_type(record.soap))


class FederatedEws:
    """Availability, in SOAP 1.1 or 1.2 as the request; desks are found by the caller's name."""

    name = "ews-federated"

    def __init__(self, *, entrance: FederatedEntrance, desks: Mapping[str, Desk]) -> None:
        self._entrance, self._desks = entrance, desks

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Raises RequestError."""
        found = await self._entrance.enter(request, record)
        if not isinstance(found, Admitted):
            return found
        desk = self._desks[found.caller.name]
        record.per_mailbox = desk.manner.per_mailbox_faults
        data = plain(found.verdict.message, found.verdict.proved, soap=soap.SOAP11)
        answer = await answered(data, desk, record)
        return as_asked(xml(answer), record)


class FederatedSettings:
    """Where to ask, as the SOAP dialect of Autodiscover tells it."""

    name = "autodiscover-federated"

    def __init__(self, *, entrance: FederatedEntrance, directions: Directions) -> None:
        self._entrance, self._directions = entrance, directions

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Raises RequestError."""
        found = await self._entrance.enter(request, record)
        if not isinstance(found, Admitted):
            return found
        message = found.verdict.message
        record.body = plain(message, found.verdict.proved, soap=message.soap)
        asked = settings.decode(record.body)
        record.operation = asked.kind.value
        return told(asked, self._directions)


def as_asked(response: web.Response, record: Record) -> web.Response:
    """An answer or fault of EWS in the SOAP version of its request."""
    if record.soap == soap.SOAP12 and isinstance(response.body, bytes):
        response.body = in_soap12(response.body)
        response.headers["Content-Type"] = soap.content_type(soap.SOAP12)
    return response
