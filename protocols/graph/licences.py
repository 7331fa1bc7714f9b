"""Counts an organisation's licences, gives them to users and takes them back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.errors import json_object, problem
from protocols.graph.paging import api, entries
from protocols.graph.people import text
from protocols.graph.tried import answered, done, message, refused_with, tried
from protocols.http import Send
from protocols.model.freebusy import Reason

PERMISSIONS: Final = ("LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All")
"""The application's permissions for reading and for giving."""
_USABLE: Final = frozenset({"Enabled", "Warning"})  # Graph, subscribedSku: capabilityStatus; the others cannot be given


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A subscribed product: ``sku`` its GUID, ``part`` the name that is written of it (SPE_E3), ``enabled`` how many
    were bought and ``consumed`` how many are given away. ``usable`` is whether any can be given to a user."""

    sku: str
    part: str
    enabled: int
    consumed: int
    usable: bool = True

    @property
    def free(self) -> int:
        """How many can still be given."""
        return max(self.enabled - self.consumed, 0) if self.usable else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The skus that a user has: ``direct`` given to them, ``groups`` inherited from a group, which nobody can take."""

    direct: frozenset[str] = field(default_factory=frozenset)
    groups: frozenset[str] = field(default_factory=frozenset)

    @property
    def every(self) -> frozenset[str]:
        """All of them, however they came."""
        return self.direct | self.groups


class Refused(Enum):
    """Why a licence was not given, where it is no failure of the call."""

    NONE_LEFT = "no licence is left"
    NO_USAGE_LOCATION = "the user has no usage location"
    UNKNOWN = "the organisation has no such product"


_WORDS: Final = MappingProxyType(  # unconfirmed: seen by others, Graph has one code for all of them
    {
        "any available licenses": Refused.NONE_LEFT,
        "usage location": Refused.NO_USAGE_LOCATION,
        "valid company license": Refused.UNKNOWN,
    }
)


async def licences(send: Send, *, api_url: str, as_of: datetime) -> list[Licence] | PeerError:
    """All subscribed products of the organisation (Graph, List subscribedSkus). A failure is returned."""
    try:
        found = await entries(send, f"{api(api_url)}/subscribedSkus", as_of=as_of)
        if found is None:
            raise PeerError(Reason.PEER_FAILED, "HTTP 404: the address of Graph is wrong")
        return list(map(_licence, found))
    except PeerError as error:
        return error


def lacking(known: Iterable[Licence], parts: Sequence[str], users: int) -> Mapping[str, int]:
    """How many of each of ``parts`` (in any letter case) lack so that ``users`` more get one of each.

    Empty where there are enough; a product that the organisation does not have lacks for all of them.
    """
    free: dict[str, int] = {}
    for each in known:
        free[each.part.lower()] = free.get(each.part.lower(), 0) + each.free
    wanted = {part: users - free.get(part.lower(), 0) for part in parts}
    return {part: lack for part, lack in wanted.items() if lack > 0}


async def assigned(send: Send, user: str, *, api_url: str, as_of: datetime) -> Assigned | PeerError:
    """What the user with this id has; NO_SUCH_MAILBOX where there is none. A failure is returned."""
    url = f"{_user(api_url, user)}?$select=id,assignedLicenses,licenseAssignmentStates"
    response = await tried(send, "GET", url, as_of=as_of)
    if isinstance(response, PeerError):
        return PeerError(Reason.NO_SUCH_MAILBOX, response.detail) if refused_with(response, 404) else response
    try:
        entry = json_object(response.body)
        every = {_sku(each) for each in _list(entry, "assignedLicenses")}
        states = [(_sku(each), bool(each.get("assignedByGroup"))) for each in _list(entry, "licenseAssignmentStates")]
    except PeerError as error:
        return error
    groups = frozenset(sku for sku, inherited in states if inherited and sku in every)
    direct = frozenset(sku for sku, inherited in states if not inherited and sku in every)
    return Assigned(direct=direct | (every - groups), groups=groups)


async def give(
    send: Send, user: str, skus: Iterable[str], *, api_url: str, as_of: datetime
) -> Refused | PeerError | None:  # fmt: skip
    """Gives the user all of these, or none of them (Graph, user: assignLicense); None where they have them.

    Who has one already keeps it. ``skus`` are the GUIDs. A failure is returned.
    """
    wanted = list(dict.fromkeys(skus))
    if not wanted:
        return None
    body = {"addLicenses": [{"skuId": sku, "disabledPlans": []} for sku in wanted], "removeLicenses": []}
    response = await answered(send, "POST", f"{_user(api_url, user)}/assignLicense", body)
    if isinstance(response, PeerError):
        return response
    failure = problem(response, as_of)
    if failure is None:
        return done(response)
    if not refused_with(failure, 400):
        return failure
    words = message(response)
    return next((reason for told, reason in _WORDS.items() if told in words), failure)


async def take(send: Send, user: str, skus: Iterable[str], *, api_url: str, as_of: datetime) -> PeerError | None:
    """Takes these from the user; None where they do not have them any more, or the user is gone.

    What came to them by a group as well stays with them by the group alone.
    """
    held = await assigned(send, user, api_url=api_url, as_of=as_of)
    if isinstance(held, PeerError):
        return None if held.reason is Reason.NO_SUCH_MAILBOX else held
    if not (theirs := [sku for sku in dict.fromkeys(map(str.lower, skus)) if sku in held.direct]):
        return None
    body: dict[str, Any] = {"addLicenses": [], "removeLicenses": theirs}
    return done(await tried(send, "POST", f"{_user(api_url, user)}/assignLicense", body, as_of=as_of))


def _licence(entry: Mapping[str, Any]) -> Licence:
    units, consumed = entry.get("prepaidUnits"), entry.get("consumedUnits")
    enabled = units.get("enabled") if isinstance(units, dict) else None
    part = text(entry.get("skuPartNumber"))
    if not isinstance(enabled, int) or not isinstance(consumed, int) or not part:
        raise PeerError(Reason.GARBLED, "a product without its name or its numbers")
    return Licence(
        sku=_sku(entry),
        part=part,
        enabled=enabled,
        consumed=consumed,
        usable=entry.get("capabilityStatus") in _USABLE and entry.get("appliesTo") == "User",
    )


def _list(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    values = entry.get(name)
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise PeerError(Reason.GARBLED, f"a user without {name}")
    return values


def _sku(entry: Mapping[str, Any]) -> str:
    sku = text(entry.get("skuId")).lower()
    if not sku:
        raise PeerError(Reason.GARBLED, "a licence without its id")
    return sku


def _user(api_url: str, user: str) -> str:
    return f"{api(api_url)}/users/{quote(user, safe='')}"
