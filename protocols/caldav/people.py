"""Finds where a person's calendars are: by a template, by our own account, or by the server's search (RFC 3744)."""

from dataclasses import dataclass
from datetime import datetime

from protocols.caldav.dav import SABRE, search
from protocols.caldav.discovery import (
    ADDRESSES,
    HOMES,
    INBOX,
    Site,
    addresses,
    places,
    principal_properties,
)
from protocols.caldav.errors import STANDING, NotOfferedError, check
from protocols.caldav.multistatus import Resource, decode
from protocols.caldav.places import filled
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox, canonical

_EMAIL = f"{SABRE}email-address"
_SEARCHED = (ADDRESSES, _EMAIL)  # the standard's, then that of sabre/dav's own
_ADVICE = 'write principal = "…/{local}/" or home = "…/{local}/" for this connector'


@dataclass(frozen=True, slots=True)
class Person:
    """Where a person's calendars and scheduling inbox are."""

    homes: tuple[str, ...]
    inbox: str | None = None
    addresses: tuple[str, ...] = ()


async def find_person(
    send: Send, mailbox: Mailbox, site: Site, *, principal: str | None, home: str | None, as_of: datetime
) -> Person:
    """Where ``mailbox``'s calendars are; ``principal`` and ``home`` are templates, which spare the search.

    Raises PeerError: NO_SUCH_MAILBOX where the server knows nobody by that address, NotOfferedError where it
    cannot tell.
    """
    if home is not None:
        return Person((filled(home, mailbox, base=site.url),))
    if principal is not None:
        return _person(await principal_properties(send, filled(principal, mailbox, base=site.url), as_of))
    if mailbox.address in site.addresses and site.homes:
        return Person(site.homes, site.inbox, site.addresses)
    found = await _searched(send, mailbox.address, site, as_of)
    if found is not None:
        return found
    # A search that does not even find ourselves proves nothing by finding nobody.
    if site.addresses and await _searched(send, site.addresses[0], site, as_of) is not None:
        raise PeerError(Reason.NO_SUCH_MAILBOX, "the server knows nobody by that address")
    trouble = site.trouble or "the server finds nobody by address"
    raise NotOfferedError(f"{trouble}: {_ADVICE}", of_server=False, plain=not site.trouble)


async def _searched(send: Send, address: str, site: Site, as_of: datetime) -> Person | None:
    for collection in site.collections:
        for of in _SEARCHED:
            found = await _search(send, collection, of, address, as_of)
            if len({places(each, HOMES) for each in found}) > 1:
                raise PeerError(Reason.INCOMPLETE, "several people on the server have that address")
            if found:
                return _person(found[0])
    return None


async def _search(send: Send, collection: str, of: str, address: str, as_of: datetime) -> list[Resource]:
    """Those who really have the address: a server matches any part of the text. None where it cannot search."""
    response = await send(search(collection, of=of, text=address, properties=(HOMES, INBOX, ADDRESSES, _EMAIL)))
    try:
        check(response, as_of, 207, what="looking for a person")
    except PeerError as error:
        if error.reason in STANDING:
            raise
        return []
    return [each for each in decode(response, collection) if address in (*addresses(each), _email(each))]


def _email(resource: Resource) -> str:
    try:
        return canonical(resource.text(_EMAIL))
    except ValueError:
        return ""


def _person(found: Resource) -> Person:
    homes = places(found, HOMES)
    if not homes:
        raise PeerError(Reason.NO_CALENDAR, "the server tells of no calendars of this person")
    return Person(homes, next(iter(places(found, INBOX)), None), addresses(found))
