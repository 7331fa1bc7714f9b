"""Finds out who we are on a CalDAV server and what it offers us (RFC 6764, RFC 5397, RFC 6638 2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from protocols.caldav.dav import CALDAV, DAV, propfind
from protocols.caldav.errors import STANDING, NotOfferedError, check
from protocols.caldav.multistatus import Resource, decode
from protocols.caldav.places import at_root, mailto, same_place, within
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

CURRENT_PRINCIPAL = f"{DAV}current-user-principal"
HOMES = f"{CALDAV}calendar-home-set"
INBOX = f"{CALDAV}schedule-inbox-URL"
OUTBOX = f"{CALDAV}schedule-outbox-URL"
ADDRESSES = f"{CALDAV}calendar-user-address-set"
COLLECTIONS = f"{DAV}principal-collection-set"
WELL_KNOWN = "/.well-known/caldav"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 4
_MOST_PLACES = 5  # homes of one person, collections of principals


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a server told of itself and of our account there: addresses, and ``addresses`` of mail.

    ``principal`` is None where it tells none of us; ``trouble`` then says why, for the log. ``passing``: that may be
    otherwise at any moment.
    """

    url: str
    principal: str | None = None
    outbox: str | None = None
    inbox: str | None = None
    homes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    trouble: str = ""
    passing: bool = False


async def find_site(send: Send, url: str, as_of: datetime) -> Site:
    """What the server at ``url`` offers. Its path is looked at first; without one, /.well-known/caldav.

    Redirects are followed within its origin only. Raises PeerError where the server itself fails or refuses us,
    PEER_FAILED for HTTP 500 and the like; where it merely tells no principal, the Site says so.
    """
    trouble, failures = "", []
    for start in _starts(url):
        try:
            principal = await _principal(send, start, as_of)
            if principal is not None:
                return _site(url, await principal_properties(send, principal, as_of))
            trouble = "the server tells no principal of our account"
        except PeerError as error:  # whatever is said here is said of us, never of those who are asked about
            if error.reason in STANDING:
                raise
            trouble = trouble or f"our own account: {error.detail}"
            failures.append(error)
    broken = next((error for error in failures if _is_broken(error)), None)
    if broken is not None:
        raise PeerError(Reason.PEER_FAILED, f"our own account: {broken.detail}")
    return Site(url=url, trouble=trouble, passing=any(error.reason is Reason.GARBLED for error in failures))


def _is_broken(error: PeerError) -> bool:
    """Whether the server has failed, instead of telling that there is nothing to tell."""
    if isinstance(error, NotOfferedError):
        return error.status >= 500 and not error.plain
    return error.reason is Reason.PEER_FAILED


async def principal_properties(send: Send, url: str, as_of: datetime) -> Resource:
    """What the principal at ``url`` says of itself. Raises PeerError, NO_SUCH_MAILBOX where it is not there."""
    request = propfind(url, HOMES, INBOX, OUTBOX, ADDRESSES, COLLECTIONS)
    response, place = await _followed(send, request)
    check(response, as_of, 207, what="a principal")
    told = decode(response, place)
    found = told[0] if len(told) == 1 else next((each for each in told if same_place(each.url, place)), None)
    if found is None or found.is_absent:
        raise PeerError(Reason.NO_SUCH_MAILBOX, "there is no such principal")
    if found.status >= 400:
        raise PeerError(Reason.NO_ACCESS, f"a principal: HTTP {found.status} inside the answer")
    return found


def places(resource: Resource, name: str) -> tuple[str, ...]:
    """The addresses that a property refers to. Raises PeerError: GARBLED for another host, INCOMPLETE for too many."""
    found = tuple(dict.fromkeys(within(resource.url, reference) for reference in resource.hrefs(name)))
    if len(found) > _MOST_PLACES:
        raise PeerError(Reason.INCOMPLETE, f"the server refers to more than {_MOST_PLACES} places")
    return found


def addresses(resource: Resource) -> tuple[str, ...]:
    """The mail addresses of a principal, the one it prefers first."""
    element = resource.properties.get(ADDRESSES)
    written = [] if element is None else list(element.iter(f"{DAV}href"))
    written.sort(key=lambda href: href.get("preferred") != "1")  # Apple's mark; the order is kept otherwise
    return tuple(dict.fromkeys(address for href in written if (address := mailto(href.text or ""))))


def _site(url: str, found: Resource) -> Site:
    return Site(
        url=url,
        principal=found.url,
        outbox=next(iter(places(found, OUTBOX)), None),
        inbox=next(iter(places(found, INBOX)), None),
        homes=places(found, HOMES),
        addresses=addresses(found),
        collections=places(found, COLLECTIONS),
    )


def _starts(url: str) -> Iterator[str]:
    """Where to begin: RFC 6764 6 asks for the well-known address where no path is known."""
    own, well_known = f"{url.rstrip('/')}/", at_root(url, WELL_KNOWN)
    yield from (own, well_known) if urlsplit(own).path != "/" else (well_known, own)


async def _principal(send: Send, start: str, as_of: datetime) -> str | None:
    response, place = await _followed(send, propfind(start, CURRENT_PRINCIPAL))
    check(response, as_of, 207, what="looking for our principal")
    for resource in decode(response, place):
        found = places(resource, CURRENT_PRINCIPAL)
        if found:
            return found[0]
    return None


async def _followed(send: Send, request: HttpRequest) -> tuple[HttpResponse, str]:
    """The answer where the redirects end, and where that is. Raises PeerError(GARBLED) for one that leads elsewhere."""
    place = request.url
    for _ in range(_MOST_REDIRECTS):
        response = await send(HttpRequest(request.method, place, request.headers, request.body))
        if response.status not in _REDIRECTS:
            return response, place
        place = within(place, response.headers.get("Location", ""))
    raise PeerError(Reason.GARBLED, "the server's redirects do not end")
