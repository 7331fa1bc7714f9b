"""The part of $filter that the simulated directory understands: what it does not is refused, as Graph does."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulation.graph.schedule import GraphRefusal

MOST: Final = 15  # Graph, filter query parameter: expressions in one filter
_TEXT: Final = r"'(?P<text>(?:[^']|'')*)'"
_ATOMS: Final = {
    "in": re.compile(r"(?P<name>[A-Za-z/0-9]+) in \((?P<list>'(?:[^']|'')*'(?:, ?'(?:[^']|'')*')*)\)"),
    "any": re.compile(rf"(?P<name>[A-Za-z]+)/any\((?P<v>[a-z]+):(?P=v) eq {_TEXT}\)"),
    "starts": re.compile(rf"startsWith\((?P<name>[A-Za-z/0-9]+), ?{_TEXT}\)", re.IGNORECASE),
    "eq": re.compile(rf"(?P<name>[A-Za-z/0-9]+) eq {_TEXT}"),
    "flag": re.compile(r"(?P<name>[A-Za-z]+) eq (?P<flag>true|false)"),
    "null": re.compile(r"(?P<name>[A-Za-z/0-9]+) ne null"),
}
_NAMES: Final = frozenset({"id", "mail", "userPrincipalName", "displayName", "userType", "employeeType"})
_LISTS: Final = frozenset({"proxyAddresses", "otherMails"})
_EXTENSION: Final = re.compile(r"onPremisesExtensionAttributes/extensionAttribute(?:[1-9]|1[0-5])")
_OR: Final = re.compile(r" or ", re.IGNORECASE)
_ITEM: Final = re.compile(r"'((?:[^']|'')*)'")

Test = Callable[[Mapping[str, Any]], bool]


class Filter:
    """A filter read; ``ids`` are those it names where it asks for ids alone, None otherwise."""

    def __init__(self, text: str, *, advanced: bool) -> None:
        self.ids: tuple[str, ...] | None = None
        self._tests: list[Test] = []
        size, position = 0, 0
        while position <= len(text):
            kind, match = _atom(text, position)
            size += self._take(kind, match, advanced)
            position = match.end()
            joined = _OR.match(text, position)
            if joined is None and position < len(text):
                raise _unsupported()
            position = joined.end() if joined else len(text) + 1
        if size > MOST:
            words = f"Too many child clauses specified in search filter expression containing 'OR' operators: {size}."
            raise GraphRefusal(400, "Request_UnsupportedQuery", f"{words} Max allowed: {MOST}.")

    def holds(self, entry: Mapping[str, Any]) -> bool:
        """Whether the object is wanted."""
        return any(test(entry) for test in self._tests)

    def _take(self, kind: str, match: re.Match[str], advanced: bool) -> int:
        name = match["name"]
        if kind == "any":
            wanted = _unquoted(match["text"])
            self._tests.append(lambda entry: wanted in [str(each).lower() for each in entry.get(name) or ()])
            return _known(name in _LISTS)
        if kind == "flag":
            flag = match["flag"] == "true"
            self._tests.append(lambda entry: entry.get(name) is flag)
            return _known(name == "accountEnabled")
        if kind == "null":
            self._tests.append(lambda entry: bool(_value(entry, name)))
            return _known(advanced and (name in _NAMES or bool(_EXTENSION.fullmatch(name))))
        if kind == "starts":
            start = _unquoted(match["text"])
            self._tests.append(lambda entry: _value(entry, name).startswith(start))
            return _known(name in _NAMES or bool(_EXTENSION.fullmatch(name)))
        texts = _ITEM.findall(match["list"]) if kind == "in" else [match["text"]]
        values = [_unquoted(text) for text in texts]
        if name == "id":
            self.ids = tuple(text.replace("''", "'") for text in texts)
        self._tests.append(lambda entry: _value(entry, name) in values)
        return len(values) * _known(name in _NAMES or bool(_EXTENSION.fullmatch(name)))


def _atom(text: str, position: int) -> tuple[str, re.Match[str]]:
    for kind, pattern in _ATOMS.items():
        if match := pattern.match(text, position):
            return kind, match
    raise _unsupported()


def _known(known: bool) -> int:
    if not known:
        raise _unsupported()
    return 1


def _unsupported() -> GraphRefusal:
    return GraphRefusal(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")


def _unquoted(text: str) -> str:
    return text.replace("''", "'").lower()  # the directory compares without regard to case


def _value(entry: Mapping[str, Any], name: str) -> str:
    value: Any = entry
    for part in name.split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return str(value).lower() if value is not None else ""
