"""The files of one move: read as one, told apart by their content, and refused whole."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from proxy.list_files import ListFileError, text_of
from proxy.moves import batches
from proxy.moves.reading import read
from routing.listing import Listing
from routing.moves import Move
from routing.people import People
from routing.sides import Sides

Signature: TypeAlias = tuple[tuple[int, int, int] | None, ...]
Taken: TypeAlias = Sequence[tuple[str, People]]


@dataclass(frozen=True, slots=True)
class Texts:
    """What the files held at one look; ``mark`` differs where the list of people does."""

    people: str
    batches: str | None
    mark: bytes


@dataclass(slots=True)
class MoveFiles:
    """``people`` is the list; ``plans`` the file of batches, where there is one.

    ``shrink``: which share of its people a list may lose and still be taken.
    """

    sides: Sides
    people: Path
    plans: Path | None
    shrink: float
    _mark: bytes = b""

    def signature(self) -> Signature:
        """Changes with every write and with every link that is turned; a missing file counts as a state."""
        return tuple(stat_of(path) for path in (self.people, self.plans) if path is not None)

    def texts(self) -> Texts:
        """What the files hold now. Raises ListFileError."""
        people = text_of(self.people)
        mark = blake2b(people.encode(), digest_size=16).digest()
        return Texts(people, None if self.plans is None else text_of(self.plans), mark)

    def load(self, texts: Texts, old: Move | None, taken: Taken) -> Generator[None, None, Move]:
        """The move that ``texts`` tell of, after ``old``; a pause after every few lines. Raises ListFileError."""
        plans = None
        if self.plans is not None and texts.batches is not None:
            plans = batches.plans(texts.batches, self.plans)
        if old is not None and texts.mark == self._mark:
            people = old.people
            if (lost := _unplanned(people, plans or {})) is not None:
                words = f'the batch "{lost}" is gone, and people of it have no moved_at: write it again'
                raise ListFileError(f"{self.plans}: {words}")
        else:
            listing = Listing(self.sides, taken=taken)
            people = yield from read(texts.people, self.people, listing, planned=plans)
            self._check_size(old, people)
        self._mark = texts.mark
        return Move(self.sides, people, plans or {})

    def _check_size(self, old: Move | None, people: People) -> None:
        if old is not None and shrunk(len(old.people), len(people), self.shrink):
            raise ListFileError(
                f"{self.people}: has {len(people)} people instead of {len(old.people)}, and shrink = {self.shrink:g} "
                "allows less: write the others again, or restart to take the list as it is"
            )


def shrunk(before: int, now: int, share: float) -> bool:
    """Whether a list lost more than ``share`` of its people."""
    return before - now > share * before


def _unplanned(people: People, plans: Collection[str]) -> str | None:
    names = (
        people.names[batch]
        for instant, batch, count in zip(people.instants, people.batches, people.counts, strict=True)
        if instant < 0 and count
    )
    return next((name for name in names if name not in plans), None)


def stat_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
