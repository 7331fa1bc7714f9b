"""The filters of recipients that the simulated cmdlets take: comparisons joined by -and or by -or, never by both."""

import re
from collections.abc import Mapping
from typing import Any, Final

_QUOTE: Final = "'\u2018\u2019\u201a\u201b"
_TEST: Final = re.compile(rf"(\w+)\s+-eq\s+(?:[{_QUOTE}]((?:[^{_QUOTE}]|[{_QUOTE}]{{2}})*)[{_QUOTE}]|\$(true|false))")
_JOINED: Final = re.compile(r"\s+-(and|or)\s+")


class BadFilterError(Exception):
    """The filter is none."""


class Filter:
    """Whether objects are as ``text`` says. Raises BadFilterError."""

    def __init__(self, text: str) -> None:
        self._tests: list[tuple[str, str | bool]] = []
        joins, place = set(), 0
        while True:
            match = _TEST.match(text, place)
            if match is None:
                raise BadFilterError(text)
            value = match[2]
            self._tests.append((match[1], match[3] == "true" if value is None else re.sub(r"(.)\1", _one, value)))
            place = match.end()
            if place == len(text):
                break
            join = _JOINED.match(text, place)
            if join is None:
                raise BadFilterError(text)
            joins.add(join[1])
            place = join.end()
        if len(joins) > 1:
            raise BadFilterError(text)
        self._every = joins != {"or"}

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Of one object."""
        found = (_equal(row.get(name), value) for name, value in self._tests)
        return all(found) if self._every else any(found)


def _one(match: re.Match[str]) -> str:
    return match[1] if match[1] in _QUOTE else match[0]


def _equal(told: Any, value: str | bool) -> bool:
    """Texts in any letter case; of a property with many values one is enough."""
    if isinstance(told, list):
        return any(_equal(each, value) for each in told)
    if isinstance(told, str) and isinstance(value, str):
        return told.lower() == value.lower()
    return bool(told == value)
