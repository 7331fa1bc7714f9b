"""What a CalDAV client finds here: its principal, a home without calendars, an outbox to ask, and an empty inbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from protocols.caldav.propfind import Fill, Resource, elements, empty, hrefs, privileges, text
from protocols.caldav.refusals import caldav, dav
from protocols.caldav.scheduling import MOST_ATTENDEES, mailbox_of

ROOT: Final = "/caldav/"
PRINCIPAL: Final = f"{ROOT}principal/"
HOME: Final = f"{ROOT}calendars/"
INBOX: Final = f"{ROOT}inbox/"
OUTBOX: Final = f"{ROOT}outbox/"
PATHS: Final = (ROOT, PRINCIPAL, HOME, INBOX, OUTBOX)
_READ: Final = (dav("read"), dav("read-current-user-privilege-set"))


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller as a CalDAV client sees itself: its name, and its own addresses (canonical), the preferred first.

    The paths are the same for everybody, below ``url`` (an origin): each caller finds itself there.
    """

    name: str
    addresses: tuple[str, ...] = ()
    url: str = ""

    def organises(self, address: str) -> bool:
        """Whether ``address`` may stand as ORGANIZER: its own, or any where it is a whole system without one."""
        if not self.addresses or address == PRINCIPAL or (self.url and _normal(address) == self.url + PRINCIPAL):
            return True
        mailbox = mailbox_of(address)
        return mailbox is not None and mailbox.address in self.addresses


def _normal(address: str) -> str:
    """With scheme and host in small letters (RFC 3986 6.2.2.1); "" for what is no URI."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def resources(path: str, principal: Principal, *, children: bool, max_size: int) -> Sequence[Resource]:
    """The resource at ``path``, which is one of PATHS, and with ``children`` those inside it."""
    found = [path, *(each for each in PATHS[1:] if children and path == ROOT)]
    return [Resource(each, dict(_properties(each, principal, max_size))) for each in found]


def _properties(path: str, principal: Principal, max_size: int) -> Iterator[tuple[str, Fill]]:
    kinds = {
        ROOT: (dav("collection"),),
        PRINCIPAL: (dav("collection"), dav("principal")),
        HOME: (dav("collection"),),
        INBOX: (dav("collection"), caldav("schedule-inbox")),
        OUTBOX: (dav("collection"), caldav("schedule-outbox")),
    }
    yield dav("resourcetype"), elements(*kinds[path])
    yield dav("displayname"), text(principal.name if path == PRINCIPAL else _NAMES[path])
    yield dav("current-user-principal"), hrefs(PRINCIPAL)
    yield dav("principal-collection-set"), hrefs(ROOT)
    yield dav("owner"), hrefs(PRINCIPAL)
    sending = (caldav("schedule-send-freebusy"),) if path == OUTBOX else ()
    yield dav("current-user-privilege-set"), privileges(*_READ, *sending)
    yield dav("supported-report-set"), empty
    if path == PRINCIPAL:
        yield from _of_principal(principal)
    if path == OUTBOX:
        yield from _of_outbox(max_size)


def _of_principal(principal: Principal) -> Iterator[tuple[str, Fill]]:
    yield dav("principal-URL"), hrefs(PRINCIPAL)
    yield dav("alternate-URI-set"), empty
    yield dav("group-membership"), empty
    yield caldav("calendar-home-set"), hrefs(HOME)
    yield caldav("schedule-inbox-URL"), hrefs(INBOX)
    yield caldav("schedule-outbox-URL"), hrefs(OUTBOX)
    own = [f"mailto:{address}" for address in principal.addresses]
    yield caldav("calendar-user-address-set"), hrefs(*own, PRINCIPAL)
    yield caldav("calendar-user-type"), text("INDIVIDUAL")  # RFC 6638 2.4.2: what it is for whoever asks


def _of_outbox(max_size: int) -> Iterator[tuple[str, Fill]]:
    def components(element: etree._Element) -> None:
        etree.SubElement(element, caldav("comp"), name="VFREEBUSY")

    yield caldav("supported-calendar-component-set"), components
    yield caldav("max-resource-size"), text(str(max_size))
    yield caldav("max-attendees-per-instance"), text(str(MOST_ATTENDEES))


_NAMES: Final = {ROOT: "Busyline", HOME: "No calendars", INBOX: "Inbox", OUTBOX: "Outbox"}
