"""What whoever asks lends to the asking: a place for long work, a measure of it, and somewhere to tell what changed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from protocols.caldav.published import Aside
from protocols.caldav.told import Bounds
from protocols.recurrence.budget import Budget

T = TypeVar("T")
Errand: TypeAlias = Callable[[], Awaitable[None]]
"""Something to be done that brings nothing back and raises nothing."""


async def at_once(size: int, job: Callable[[], T]) -> T:
    """Does ``job`` here and now, whatever its ``size``."""
    del size
    return job()


async def one_by_one(errands: Sequence[Errand]) -> None:
    """Runs the errands in order."""
    for errand in errands:
        await errand()


def unheard(words: str) -> None:
    """Tells nobody."""
    del words


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """``aside`` runs what works through many bytes. ``budget`` makes what all reading about one person may cost.

    ``together`` runs errands as far as there is time for them. ``notice`` is told what an administrator should know.
    """

    aside: Aside = at_once
    budget: Callable[[], Budget] = Bounds().budget
    together: Callable[[Sequence[Errand]], Awaitable[None]] = one_by_one
    notice: Callable[[str], None] = unheard
