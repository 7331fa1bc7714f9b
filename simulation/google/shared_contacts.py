"""The Domain Shared Contacts API of the simulated Workspace: an Atom feed with versions, pages, batches and limits."""

import copy
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from aiohttp import web
from lxml import etree

from protocols.safexml import XmlRefused, parse

SCOPE: Final = "https://www.google.com/m8/feeds"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
GD: Final = "{http://schemas.google.com/g/2005}"
BATCH: Final = "{http://schemas.google.com/gdata/batch}"
SEARCH: Final = "{http://a9.com/-/spec/opensearch/1.1/}"
_NAMESPACES: Final = {"gd": GD[1:-1], "batch": BATCH[1:-1], "openSearch": SEARCH[1:-1]}
_FEED: Final = re.compile(r"/m8/feeds/contacts/(?P<domain>[^/]+)/full(?P<batch>/batch)?")
_ROOT: Final = "http://www.google.com/m8/feeds/contacts"
MOST_OPERATIONS, MOST_CONTACTS, MOST_BYTES, MOST_PROPERTIES, CUT_AT = 100, 200_000, 2048, 10, 10_000_000
_KINDS: Final = frozenset({"rel", "scheme", "term", "primary", "type", "name", "key"})
_OF_SERVER: Final = frozenset({f"{ATOM}{name}" for name in ("id", "updated", "link", "category", "title")})


def is_feed(path: str) -> bool:
    """Whether the request is one for shared contacts."""
    return _FEED.fullmatch(path) is not None


