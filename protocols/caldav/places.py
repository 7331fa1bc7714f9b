"""Where things are on a CalDAV server: references resolved within its own origin, templates filled in for a person."""

from urllib.parse import quote, unquote, urljoin, urlsplit

from protocols.caldav.published_urls import fits
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox, canonical

_PORTS = {"https": 443, "http": 80}
_LONGEST = 4096  # characters of an address


def within(base: str, reference: str) -> str:
    """What ``reference`` means at ``base``, without a fragment. Raises PeerError(GARBLED) for another origin.

    Whatever is asked there is asked with credentials of this server, so nothing it says leads elsewhere. Spaces that
    should have been escaped (SOGo 5.8 writes names as they are) are.
    """
    text = reference.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise PeerError(Reason.GARBLED, "the server refers to what is no address")
    try:
        url = urljoin(base, text.replace(" ", "%20")).partition("#")[0]
        same = _origin(url) == _origin(base)
    except ValueError:
        raise PeerError(Reason.GARBLED, "the server refers to what is no address") from None
    if not same:
        raise PeerError(Reason.GARBLED, "the server refers to another host, where its credentials are not sent")
    return _ascii(url)


def at_root(url: str, path: str) -> str:
    """``path`` at the origin of ``url``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def filled(template: str, mailbox: Mailbox, *, base: str) -> str:
    """The address that ``template`` means for ``mailbox`` at the server ``base``.

    Raises PeerError: NO_SUCH_MAILBOX for an address that would lead out of its place in the path, else GARBLED.
    """
    if not (fits(mailbox.local) and fits(mailbox.domain)):
        raise PeerError(Reason.NO_SUCH_MAILBOX, "the address does not fit into a path, so nothing is found there")
    words = {"{local}": mailbox.local, "{domain}": mailbox.domain, "{address}": mailbox.address}
    for part, word in words.items():
        template = template.replace(part, quote(word, safe="@"))
    return within(base, template)


def mailto(reference: str) -> str | None:
    """The canonical address that a ``mailto:`` (RFC 6068) names; None for anything else."""
    scheme, colon, rest = reference.strip().partition(":")
    if not colon or scheme.lower() != "mailto":
        return None
    try:
        return canonical(unquote(rest.partition("?")[0]))
    except ValueError:
        return None


def same_place(one: str, other: str) -> bool:
    """Whether two addresses of one server differ in nothing but percent-encoding and a slash at the end."""
    return unquote(urlsplit(one).path).rstrip("/") == unquote(urlsplit(other).path).rstrip("/")


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.password:
        raise ValueError("no address of http or https")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _ascii(url: str) -> str:
    return url if url.isascii() else quote(url, safe="/:?&=%@!$'()*+,;~[]")
