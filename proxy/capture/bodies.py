"""What is kept of a body: XML as it was written with other texts in it, and of anything else its length and shape."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import orjson
from lxml import etree

from protocols.safexml import XmlRefused, local_name, parse
from proxy.capture import shape
from proxy.capture.markup import MarkupError, Replace, rewritten
from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.words import ATTRIBUTES, BUSY_DIGITS, ELEMENTS, ENCODINGS, EVENT_TIMES, JSON, NAMESPACES

HIDDEN: Final = "hidden"
_LARGEST: Final = 4 * 1024 * 1024
_LONGEST_ALLOWED: Final = 20_000  # 62 days in cells of five minutes are 17,856 digits
_MOST_NODES: Final = 400_000
_BOMS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_WITHOUT_BOM: Final = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}
_NAMES: Final = "|".join(re.escape(name) for name in ENCODINGS)
_DECLARATION: Final = re.compile(
    r"<\?xml\s+version\s*=\s*(?P<q>[\"'])1\.0(?P=q)"
    rf"(?:\s+encoding\s*=\s*(?P<r>[\"'])(?P<encoding>{_NAMES})(?P=r))?"
    r"(?:\s+standalone\s*=\s*(?P<s>[\"'])(?:yes|no)(?P=s))?\s*\?>",
    re.IGNORECASE,
)
_SHAPES: Final[Mapping[str, shape.Shape]] = {
    "text": shape.text,
    "encoding": shape.one_of({*ENCODINGS.values(), *_BOMS.values()}),
    "bom": shape.one_of({"", *(bom.hex() for bom in _BOMS)}),
    "shape": shape.text,
    "size": shape.number,
    "hash": shape.text,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body of a capture: ``text`` and how it was written down, or where it is None the ``shape`` of what was there.

    ``bom`` is in hexadecimal digits; ``size`` is in bytes, as it came; ``hash`` tells equal bodies from different ones.
    """

    text: str | None = None
    encoding: str = "utf-8"
    bom: str = ""
    shape: str = ""
    size: int = 0
    hash: str = ""

    @property
    def data(self) -> bytes:
        """The bytes to replay; none where only the shape was kept."""
        return bytes.fromhex(self.bom) + (self.text or "").encode(self.encoding)

    def as_json(self) -> dict[str, Any]:
        """What is written to the file: what is the rule is left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", "utf-8")}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """What :meth:`as_json` wrote. Raises ValueError for whatever else."""
        known = shape.checked(value, _SHAPES, needed=frozenset())
        if known.keys() - _SHAPES.keys():
            raise ValueError("a body with more than is known")
        body = cls(**known)
        try:
            body.data  # noqa: B018  whether the text can be written in its encoding
        except UnicodeError:
            raise ValueError(f"its text cannot be written in {body.encoding}") from None
        return body


def kept(data: bytes, pseudonyms: Pseudonyms, *, times: bool = True) -> Body:
    """What is kept of ``data``: nothing in it that is not on the lists of :mod:`proxy.capture.words`.

    Without ``times`` the busy times of answers are hidden, too.
    """
    if len(data) <= _LARGEST:
        for keep in (_xml, _json):
            found = keep(data, pseudonyms, times)
            if found is not None:
                return found
    return Body(shape=_shape(data), size=len(data), hash=pseudonyms.hash(data))


def _xml(data: bytes, pseudonyms: Pseudonyms, times: bool) -> Body | None:
    try:
        before = parse(data, max_nodes=_MOST_NODES)
        bom, encoding, text = _decoded(data)
        declaration = _DECLARATION.match(text)
        head = declaration[0] if declaration else ""
        element, attribute = _rules(pseudonyms, times)
        text = head + rewritten(text[len(head) :], element, attribute, lambda uri: _namespace(uri, pseudonyms))
        after = parse(bom + text.encode(encoding), max_nodes=_MOST_NODES)
    except (XmlRefused, MarkupError, UnicodeError):
        return None
    # Two readers must agree: what one of them was led to overlook is not written to any file.
    expected = _seen(before, element, attribute, lambda uri: _namespace(uri, pseudonyms))
    if list(expected) != list(_seen(after, _same, _same, _no_other)):
        return None
    return Body(text=text, encoding=encoding, bom=bom.hex(), size=len(data))


def _decoded(data: bytes) -> tuple[bytes, str, str]:
    """Byte order mark, encoding and text. Raises UnicodeError, also where the text is not the same bytes again."""
    bom = next((bom for bom in _BOMS if data.startswith(bom)), b"")
    encoding = _BOMS.get(bom) or _WITHOUT_BOM.get(data[:4]) or _declared(data)
    text = data[len(bom) :].decode(encoding)
    if text.encode(encoding) != data[len(bom) :]:
        raise UnicodeError("not the only way to write this text")
    return bom, encoding, text


def _declared(data: bytes) -> str:
    match = _DECLARATION.match(data[:200].decode("latin-1"))
    if match is None and data.startswith(b"<?xml"):
        raise UnicodeError("a declaration out of the ordinary")
    name = match["encoding"].lower() if match and match["encoding"] else "utf-8"
    if name == "utf-16":
        raise UnicodeError("UTF-16 without a sign of it")
    return ENCODINGS[name]


def _rules(pseudonyms: Pseudonyms, times: bool) -> tuple[Replace, Replace]:
    def element(path: tuple[str, ...], text: str) -> str | None:
        name = path[-1] if path else ""
        if not times and (name == BUSY_DIGITS or (name in EVENT_TIMES and "CalendarEvent" in path)):
            return HIDDEN
        return None if _allowed(ELEMENTS, name, text) else pseudonyms.of(text)

    def attribute(path: tuple[str, ...], text: str) -> str | None:
        return None if _allowed(ATTRIBUTES, path[-1], text) else pseudonyms.of(text)

    return element, attribute


def _allowed(table: Mapping[str, Any], name: str, text: str) -> bool:
    test = table.get(name)
    return bool(test is not None and len(text) <= _LONGEST_ALLOWED and test(text))


def _namespace(uri: str, pseudonyms: Pseudonyms) -> str | None:
    return None if uri in NAMESPACES else pseudonyms.of(uri)


def _same(_: tuple[str, ...], __: str) -> None:
    return None


def _no_other(_: str) -> None:
    return None


def _seen(root: etree._Element, element: Replace, attribute: Replace, namespace: Any) -> Iterator[tuple[Any, ...]]:
    """Names, namespaces, texts and values of a tree, those replaced that the rules replace."""
    stack: list[tuple[etree._Element, tuple[str, ...]]] = [(root, (local_name(root),))]
    while stack:
        here, path = stack.pop()
        spaces = {prefix: namespace(uri) or uri for prefix, uri in here.nsmap.items()}
        values = [
            (etree.QName(name).localname, _put((*path, etree.QName(name).localname), str(value), attribute))
            for name, value in here.items()
        ]
        yield path, spaces, values, _put(path, here.text or "", element)
        for child in here:
            yield path, _put(path, child.tail or "", element)
            stack.append((child, (*path, local_name(child))))


def _put(path: tuple[str, ...], text: str, rule: Replace) -> str:
    core = text.strip()
    instead = rule(path, core) if core else None
    return core if instead is None else instead


def _json(data: bytes, pseudonyms: Pseudonyms, _: bool) -> Body | None:
    if not data.startswith(b"{"):
        return None
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict) or not all(isinstance(one, str | int) for one in value.values()):
        return None
    told = {
        name if name in JSON else pseudonyms.text(name): _told(name, one, pseudonyms) for name, one in value.items()
    }
    return Body(text=orjson.dumps(told).decode(), size=len(data))


def _told(name: str, value: str | int, pseudonyms: Pseudonyms) -> str:
    text = str(value)
    return text if name in JSON and JSON[name](text) else pseudonyms.of(text)


def _shape(data: bytes) -> str:
    """A word for what was there, none of it from there."""
    start = data[:64].lstrip().lower()
    if not data:
        return "empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if start.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")):
        return "XML that is broken, or not plain enough to be kept"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "text" if data[:256].isascii() and b"\0" not in data[:256] else "binary"
