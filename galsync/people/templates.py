"""Templates: what an administrator writes for a field, such as ``{given_name} {surname} ({company|'Fabrikam'})``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from galsync.people.vocabulary import ATTRIBUTE, LONGEST, LONGEST_VALUE, TEXTS, ExpressionError, Text, meant, text_of
from protocols.model.person import Person

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}']|'[^']*')*\}|[{}]|[^{}]+")
_CHOICE: Final = re.compile(r"\s*(?:'(?P<quoted>[^']*)'|(?P<name>[A-Za-z][\w.-]*)(?P<filters>(?::\w+)*))\s*(?:\||$)")
_SPACES: Final = re.compile(r" {2,}")
_HOLLOW: Final = re.compile(r"\( *\)|\[ *\]")


def _digits(text: str) -> str:
    """The digits of a telephone number, with the + that begins it."""
    plus = "+" if text.lstrip(" (").startswith("+") else ""
    return plus + "".join(sign for sign in text if sign.isdecimal())


FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"upper": str.upper, "lower": str.lower, "title": str.title, "digits": _digits}
)

_Part: TypeAlias = tuple[tuple[Text, ...], str]
"""Words of which the first that has a value stands here, and the text that stands here where none has one."""


@dataclass(frozen=True, slots=True)
class Template:
    """Text with words in braces; made by :meth:`parse` alone.

    ``{a}`` is what the word stands for (:mod:`galsync.people.vocabulary`), ``{a|b|'text'}`` the first of them that is
    not empty, ``{a:upper}`` is changed by a filter (upper, lower, title, digits), ``{{`` and ``}}`` are braces. Where
    no word has a value the whole is empty, unless a text in quotes stands in for each of them. Where one has none, the
    brackets and the double spaces that it would leave are taken away. ``names`` are the words in use.
    """

    text: str
    names: frozenset[str]
    _parts: tuple[_Part, ...] = field(repr=False, compare=False)
    _constant: bool = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> "Template":
        """The template that ``text`` is. Raises ExpressionError."""
        if len(text) > LONGEST:
            raise ExpressionError(f"longer than {LONGEST} characters", text)
        parts: list[_Part] = []
        names: set[str] = set()
        defaulted = True
        for found in _PIECE.finditer(text):
            piece = found[0]
            if len(piece) > 1 and piece[0] == "{" and piece != "{{":
                words, instead = _choices(text, found.start() + 1, found.end() - 1)
                names.update(word.partition(":")[0] for word in words)
                defaulted = defaulted and instead is not None
                parts.append((tuple(words.values()), instead or ""))
            elif piece in "{}":
                what = f"{piece} without its other half; write {piece * 2} for the sign"
                raise ExpressionError(what, text, found.start())
            else:
                parts.append(((), piece.replace("{{", "{").replace("}}", "}")))
        return cls(text, frozenset(names), tuple(parts), defaulted)

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes of the source that must be read for it."""
        return frozenset(name.removeprefix(ATTRIBUTE) for name in self.names if name.startswith(ATTRIBUTE))

    def render(self, person: Person) -> str:
        """The text for ``person``, at most LONGEST_VALUE characters, without space around it; "" where it is empty."""
        said: list[str] = []
        some, all_there = self._constant, True
        for words, instead in self._parts:
            value = next(filter(None, (word(person) for word in words)), "")
            some = some or bool(value)
            said.append(value or instead)
            all_there = all_there and bool(said[-1])
        if not some:
            return ""
        text = "".join(said)
        if not all_there:
            text = _SPACES.sub(" ", _HOLLOW.sub("", text))
        return text[:LONGEST_VALUE].strip()


def _choices(text: str, start: int, end: int) -> tuple[dict[str, Text], str | None]:
    """What stands between two braces: each word with its filters and what gives its value, and a text in quotes."""
    words: dict[str, Text] = {}
    place, more = start, True
    while more:
        found = _CHOICE.match(text, place, end)
        if not found or found.end() == place:
            raise ExpressionError("not a word, and not a text in quotes", text, place)
        more = text[found.end() - 1] == "|"
        if found["name"] is None:
            if more:
                raise ExpressionError("a text in quotes is what remains, so nothing comes after it", text, found.end())
            return words, found["quoted"]
        words[found["name"] + found["filters"]] = _filtered(text, found)
        place = found.end()
    return words, None


def _filtered(text: str, found: re.Match[str]) -> Text:
    value = text_of(found["name"])
    if value is None:
        hint = meant(found["name"], [*TEXTS, "attr.NAME"])
        raise ExpressionError(f"nothing is called {found['name']}{hint}", text, found.start("name"))
    for name in found["filters"].split(":")[1:]:
        if name not in FILTERS:
            known = ", ".join(FILTERS)
            raise ExpressionError(f"no filter is called {name}: there are {known}", text, found.start("filters"))
        value = _then(value, FILTERS[name])
    return value


def _then(value: Text, change: Callable[[str], str]) -> Text:
    return lambda person: change(value(person))
