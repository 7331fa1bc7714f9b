"""The files of one move: read as one, told apart by their content, and refused whole."""

import re
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeAlias

from proxy.list_files import ListFileError, text_of
from proxy.moves import batches
from proxy.moves.memory import Memory, planned
from proxy.moves.reading import read
from routing.listing import Listing
from routing.moves import Move
from routing.people import People
from routing.sides import Sides

Signature: TypeAlias = tuple[tuple[int, int, int] | None, ...]
_LINE: Final = re.compile(r"(?P<path>.+?):(?P<number>\d+): (?P<words>.+)")
Taken: TypeAlias = Sequence[tuple[str, People]]


class HastyError(ListFileError):
    """The files look as if somebody were writing them still: to be read again when they have stayed as they are."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the files held at one look; ``mark`` differs where the list of people does."""

    people: str
    batches: str | None
    mark: bytes

    @property
    def unfinished(self) -> bool:
        """Whether a last line has no end: it may be half a line."""
        return any(text and text[-1] not in "\r\n" for text in (self.people, self.batches or ""))


@dataclass(slots=True)
class MoveFiles:
    """``people`` is the list; ``plans`` the file of batches, where there is one.

    ``shrink``: which share of its people a list may lose and still be taken. ``state`` is where it is written down
    what was in force last; ``before``: what that was before the start.
    """

    sides: Sides
    people: Path
    plans: Path | None
    shrink: float
    state: Path | None = None
    before: Memory = field(default_factory=Memory)
    _mark: bytes = b""

    def signature(self) -> Signature:
        """Changes with every write and with every link that is turned; a missing file counts as a state."""
        return tuple(stat_of(path) for path in (self.people, self.plans) if path is not None)

    def texts(self) -> Texts:
        """What the files hold now. Raises ListFileError."""
        people = text_of(self.people)
        mark = blake2b(people.encode(), digest_size=16).digest()
        return Texts(people, None if self.plans is None else text_of(self.plans), mark)

    def load(self, texts: Texts, old: Move | None, taken: Taken, *, calm: bool = True) -> Generator[None, None, Move]:
        """The move that ``texts`` tell of, after ``old``; a pause after every few lines. Raises ListFileError.

        ``calm``: the files have not changed for a while; else HastyError for what may be half a list.
        """
        if texts.unfinished and not calm:
            raise HastyError(f"{self.people}: has no end of its last line: it may be written still")
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
            if old is not None and len(people) < len(old.people) and not calm:
                raise HastyError(f"{self.people}: has fewer people than before: it may be written still")
            self._check_size(len(old.people) if old is not None else self.before.people, len(people))
        if plans is not None:
            self._check_plans(planned(old.plans) if old is not None else self.before.planned, plans, people)
        self._mark = texts.mark
        return Move(self.sides, people, plans or {})

    def _check_size(self, before: int, now: int) -> None:
        if shrunk(before, now, self.shrink):
            raise ListFileError(
                f"{self.people}: has {now} people instead of {before}, and shrink = {self.shrink:g} allows less: "
                "write the others again, or raise shrink and restart to take the list as it is"
            )

    def _check_plans(self, before: Collection[str], plans: Collection[str], people: People) -> None:
        """A file cut short must not undo a roll-back."""
        if lost := [name for name in borne(people) if name in before and name not in plans]:
            raise ListFileError(
                f'{self.plans}: the batch "{lost[0]}" is gone, of which something was planned, and people bear it: '
                "write it again, with empty fields where nothing is planned any more"
            )


def told_wrong(words: str) -> str:
    """Of a list that cannot be used: the first thing that is wrong, and what that means for whoever looks at it."""
    first, *more = words.splitlines()
    if (line := _LINE.fullmatch(first)) is not None:
        first = f"{line['path']} is wrong on line {line['number']} ({line['words']})"
    behind = f" and on {len(more)} lines more" if more else ""
    return f"{first}{behind}; a running server keeps the list it had, and of this one nothing can be told"


def borne(people: People) -> list[str]:
    """The batches that somebody on the list is of."""
    counted = zip(people.batches, people.counts, strict=True)
    return list(dict.fromkeys(people.names[batch] for batch, count in counted if batch >= 0 and count))


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
