"""The words that an administrator's expressions may use for a person, and the error that tells of a wrong one."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, TypeAlias

from protocols.model.person import Field, Person

LONGEST: Final = 1_000  # characters of an expression
LONGEST_VALUE: Final = 4_096  # characters that one word may stand for, and that a template gives
ATTRIBUTE: Final = "attr."
Text: TypeAlias = Callable[[Person], str]


class ExpressionError(ValueError):
    """An expression that cannot be used: ``what`` is wrong with it, and ``place`` is the character of ``text``, from 0.

    Raised when an expression is read, and never when it is used.
    """

    def __init__(self, what: str, text: str, place: int = 0) -> None:
        self.what, self.text, self.place = what, text, place
        super().__init__(f"{what}, at character {place + 1} of {text[:200]!r}")


def _field(name: Field) -> Text:
    return lambda person: person.texts.get(name, "")


TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {str(name): _field(name) for name in Field}
    | {
        "primary": lambda person: person.primary.address if person.primary else "",
        "local": lambda person: person.primary.local if person.primary else "",
        "domain": lambda person: person.primary.domain if person.primary else "",
        "unit": lambda person: person.unit,
        "kind": lambda person: person.kind.value,
        "sip": lambda person: person.sip,
    }
)
"""A word for each text that a person has; "" where they have none. ``attr.NAME`` is an attribute of the source."""

LISTS: Final[Mapping[str, Callable[[Person], tuple[str, ...]]]] = MappingProxyType(
    {"aliases": lambda person: person.aliases, "groups": lambda person: person.groups}
)
"""Words for several texts, which conditions alone may use."""

FLAGS: Final[Mapping[str, Callable[[Person], bool]]] = MappingProxyType(
    {"disabled": lambda person: person.disabled, "hidden": lambda person: person.hidden}
)
"""Words that are true or false, which conditions alone may use."""


def text_of(name: str) -> Text | None:
    """What gives the text that ``name`` stands for, at most LONGEST_VALUE characters of it; None for no such word."""
    if name.startswith(ATTRIBUTE) and name != ATTRIBUTE:
        attribute = name.removeprefix(ATTRIBUTE)
        return lambda person: person.attributes.get(attribute, "")[:LONGEST_VALUE]
    told = TEXTS.get(name)
    return (lambda person: told(person)[:LONGEST_VALUE]) if told else None


def meant(word: str, known: Iterable[str]) -> str:
    """A hint at the word that was meant, with its comma; "" where none is near."""
    near = get_close_matches(word.lower(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
