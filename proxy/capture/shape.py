"""Checks what a line of a capture holds before anything is done with it: it may come from anywhere."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

Shape: TypeAlias = Callable[[Any], bool]

_VISIBLE: Final = re.compile("[!-~]*")  # what a path and a query are written in, once they were captured


def text(value: Any) -> bool:
    """A text, of whatever."""
    return isinstance(value, str)


def one_of(words: Iterable[str]) -> Shape:
    """One of these texts."""
    known = frozenset(words)
    return lambda value: isinstance(value, str) and value in known


def visible(value: Any) -> bool:
    """A text of ASCII's visible characters alone."""
    return isinstance(value, str) and _VISIBLE.fullmatch(value) is not None


def number(value: Any) -> bool:
    """A whole number, not negative; a truth value is none."""
    return type(value) is int and value >= 0


def truth(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def status(value: Any) -> bool:
    """A status of HTTP."""
    return type(value) is int and 100 <= value <= 599


def fields(value: Any) -> bool:
    """Headers: lists of a name, and of what was kept of the value."""
    return isinstance(value, list) and all(
        isinstance(field, list) and 1 <= len(field) <= 2 and isinstance(field[0], str) for field in value
    )


def table(value: Any) -> bool:
    """Names and values."""
    return isinstance(value, dict)


def nothing_or_table(value: Any) -> bool:
    """Names and values, or nothing."""
    return value is None or isinstance(value, dict)


def checked(value: Any, shapes: Mapping[str, Shape], *, needed: frozenset[str] | None = None) -> dict[str, Any]:
    """``value``, which has every name of ``shapes`` (or of ``needed``) in its shape. Raises ValueError in words."""
    if not isinstance(value, dict):
        raise ValueError("it is no table of names and values")
    for name, fits in shapes.items():
        if name not in value:
            if needed is None or name in needed:
                raise ValueError(f'it has no "{name}"')
        elif not fits(value[name]):
            raise ValueError(f'"{name}" is not what it must be')
    return value
