"""How a WebDAV client is told what was wrong: a status, and the precondition of RFC 4918, 4791 or 6638 that failed."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from protocols.errors import Fault, RequestError

DAV: Final = "DAV:"
CALDAV: Final = "urn:ietf:params:xml:ns:caldav"
_NAMESPACES: Final[dict[str | None, str]] = {"D": DAV, "C": CALDAV}


class DavError(RequestError):
    """A request that fails ``condition`` (a name with its namespace); ``words`` are told to the caller, constant."""

    def __init__(self, status: int, condition: str, words: str, fault: Fault = Fault.SCHEMA) -> None:
        super().__init__(fault, words)
        self.status, self.condition, self.words = status, condition, words


def dav(name: str) -> str:
    """``name`` in WebDAV's own namespace."""
    return f"{{{DAV}}}{name}"


def caldav(name: str) -> str:
    """``name`` in CalDAV's namespace."""
    return f"{{{CALDAV}}}{name}"


# Of what every front may raise: the status, the precondition if there is one, and what to say.
_FAULTS: Final[Mapping[Fault, tuple[int, str, str]]] = {
    Fault.MALFORMED: (400, "", "the body cannot be read: send all of it, as its headers say"),
    Fault.TOO_COMPLEX: (400, "", "the body is too complex: ask for less"),
    Fault.SCHEMA: (400, "", "the body is not what this method takes"),
    Fault.TOO_LARGE: (413, caldav("max-resource-size"), "the body is too large: ask for less at once"),
    Fault.TOO_SLOW: (408, "", "the body did not come in time"),
    Fault.UNSUPPORTED_TYPE: (415, "", "send XML, plain or compressed by gzip"),
    Fault.BUSY: (503, "", "too many requests, or the server is busy: come again later"),
    Fault.INTERNAL: (500, "", "the request failed"),
}
_OTHER: Final = (400, "", "the request is not one that is answered here")


def status_of(error: RequestError) -> int:
    """The status of the answer to ``error``."""
    return error.status if isinstance(error, DavError) else _FAULTS.get(error.fault, _OTHER)[0]


def encode_error(error: RequestError) -> bytes:
    """The body of the answer to ``error``: DAV:error (RFC 4918 14.5)."""
    if isinstance(error, DavError):
        condition, words = error.condition, error.words
    else:
        _, condition, words = _FAULTS.get(error.fault, _OTHER)
    root = new(dav("error"))
    if condition:
        etree.SubElement(root, condition)
    etree.SubElement(root, dav("responsedescription")).text = words
    return written(root)


def new(name: str) -> etree._Element:
    """The root of a document, with the prefixes that every client has seen before."""
    return etree.Element(name, nsmap=_NAMESPACES)  # type: ignore[arg-type]


def written(root: etree._Element) -> bytes:
    """The document, in UTF-8 with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
