"""Asks a Microsoft 365 organisation who it is, and which domains are its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.graph.paging import api, entries
from protocols.graph.people import identity, text
from protocols.http import Send
from protocols.model.freebusy import Reason

PERMISSIONS: Final = ("Organization.Read.All", "Domain.Read.All")
"""The application's permissions for all that is asked here, in the order of the functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A verified domain: ``initial`` is the onmicrosoft one, ``mail`` whether Exchange serves it."""

    name: str
    default: bool = False
    initial: bool = False
    mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The organisation that is asked, with its verified domains in order of name."""

    id: str
    name: str
    domains: tuple[Domain, ...]

    def has(self, domain: str) -> bool:
        """Whether it is one of its verified domains, in any letter case."""
        return domain.lower() in {each.name for each in self.domains}


async def own(send: Send, *, api_url: str, as_of: datetime) -> Own | PeerError:
    """The organisation itself (Graph, List organizations and List domains). A failure is returned."""
    root = api(api_url)
    try:
        organisations = await _all(send, f"{root}/organization?$select=id,displayName", as_of)
        if len(organisations) != 1:
            raise PeerError(Reason.GARBLED, f"{len(organisations)} organisations instead of one")
        domains = await _all(send, f"{root}/domains", as_of)
    except PeerError as error:
        return error
    [mine] = organisations
    try:
        return Own(id=identity(mine).lower(), name=text(mine.get("displayName")), domains=tuple(_verified(domains)))
    except PeerError as error:
        return error


async def _all(send: Send, url: str, as_of: datetime) -> list[dict[str, Any]]:
    found = await entries(send, url, as_of=as_of)
    if found is None:
        raise PeerError(Reason.PEER_FAILED, "HTTP 404: the address of Graph is wrong")
    return found


def _verified(entries_of: Iterable[Mapping[str, Any]]) -> list[Domain]:
    found = []
    for entry in entries_of:
        services = entry.get("supportedServices")
        domain = Domain(
            name=identity(entry).lower(),
            default=entry.get("isDefault") is True,
            initial=entry.get("isInitial") is True,
            mail=isinstance(services, list) and "Email" in services,
        )
        if entry.get("isVerified") is True:
            found.append(domain)
    return sorted(found, key=lambda each: each.name)
