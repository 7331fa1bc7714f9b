"""Filters as an administrator writes them (RFC 4515), turned into what goes over the wire (RFC 4511 4.5.1.7)."""

import re
from functools import lru_cache
from typing import Final

from protocols.ldap.ber import boolean, octets, tlv

_AND, _OR, _NOT, _EQUAL, _SUBSTRINGS, _AT_LEAST, _AT_MOST = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6
_PRESENT, _APPROXIMATELY, _EXTENSIBLE = 0x87, 0xA8, 0xA9
_SIGNS: Final = {"=": _EQUAL, ">=": _AT_LEAST, "<=": _AT_MOST, "~=": _APPROXIMATELY}
_ITEM: Final = re.compile(r"\(([A-Za-z0-9.;_-]*)((?::dn)?)((?::[A-Za-z0-9.]+)?)(:=|>=|<=|~=|=)([^()]*)\)")
_ESCAPE: Final = re.compile(rb"\\([0-9A-Fa-f]{2})")
_DEEPEST: Final = 50


class FilterError(ValueError):
    """Text that is no filter; the words say where."""


@lru_cache(maxsize=256)
def encoded(text: str) -> bytes:
    """The filter that ``text`` is. Raises FilterError."""
    stripped = text.strip()
    found, at = _filter(stripped, 0, 0)
    if at != len(stripped):
        raise FilterError(f"the filter ends at character {at + 1}, and more follows")
    return found


def _filter(text: str, at: int, depth: int) -> tuple[bytes, int]:
    if depth > _DEEPEST:
        raise FilterError(f"the filter is nested deeper than {_DEEPEST}")
    if text[at : at + 2] in {"(&", "(|"}:
        return _several(text, at, depth)
    if text[at : at + 2] == "(!":
        inner, at = _filter(text, at + 2, depth + 1)
        return tlv(_NOT, inner), _closed(text, at)
    match = _ITEM.match(text, at)
    if match is None:
        raise FilterError(f"no filter at character {at + 1}: write for example (&(mail=*)(department=Sales))")
    return _item(match), match.end()


def _several(text: str, at: int, depth: int) -> tuple[bytes, int]:
    tag, parts = _AND if text[at + 1] == "&" else _OR, []
    at += 2
    while text[at : at + 1] == "(":
        part, at = _filter(text, at, depth + 1)
        parts.append(part)
    return tlv(tag, *parts, b""), _closed(text, at)


def _closed(text: str, at: int) -> int:
    if text[at : at + 1] != ")":
        raise FilterError(f"a bracket is missing at character {at + 1}")
    return at + 1


def _item(match: re.Match[str]) -> bytes:
    name, dn, rule, sign, value = match.groups()
    if sign == ":=" or dn or rule:
        return _extensible(name, bool(dn), rule[1:], value, sign)
    if not name:
        raise FilterError(f"no attribute before {sign} at character {match.start() + 2}")
    if sign == "=" and value == "*":
        return octets(name, _PRESENT)
    if sign == "=" and "*" in value:
        return _substrings(name, value)
    return tlv(_SIGNS[sign], octets(name), octets(_plain(value)))


def _substrings(name: str, value: str) -> bytes:
    first, *middle, last = value.split("*")
    parts = [octets(_plain(first), 0x80)] if first else []
    parts += [octets(_plain(part), 0x81) for part in middle if part]
    parts += [octets(_plain(last), 0x82)] if last else []
    if not parts:
        raise FilterError("a filter of stars alone: write one star")
    return tlv(_SUBSTRINGS, octets(name), tlv(0x30, *parts))


def _extensible(name: str, dn: bool, rule: str, value: str, sign: str) -> bytes:
    if sign != ":=" or not (name or rule):
        raise FilterError("a matching rule is written name:rule:=value")
    parts = [octets(rule, 0x81)] if rule else []
    parts += [octets(name, 0x82)] if name else []
    parts.append(octets(_plain(value), 0x83))
    return tlv(_EXTENSIBLE, *parts, *([boolean(True, 0x84)] if dn else []))


def _plain(value: str) -> bytes:
    raw = _ESCAPE.sub(lambda match: b"\x00" + match[1] + b"\x00", value.encode())
    if b"\\" in raw or b"*" in raw:
        raise FilterError("a backslash or star in a value is written \\5c or \\2a")
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), value.encode())
