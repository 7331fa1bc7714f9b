"""Reads what WebDAV answers about several things at once (RFC 4918 13): bounded, and no failure passed over."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element as Element

from protocols.caldav.dav import DAV
from protocols.caldav.pieces import Pieces, done
from protocols.caldav.places import within
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.safexml import MAX_NODES, XmlRefused, parse

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_RESPONSES: Final = 10_000
_STATUS = re.compile(r"\s*HTTP/\d(?:\.\d)?\s+(\d{3})(?:\s.*)?", re.DOTALL)
_RAW: Final = re.compile(r"[?#]|%(?![0-9A-Fa-f]{2})")
_ABSENT: Final = frozenset({404, 410})  # what is not there; any other failure hides what may be there


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing answered about: where it is, how it fares as a whole, its properties, and the state of those it lacks.

    ``status`` is 200 where the answer tells of its properties one by one.
    """

    url: str
    status: int = 200
    properties: Mapping[str, Element] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_absent(self) -> bool:
        """Whether it is not there."""
        return self.status in _ABSENT

    def is_withheld(self, *names: str) -> bool:
        """Whether one of the properties may be there but was not given."""
        return any(self.failed.get(name, 404) not in _ABSENT for name in names)

    def text(self, name: str) -> str:
        """The text of a property, "" where there is none."""
        element = self.properties.get(name)
        return "" if element is None else "".join(map(str, element.itertext()))

    def hrefs(self, name: str) -> list[str]:
        """The references in a property, as written."""
        element = self.properties.get(name)
        return [] if element is None else [text for href in element.iter(f"{DAV}href") if (text := text_of(href))]


def decode(response: HttpResponse, base: str) -> list[Resource]:
    """What a 207 tells of, in its order; ``base`` is the address that was asked.

    Raises PeerError: TOO_MANY_ENTRIES where it exceeds the bounds or says itself that something is missing (507), and
    GARBLED where it is no multistatus or refers to another host.
    """
    root = document(response, f"{DAV}multistatus")
    found = resources(root, base)
    if any(resource.status == 507 for resource in found):  # RFC 6352 8.6.2, RFC 6578 3.6: a part stands for the whole
        raise PeerError(Reason.TOO_MANY_ENTRIES, "the server leaves out what exceeds its own limit")
    if len(found) > MAX_RESPONSES:
        raise PeerError(Reason.TOO_MANY_ENTRIES, f"the answer tells of more than {MAX_RESPONSES} things")
    return found


def resources(root: Element, base: str) -> list[Resource]:
    """What a multistatus tells of, in its order, whatever it says of it. Raises PeerError(GARBLED)."""
    return done(reading(root, base))


def reading(root: Element, base: str) -> Pieces[list[Resource]]:
    """:func:`resources` in pieces. Unknown parts are passed over (RFC 4918 17), but not those that name something, as
    in drafts of RFC 6578: what they tell of would look as if it were not there."""
    found: list[Resource] = []
    for each in root.iterchildren("*"):
        if each.tag == f"{DAV}response":
            found.extend(_resources(each, base))
            yield
        elif any(str(inner.tag).rpartition("}")[2] == "href" for inner in each.iterchildren("*")):
            raise PeerError(Reason.GARBLED, "the answer tells of things in a form that is no multistatus of RFC 4918")
    return found


def document(response: HttpResponse, root: str) -> Element:
    """The answer's XML, whose root is called ``root``. Raises PeerError(GARBLED | TOO_MANY_ENTRIES)."""
    if len(response.body) > MAX_BYTES:
        raise PeerError(Reason.TOO_MANY_ENTRIES, f"the answer exceeds {MAX_BYTES} bytes")
    try:
        element = parse(response.body)
    except XmlRefused as error:
        too_many = response.body.count(b"<") > MAX_NODES
        reason = Reason.TOO_MANY_ENTRIES if too_many and not error.malformed else Reason.GARBLED
        raise PeerError(reason, f"the answer is not read: {error}") from None
    if element.tag != root:
        raise PeerError(Reason.GARBLED, "the answer is another document than was asked for")
    return element


def text_of(element: Element | None) -> str:
    """The text in an element, without space around it; "" where there is none."""
    return "" if element is None else (element.text or "").strip()


def _resources(element: Element, base: str) -> Iterator[Resource]:
    """One for each reference: a response that fails as a whole may name several (RFC 4918 14.24)."""
    references = [text_of(href) for href in element.findall(f"{DAV}href")]
    if not any(references):
        raise PeerError(Reason.GARBLED, "the answer tells of something without saying where it is")
    stats = element.findall(f"{DAV}propstat")
    status = _status(element.find(f"{DAV}status"))
    if status is None and not stats:
        raise PeerError(Reason.GARBLED, "the answer tells nothing of something it names")
    properties: dict[str, Element] = {}
    failed: dict[str, int] = {}
    for stat in stats:
        _sort(stat, properties, failed)
    for reference in references:
        yield Resource(within(base, _escaped(reference)), status or 200, properties, failed)


def _escaped(reference: str) -> str:
    """A name that its server wrote as it is (SOGo 5.8), as a reference: a resource of WebDAV has no query."""
    return _RAW.sub(lambda found: f"%{ord(found[0]):02X}", reference)


def _sort(stat: Element, properties: dict[str, Element], failed: dict[str, int]) -> None:
    status = _status(stat.find(f"{DAV}status"))
    for element in (each for prop in stat.findall(f"{DAV}prop") for each in prop):
        if status is not None and 200 <= status < 300:
            properties[str(element.tag)] = element
        else:
            failed[str(element.tag)] = status or 500


def _status(element: Element | None) -> int | None:
    if element is None:
        return None
    match = _STATUS.fullmatch(element.text or "")
    if match is None:
        raise PeerError(Reason.GARBLED, "the answer has a status that is none")
    return int(match[1])
