"""What a directory answers: entries, referrals and results, read from octets (RFC 4511 4.1.9, 4.5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from protocols.ldap.ber import INTEGER, OCTETS, SEQUENCE, SET, BerError, element, elements, expect, number
from protocols.ldap.results import SUCCESS, refusal

_ENTRY, _REFERENCE, _CONTROLS, _REFERRALS, _CREDENTIALS = 0x64, 0x73, 0xA0, 0xA3, 0x87
_RESULTS: Final = frozenset({0x61, 0x65, 0x67, 0x69, 0x6B, 0x6D, 0x6F, 0x78})
_DISCONNECTION: Final = 0  # message number of what the server says unasked (RFC 4511 4.4)


@dataclass(frozen=True, slots=True)
class Found:
    """One entry: ``attributes`` by name in lower case, each with its values in the directory's order."""

    dn: str
    attributes: Mapping[str, list[bytes]] = field(repr=False)

    def texts(self, name: str) -> list[str]:
        """The values of an attribute as text. Raises ValueError where one is no UTF-8."""
        return [value.decode() for value in self.attributes.get(name.lower(), ())]

    def text(self, name: str) -> str:
        """The first value as text, "" for none. Raises ValueError where it is no UTF-8."""
        values = self.attributes.get(name.lower())
        return values[0].decode() if values else ""

    def readable(self) -> "Found":
        """Itself with every value as UTF-8: octets that are none have become a sign for what cannot be read."""
        clean = {
            name: [v.decode(errors="replace").encode() for v in values] for name, values in self.attributes.items()
        }
        return Found(self.dn, clean)

    def number(self, name: str) -> int | None:
        """The first value as a whole number; None where there is none."""
        try:
            return int(self.text(name))
        except ValueError:
            return None

    def true(self, name: str) -> bool:
        """Whether the first value is TRUE."""
        return self.octets(name) == b"TRUE"

    def octets(self, name: str) -> bytes:
        """The first value as it came, b"" for none."""
        return (self.attributes.get(name.lower()) or [b""])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The whole answer to one request. ``referrals`` name other servers, which were not asked; ``controls`` by OID."""

    code: int = SUCCESS
    diagnostic: str = field(default="", repr=False)
    entries: tuple[Found, ...] = ()
    referrals: tuple[str, ...] = ()
    controls: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    credentials: bytes = field(default=b"", repr=False)

    def checked(self) -> "Reply":
        """Itself. Raises RefusedError where the directory refused."""
        if self.code != SUCCESS:
            raise refusal(self.code, self.diagnostic)
        return self


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an answer, with the number of the request that it belongs to; 0 for what came unasked."""

    number: int
    body: "Found | Referred | Reply"


@dataclass(frozen=True, slots=True)
class Referred:
    """A part of the result lies on other servers."""

    urls: tuple[str, ...]


def part(data: bytes) -> Part:
    """The message that ``data`` is. Raises BerError where it is none that LDAP's servers send."""
    start, end = expect(element(data, 0, len(data)), SEQUENCE)
    head = element(data, start, end)
    at = expect(head, INTEGER)
    message = number(data, *at)
    tag, start, stop = element(data, at[1], end)
    if tag == _ENTRY:
        return Part(message, _entry(data, start, stop))
    if tag == _REFERENCE:
        return Part(message, Referred(tuple(_text(data, s, e) for _, s, e in elements(data, start, stop))))
    if tag not in _RESULTS:
        raise BerError(f"an answer of the kind 0x{tag:02x}")
    return Part(message, _result(data, start, stop, _controls(data, stop, end)))


def _entry(data: bytes, start: int, end: int) -> Found:
    _, name, stop = element(data, start, end)
    dn = _text(data, name, stop)
    at, end = expect(element(data, stop, end), SEQUENCE)
    found: dict[str, list[bytes]] = {}
    while at < end:
        _, inner, at = element(data, at, end)
        _, name, stop = element(data, inner, at)
        key = data[name:stop].decode("ascii", "replace").lower()
        inner, last = expect(element(data, stop, at), SET)
        values = []
        while inner < last:
            _, name, inner = element(data, inner, last)
            values.append(data[name:inner])
        found[key] = values
    return Found(dn, found)


def _result(data: bytes, start: int, end: int, controls: Mapping[str, bytes]) -> Reply:
    parts = list(elements(data, start, end))
    if len(parts) < 3:
        raise BerError("a result without its code and words")
    referrals: tuple[str, ...] = ()
    credentials = b""
    for tag, inner, stop in parts[3:]:
        if tag == _REFERRALS:
            referrals = tuple(_text(data, s, e) for _, s, e in elements(data, inner, stop))
        elif tag == _CREDENTIALS:
            credentials = data[inner:stop]
    return Reply(
        code=number(data, parts[0][1], parts[0][2]),
        diagnostic=_text(data, parts[2][1], parts[2][2]),
        referrals=referrals,
        controls=controls,
        credentials=credentials,
    )


def _controls(data: bytes, at: int, end: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for tag, start, stop in elements(data, at, end):
        if tag != _CONTROLS:
            continue
        for _, inner, last in elements(data, start, stop):
            strings = [data[s:e] for kind, s, e in elements(data, inner, last) if kind == OCTETS]
            if not strings:
                raise BerError("a control without its name")
            found[strings[0].decode(errors="replace")] = strings[1] if len(strings) > 1 else b""
    return found


def _text(data: bytes, start: int, stop: int) -> str:
    return data[start:stop].decode(errors="replace")
