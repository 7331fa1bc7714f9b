"""Long work in small pieces, so that whoever does it can see to others between them."""

from collections.abc import Generator
from typing import Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Pieces: TypeAlias = Generator[None, None, T]
"""Work that yields wherever it may rest, after a few milliseconds at most, and returns what it has made."""


class Turns(Protocol):
    """Does ``work``, and lets others have their turns between its pieces."""

    async def __call__(self, work: Pieces[T]) -> T:
        """What ``work`` returns or raises."""
        ...


def done(work: Pieces[T]) -> T:
    """What ``work`` returns or raises, without a rest."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # StopIteration does not say of what type it is


async def undivided(work: Pieces[T]) -> T:
    """:func:`done`, for whoever has nobody else to see to."""
    return done(work)
