"""Questions about many keys, a few hundred at a time: a database takes so many values in one statement."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_ASKED: Final = 500


def pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """``values`` in their order, some hundred at a time."""
    for at in range(0, len(values), _ASKED):
        yield values[at : at + _ASKED]
