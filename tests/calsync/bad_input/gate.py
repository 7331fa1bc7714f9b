"""Stands between a spoke and its server: answers in its place, or spoils single items in what it says."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from lxml import etree

from protocols.http import Headers, HttpRequest, HttpResponse, Send
from simulation.exchange.soap import T

Patch: TypeAlias = Mapping[str, Any]
"""What of an item becomes another value; None for what it shall lack. In XML the values are elements as text."""
RAW: Final = {"[broken]": b"\xff\xfe\xc3(", "[half]": rb"\ud83d", "[control]": rb"\u0000\u0008\u001b"}
"""What JSON and iCalendar cannot be asked to write, by what stands in its place until it is sent."""
_TELLS: Final = "GetItemResponseMessage"
"""In what Exchange tells more of an item than its id, where that is asked for."""
_CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}calendar-data"


@dataclass(slots=True)
class Gate:
    """``answer`` is what the server says to everything, where it is set; ``spoilt`` what is wrong with which item, by
    its key. ``asked`` counts the requests, ``writes`` those that would change something."""

    send: Send
    spoil: Callable[[bytes, Mapping[str, Patch]], bytes]
    answer: Callable[[HttpRequest], HttpResponse | None] | None = None
    spoilt: dict[str, Patch] = field(default_factory=dict)
    asked: int = 0

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        if self.answer is not None and (instead := self.answer(request)) is not None:
            return instead
        told = await self.send(request)
        if not self.spoilt or not told.body:
            return told
        kept = tuple((name, value) for name, value in told.headers.fields if name.lower() != "content-length")
        return HttpResponse(told.status, Headers(kept), self.spoil(told.body, self.spoilt))


def in_json(body: bytes, spoilt: Mapping[str, Patch], *, key: str = "id") -> bytes:
    """Each object whose ``key`` is one of those."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    told = json.dumps(_walked(value, spoilt, key), ensure_ascii=False).encode()
    for sign, raw in RAW.items():
        told = told.replace(sign.encode(), raw)
    return told


def in_people(body: bytes, spoilt: Mapping[str, Patch]) -> bytes:
    """Each contact of Google whose resource name is one of those."""
    return in_json(body, spoilt, key="resourceName")


def in_ews(body: bytes, spoilt: Mapping[str, Patch]) -> bytes:
    """Each item whose ItemId is one of those, in an answer that tells more of it than its id."""
    root = etree.fromstring(body)
    for each in root.iter(f"{{{T}}}ItemId"):
        item, patch = each.getparent(), spoilt.get(each.get("Id", ""))
        tells = item is not None and len(item) > 1 and any(_TELLS in parent.tag for parent in item.iterancestors())
        if patch is None or item is None or not tells:
            continue
        for name, value in patch.items():
            for old in item.findall(f"{{{T}}}{name}"):
                item.remove(old)
            if value is not None:
                item.append(etree.fromstring(f'<r xmlns:t="{T}">{value}</r>')[0])
    return etree.tostring(root).replace(b"[control]", b"&#x1;")


def in_multistatus(body: bytes, spoilt: Mapping[str, Patch]) -> bytes:
    """Each resource whose name is one of those: ``text`` of its patch in place of what describes it there; whether it
    is told among others or alone."""
    if body.startswith(b"BEGIN:VCALENDAR"):
        key = next((each for each in spoilt if f"UID:{each.removesuffix('.ics')}\r\n".encode() in body), None)
        alone = vcalendar(spoilt[key]["text"], key.removesuffix(".ics")).encode() if key is not None else body
        return alone.replace(b"[broken]", RAW["[broken]"]).replace(b"[control]", b"\x01")
    if b"calendar-data" not in body:
        return body
    root = etree.fromstring(body)
    for response in root.findall("{DAV:}response"):
        key = response.findtext("{DAV:}href", "").rpartition("/")[2]
        for data in response.iter(_CALDAV) if key in spoilt else ():
            data.text = vcalendar(spoilt[key]["text"], key.removesuffix(".ics"))
    return etree.tostring(root, encoding="utf-8").replace(b"[broken]", RAW["[broken]"]).replace(b"[control]", b"&#x1;")


def vcalendar(text: str, uid: str) -> str:
    """A calendar of one event, which ``text`` describes."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN"
    return f"{head}\r\n{vevent(text, uid)}\r\nEND:VCALENDAR\r\n"


def vevent(text: str, uid: str) -> str:
    """One event, which ``text`` describes."""
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\n{text}\r\nEND:VEVENT"


def _walked(value: Any, spoilt: Mapping[str, Patch], key: str) -> Any:
    if isinstance(value, list):
        return [_walked(each, spoilt, key) for each in value]
    if not isinstance(value, dict):
        return value
    patch = dict(spoilt.get(str(value.get(key)), {}))
    told = {name: _walked(each, spoilt, key) for name, each in value.items()} | patch
    return {name: each for name, each in told.items() if not (name in patch and patch[name] is None)}