class SharedContacts:
    """The contacts of one domain, by key, the one changed longest ago first; the switches hold until they are cleared.

    ``wait``: each operation is refused for so many seconds. ``largest_page`` makes pages smaller than asked for.
    ``lost_pages``: no page after the first is to be had. ``cut``: answers end in their middle, as above 10 MB.
    ``forgetful``: a batch is done, and its answer is lost.
    """

    def __init__(self) -> None:
        self.entries: dict[str, etree._Element] = {}
        self.wait: float | None = None
        self.largest_page: int | None = None
        self.lost_pages = self.cut = self.forgetful = False
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._deleted: dict[str, datetime] = {}
        self._number = 0

    def answer(self, request: web.Request, body: bytes, scopes: frozenset[str]) -> web.Response:
        """The answer to any question about the feed, with an error in words for people where it is wrong."""
        match = _FEED.fullmatch(request.path)
        assert match is not None
        if SCOPE not in scopes:
            return _refused(403, "Insufficient Permission")
        if request.headers.get("GData-Version") != "3.0":
            return _refused(400, "This simulation speaks version 3.0")
        if match["batch"]:
            return self._batch(match["domain"], body) if request.method == "POST" else _refused(405, "POST it")
        if request.method != "GET":
            return _refused(405, "This simulation changes contacts in batches")
        return self._feed(request, match["domain"])

    def put(self, entry: etree._Element, key: str | None = None, domain: str = "northwind.example") -> str:
        """A contact as ``entry`` has it, a new one without ``key``; its key."""
        self._number += 1
        key = key or f"{self._number:x}a0"
        stored = copy.deepcopy(entry)
        for child in [one for one in stored if one.tag in _OF_SERVER or str(one.tag).startswith(BATCH)]:
            stored.remove(child)
        stored.set(f"{GD}etag", f'"v{self._number}."')
        for name, text in (("id", f"{_ROOT}/{domain}/base/{key}"), ("updated", _written(self.clock()))):
            etree.SubElement(stored, f"{ATOM}{name}").text = text
        etree.SubElement(stored, f"{ATOM}link", rel="edit", href=f"{_ROOT}/{domain}/full/{key}/{self._number}")
        self.entries.pop(key, None)
        self.entries[key] = stored
        return key

    def _feed(self, request: web.Request, domain: str) -> web.Response:
        start, size = int(request.query.get("start-index", "1")), int(request.query.get("max-results", "25"))
        if start > 1 and self.lost_pages:
            return _refused(503, "Backend Error")
        found = list(self._matching(request))
        size = min(size, self.largest_page or size)
        root = etree.Element(f"{ATOM}feed", nsmap=_NAMESPACES)
        etree.SubElement(root, f"{ATOM}id").text = f"{_ROOT}/{domain}/full"
        for name, number in (("totalResults", len(found)), ("startIndex", start), ("itemsPerPage", size)):
            etree.SubElement(root, f"{SEARCH}{name}").text = str(number)
        root.extend(copy.deepcopy(entry) for entry in found[start - 1 : start - 1 + size])
        return self._told(root)

    def _matching(self, request: web.Request) -> Iterator[etree._Element]:
        since = datetime.fromisoformat(request.query.get("updated-min", "1970-01-01T00:00:00Z"))
        ordered = request.query.get("orderby") == "lastmodified"
        entries = list(self.entries.values())
        for entry in entries if ordered else reversed(entries):
            if datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "") >= since:
                yield entry
        if request.query.get("showdeleted") == "true":
            for key, at in self._deleted.items():
                if at >= since:
                    placeholder = etree.Element(f"{ATOM}entry")
                    etree.SubElement(placeholder, f"{ATOM}id").text = f"{_ROOT}/x/base/{key}"
                    etree.SubElement(placeholder, f"{GD}deleted")
                    yield placeholder

    def _batch(self, domain: str, body: bytes) -> web.Response:
        if self.wait is not None:
            response = _refused(503 if self.wait < 0 else 403, "User rate limit exceeded")
            response.headers["Retry-After"] = f"{abs(self.wait):g}"
            return response
        try:
            asked = list(parse(body).iterchildren(f"{ATOM}entry"))
        except XmlRefused:
            return _refused(400, "Invalid XML")
        if len(asked) > MOST_OPERATIONS:
            return _refused(413, f"Batch requests are limited to {MOST_OPERATIONS} operations")
        root = etree.Element(f"{ATOM}feed", nsmap=_NAMESPACES)
        for entry in asked:
            root.append(self._operation(entry, domain))
        return _refused(500, "Internal Error") if self.forgetful else self._told(root)

    def _operation(self, entry: etree._Element, domain: str) -> etree._Element:
        operation = entry.find(f"{BATCH}operation")
        act = operation.get("type", "") if operation is not None else "insert"
        key = (entry.findtext(f"{ATOM}id") or "").rpartition("/")[2]
        code, words = self._judged(act, entry, key)
        if code == 200 and act == "delete":
            self._number += 1
            self._deleted[key] = self.clock()
            del self.entries[key]
        elif code in (200, 201) and act != "query":
            key = self.put(entry, key if act == "update" else None, domain)
        told = copy.deepcopy(self.entries[key]) if code < 300 and act != "delete" else etree.Element(f"{ATOM}entry")
        if act == "delete" and code == 200:
            etree.SubElement(told, f"{ATOM}id").text = f"{_ROOT}/{domain}/base/{key}"
        etree.SubElement(told, f"{BATCH}id").text = entry.findtext(f"{BATCH}id")
        etree.SubElement(told, f"{BATCH}status", code=str(code), reason=words)
        etree.SubElement(told, f"{BATCH}operation", type=act)
        return told

    def _judged(self, act: str, entry: etree._Element, key: str) -> tuple[int, str]:
        if act not in ("query", "insert", "update", "delete"):
            return 400, f"No such operation: {act}"
        if act != "insert" and key not in self.entries:
            return 404, "Contact not found"
        if act in ("update", "delete"):
            etag = entry.get(f"{GD}etag", "")
            if not etag:
                return 400, "Missing resource version ID"
            if etag not in ("*", self.entries[key].get(f"{GD}etag")):
                return 412, "Mismatch: etags"
        if act in ("insert", "update"):
            return self._acceptable(entry, new=act == "insert")
        return 200, "Success"

    def _acceptable(self, entry: etree._Element, *, new: bool) -> tuple[int, str]:
        kinds = [one.get("term") for one in entry.iterchildren(f"{ATOM}category")]
        if new and kinds != ["http://schemas.google.com/contact/2008#contact"]:
            return 400, "A contact needs its category"
        if len(list(entry.iterchildren(f"{GD}extendedProperty"))) > MOST_PROPERTIES:
            return 400, f"At most {MOST_PROPERTIES} extended properties"
        data = [one for one in entry if one.tag not in _OF_SERVER and not str(one.tag).startswith(BATCH)]
        if sum(map(_weight, data)) > MOST_BYTES:
            return 400, "A contact has 2 KB of data at most"
        if len(self.entries) >= MOST_CONTACTS:
            return 403, "The list is full"
        return (201, "Created") if new else (200, "Success")

    def _told(self, root: etree._Element) -> web.Response:
        body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
        if self.cut or len(body) > CUT_AT:
            body = body[: min(CUT_AT, len(body) * 2 // 3)]
        return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")


def _weight(element: etree._Element) -> int:
    """The bytes of what it says: its texts, and its attributes but for those that say which kind of thing it is."""
    texts = [one.text or "" for one in element.iter()]
    texts += [str(value) for one in element.iter() for name, value in one.items() if name not in _KINDS]
    return sum(len(text.encode()) for text in texts)


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _refused(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=f"<HTML><BODY>{words}</BODY></HTML>", content_type="text/html")
