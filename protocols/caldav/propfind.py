"""PROPFIND seen from the server (RFC 4918 9.1): which properties are asked for, and the multistatus that tells them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from lxml import etree

from protocols import safexml
from protocols.caldav.refusals import DavError, dav, new, written
from protocols.errors import Fault

_MOST_NODES: Final = 500
_MOST_NAMES: Final = 32_768  # characters; each name is answered with its whole namespace, for each thing asked about
_OK, _NOT_FOUND = "HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"

Fill: TypeAlias = Callable[[etree._Element], None]
"""Writes a property's value into its element."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its path, and its properties by their names with namespaces, in the order told."""

    href: str
    properties: Mapping[str, Fill] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``names`` of properties; None for all. ``values``: False where only the names are asked."""

    names: tuple[str, ...] | None = None
    values: bool = True


def decode(data: bytes) -> Wanted:
    """What is asked; no body asks for everything. Raises DavError for what is no PROPFIND."""
    if not data.strip():
        return Wanted()
    try:
        root = safexml.parse(data, max_nodes=_MOST_NODES)
    except safexml.XmlRefused:
        raise _refused("the body is not XML that is read here: no DOCTYPE, few elements") from None
    if root.tag != dav("propfind"):
        raise _refused("the body is not a DAV:propfind")
    asked = [child for child in root if child.tag in (dav("prop"), dav("allprop"), dav("propname"))]
    if len(asked) != 1:
        raise _refused("write one of DAV:prop, DAV:allprop and DAV:propname into DAV:propfind")
    if asked[0].tag == dav("prop"):
        names = tuple(dict.fromkeys(str(child.tag) for child in asked[0]))
        if sum(map(len, names)) > _MOST_NAMES:
            raise _refused("the names of the properties are too long: ask for fewer at once")
        return Wanted(names)
    return Wanted(values=asked[0].tag == dav("allprop"))


def encode(resources: Sequence[Resource], wanted: Wanted) -> bytes:
    """The multistatus: what a resource has with its value, what it has not as 404."""
    root = new(dav("multistatus"))
    for resource in resources:
        response = etree.SubElement(root, dav("response"))
        etree.SubElement(response, dav("href")).text = resource.href
        names = tuple(resource.properties) if wanted.names is None else wanted.names
        known = [name for name in names if name in resource.properties]
        lacking = [name for name in names if name not in resource.properties]
        if known or not lacking:
            prop = _propstat(response, _OK)
            for name in known:
                element = etree.SubElement(prop, name)
                if wanted.values:
                    resource.properties[name](element)
        if lacking:
            prop = _propstat(response, _NOT_FOUND)
            for name in lacking:
                etree.SubElement(prop, name)
    return written(root)


def empty(_: etree._Element) -> None:
    """A property without a value."""


def text(words: str) -> Fill:
    """A property that is text."""

    def fill(element: etree._Element) -> None:
        element.text = words

    return fill


def hrefs(*urls: str) -> Fill:
    """A property that is some URLs."""

    def fill(element: etree._Element) -> None:
        for url in urls:
            etree.SubElement(element, dav("href")).text = url

    return fill


def elements(*names: str) -> Fill:
    """A property that is some empty elements, such as a resource's type."""

    def fill(element: etree._Element) -> None:
        for name in names:
            etree.SubElement(element, name)

    return fill


def privileges(*names: str) -> Fill:
    """The privileges that the caller has (RFC 3744 5.5)."""

    def fill(element: etree._Element) -> None:
        for name in names:
            etree.SubElement(etree.SubElement(element, dav("privilege")), name)

    return fill


def _propstat(response: etree._Element, status: str) -> etree._Element:
    propstat = etree.SubElement(response, dav("propstat"))
    prop = etree.SubElement(propstat, dav("prop"))
    etree.SubElement(propstat, dav("status")).text = status
    return prop


def _refused(words: str) -> DavError:
    return DavError(400, "", words, Fault.MALFORMED)
