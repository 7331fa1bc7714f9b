"""Reads and writes one partner of an organisation's Microsoft 365 cross-tenant access policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import orjson

from protocols.errors import PeerError
from protocols.graph.cross_tenant import TRUST, Partner, same, says, written
from protocols.graph.errors import json_object
from protocols.graph.paging import API_PATH, api, entries
from protocols.graph.people import text
from protocols.graph.tried import done, refused_with, tried
from protocols.http import Send
from protocols.model.freebusy import Reason

PERMISSIONS: Final = ("Policy.ReadWrite.CrossTenantAccess", "Policy.ReadWrite.CrossTenantCapability")
"""The application's permissions on Microsoft Graph for both."""
_WAYS: Final = ("v1.0/m365Capabilities", "beta/m365Capabilities", "beta/microsoft365CapabilitiesInbound")
_TYPE: Final = "#microsoft.graph."
_NO_SETTINGS: Final = frozenset({"id", "tenantId", TRUST})
_LACKS: Final = re.compile(
    r"feature|licen[cs]e|premium|subscription|not_?(?:enabled|available|supported)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NoPolicy:
    """The organisation does not have this policy: Microsoft has not given it yet, or not in this cloud.

    ``detail`` is Graph's own code. An organization relationship does the same there.
    """

    detail: str


async def partner(send: Send, tenant: str, *, api_url: str, as_of: datetime) -> Partner | NoPolicy | PeerError:
    """What the policy says of the partner with this id; one that is not there is a Partner too. A failure is returned.

    Unconfirmed: the addresses. v1.0/…/m365Capabilities is Microsoft's description of 2026-08; scripts of others ask
    beta/…/m365Capabilities and beta/…/microsoft365CapabilitiesInbound, which are tried in this order where the former
    answers 400 or 404, or does not tell the trust. Unconfirmed, too, is how an organisation without the policy
    answers: 400, 404, or 403 with a code that speaks of a feature or a licence. Any other 403 is our permission.
    """
    told: Partner | NoPolicy | PeerError = NoPolicy("")
    for way in _WAYS:
        told = await _read(send, _Place(api_url, tenant, way), as_of)
        if not isinstance(told, NoPolicy):
            break
    return told


async def write(send: Send, now: Partner, shall: Partner, *, api_url: str, as_of: datetime) -> PeerError | None:
    """Makes ``now``, as :func:`partner` just read it, into ``shall``, by what differs alone; None where it is done.

    What narrows goes first; what widens comes in the order in which it takes effect: partner, trust, capabilities.
    After any failure read again and write again: what came about meanwhile (409) is not overwritten unseen, and a
    partner that was just made may not be known everywhere for some seconds (404). What is gone already is done.
    """
    place = _Place(api_url, now.tenant, now.way or _WAYS[0])
    kept: Mapping[str, str] = shall.capabilities if shall.there else {}
    for name in now.capabilities:
        if name not in kept and (error := await _delete(send, place.capability(name), as_of)):
            return error
    if not shall.there:
        return await _delete(send, place.partner, as_of) if now.there else None
    if error := await _write_trust(send, place, now, shall, as_of):
        return error
    for name, access in kept.items():
        before = now.capabilities.get(name, "")
        if not same(access, before) and (error := await _write_capability(send, place, name, access, before, as_of)):
            return error
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a partner's settings lie, by one of the ways."""

    api_url: str
    tenant: str
    way: str

    @property
    def policy(self) -> str:
        root = api(self.api_url).removesuffix(API_PATH)
        return f"{root}/{self.way.partition('/')[0]}/policies/crossTenantAccessPolicy"

    @property
    def partner(self) -> str:
        return f"{self.policy}/partners/{quote(self.tenant, safe='')}"

    @property
    def segment(self) -> str:
        return self.way.partition("/")[2]

    def capability(self, name: str) -> str:
        return f"{self.partner}/{self.segment}/{quote(name, safe='')}"


async def _read(send: Send, place: _Place, as_of: datetime) -> Partner | NoPolicy | PeerError:
    # The default policy has capabilities wherever there is this policy, whether the partner is there or not.
    known = await tried(send, "GET", f"{place.policy}/default/{place.segment}", as_of=as_of)
    if isinstance(known, PeerError):
        return _absent(known)
    response = await tried(send, "GET", place.partner, as_of=as_of)
    if isinstance(response, PeerError):
        return Partner(tenant=place.tenant, way=place.way) if refused_with(response, 404) else response
    try:
        entry = json_object(response.body)
        if TRUST not in entry:  # not told is not the same as not set
            return NoPolicy(f"{place.way.partition('/')[0]} does not tell {TRUST}")
        found = await entries(send, f"{place.partner}/{place.segment}", as_of=as_of)
        if found is None:
            return PeerError(Reason.INCOMPLETE, "HTTP 404: the partner is there and its capabilities are not")
        return Partner(
            tenant=place.tenant,
            there=True,
            trust=written(entry[TRUST]),
            capabilities=dict(map(_capability, found)),
            more=says({name: value for name, value in entry.items() if name not in _NO_SETTINGS}),
            way=place.way,
        )
    except PeerError as error:
        return error


def _absent(error: PeerError) -> NoPolicy | PeerError:
    code = error.detail.partition(" ")[2]
    if refused_with(error, 400, 404) or (error.reason is Reason.NO_ACCESS and _LACKS.search(code)):
        return NoPolicy(error.detail)
    return error


def _capability(entry: Mapping[str, Any]) -> tuple[str, str]:
    name = text(entry.get("name")) or text(entry.get("@odata.type")).removeprefix(_TYPE)
    access = written(entry.get("inboundAccess"))
    if not name or not access:
        raise PeerError(Reason.GARBLED, "a capability without its name, or without whom it is for")
    return name, access


async def _write_trust(send: Send, place: _Place, now: Partner, shall: Partner, as_of: datetime) -> PeerError | None:
    trust = orjson.loads(shall.trust) if shall.trust else None
    if now.there and same(now.trust, shall.trust):
        return None
    if now.there:
        # Unconfirmed: that null makes the default policy count again, as it does for the partner's other settings.
        return await _change(send, "PATCH", place.partner, {TRUST: trust}, as_of)
    body = {"tenantId": now.tenant, **({TRUST: trust} if trust else {})}
    return await _change(send, "POST", f"{place.policy}/partners", body, as_of)


async def _write_capability(
    send: Send, place: _Place, name: str, access: str, before: str, as_of: datetime
) -> PeerError | None:
    body = {"inboundAccess": orjson.loads(access)}
    if before:
        return await _change(send, "PATCH", place.capability(name), body, as_of)
    typed = {"@odata.type": f"{_TYPE}{name}", **body}
    return await _change(send, "POST", f"{place.partner}/{place.segment}", typed, as_of)


async def _change(send: Send, method: str, url: str, body: Mapping[str, Any], as_of: datetime) -> PeerError | None:
    return done(await tried(send, method, url, body, as_of=as_of))


async def _delete(send: Send, url: str, as_of: datetime) -> PeerError | None:
    error = done(await tried(send, "DELETE", url, as_of=as_of))
    return None if error and refused_with(error, 404) else error
