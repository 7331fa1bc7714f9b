"""The fixed table of what a condition may call: each function with the types that it takes and gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from galsync.people.globs import Glob
from galsync.people.vocabulary import LONGEST_VALUE


class Type(Enum):
    """What a part of a condition is: known before anybody is looked at, so that nothing can go wrong later."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    TRUTH = "true or false"
    PATTERN = "a pattern in quotes"


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the table, for arguments of the types ``takes``, which all must be given."""

    run: Callable[..., object]
    takes: tuple[Type, ...]
    gives: Type


def _lower(text: str) -> str:
    return text.lower()[:LONGEST_VALUE]


def _upper(text: str) -> str:
    return text.upper()[:LONGEST_VALUE]


def _startswith(text: str, part: str) -> bool:
    return text.lower().startswith(part.lower())


def _endswith(text: str, part: str) -> bool:
    return text.lower().endswith(part.lower())


def _contains(text: str, part: str) -> bool:
    return part.lower() in text.lower()


def _matches(text: str, pattern: Glob) -> bool:
    return pattern.fullmatch(text.lower()) is not None


def _has(texts: Iterable[str], pattern: Glob) -> bool:
    return any(pattern.fullmatch(text.lower()) for text in texts)


_TWO: Final = (Type.TEXT, Type.TEXT)
FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        "lower": Function(_lower, (Type.TEXT,), Type.TEXT),
        "upper": Function(_upper, (Type.TEXT,), Type.TEXT),
        "startswith": Function(_startswith, _TWO, Type.TRUTH),
        "endswith": Function(_endswith, _TWO, Type.TRUTH),
        "contains": Function(_contains, _TWO, Type.TRUTH),
        "matches": Function(_matches, (Type.TEXT, Type.PATTERN), Type.TRUTH),
        "has": Function(_has, (Type.TEXTS, Type.PATTERN), Type.TRUTH),
    }
)
