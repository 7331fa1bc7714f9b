"""Filters as an administrator writes them (RFC 4515), looked over before any directory is asked."""

import re
from functools import lru_cache
from typing import Final

_ITEM: Final = re.compile(r"\(([A-Za-z0-9.;_-]*)((?::dn)?)((?::[A-Za-z0-9.]+)?)(:=|>=|<=|~=|=)([^()]*)\)")
_ESCAPE: Final = re.compile(r"\\[0-9A-Fa-f]{2}")
_DEEPEST: Final = 50


class FilterError(ValueError):
    """Text that is no filter; the words say where."""


@lru_cache(maxsize=256)
def checked(text: str) -> str:
    """``text`` without what stands around it. Raises FilterError where it is no filter."""
    stripped = text.strip()
    at = _filter(stripped, 0, 0)
    if at != len(stripped):
        raise FilterError(f"the filter ends at character {at + 1}, and more follows")
    return stripped


def _filter(text: str, at: int, depth: int) -> int:
    """Where the filter that begins at ``at`` ends."""
    if depth > _DEEPEST:
        raise FilterError(f"the filter is nested deeper than {_DEEPEST}")
    if text[at : at + 2] in {"(&", "(|"}:
        at += 2
        while text[at : at + 1] == "(":
            at = _filter(text, at, depth + 1)
        return _closed(text, at)
    if text[at : at + 2] == "(!":
        return _closed(text, _filter(text, at + 2, depth + 1))
    match = _ITEM.match(text, at)
    if match is None:
        raise FilterError(f"no filter at character {at + 1}: write for example (&(mail=*)(department=Sales))")
    _check(match)
    return match.end()


def _closed(text: str, at: int) -> int:
    if text[at : at + 1] != ")":
        raise FilterError(f"a bracket is missing at character {at + 1}")
    return at + 1


def _check(match: re.Match[str]) -> None:
    name, dn, rule, sign, value = match.groups()
    plain = _ESCAPE.sub("", value)
    if sign == ":=" or dn or rule:
        if sign != ":=" or not (name or rule):
            raise FilterError("a matching rule is written name:rule:=value")
    elif not name:
        raise FilterError(f"no attribute before {sign} at character {match.start() + 2}")
    elif sign == "=":
        if plain.strip("*") == "" and len(plain) > 1 and plain == value:
            raise FilterError("a filter of stars alone: write one star")
        plain = plain.replace("*", "")
    if "\\" in plain or "*" in plain:
        raise FilterError("a backslash or star in a value is written \\5c or \\2a")
