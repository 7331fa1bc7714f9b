"""Reads who moves from a CSV file, and says which lines are wrong; others have a turn between its slices."""

from collections.abc import Collection, Generator
from pathlib import Path
from typing import Final

from proxy.list_files import check
from proxy.moves.instants import instant
from proxy.moves.table import SLICE, Layout, TableError, fields_of, layout, lines, picked
from routing.listing import Listing
from routing.people import People

COLUMNS: Final = ("address", "moved_at", "batch")
_EMPTY: Final = f"is empty: write the heading {','.join(COLUMNS)} alone if nobody moves yet"
_IN_ORDER: Final = tuple(range(len(COLUMNS)))
_MOST_WRONG: Final = 1_000  # lines of a file that is no list at all need not all be read


def read(text: str, path: Path, listing: Listing, *, planned: Collection[str] | None) -> Generator[None, None, People]:
    """The people of ``text``, put on ``listing``. A pause after every few lines.

    ``planned``: the batches of which a plan is known; None where no file has any, and each line needs its instant.
    Raises ListFileError, which names every wrong line.
    """
    return (yield from _Reader(path, listing, planned).read(text))


class _Reader:
    def __init__(self, path: Path, listing: Listing, planned: Collection[str] | None) -> None:
        self._path, self._listing, self._planned = path, listing, planned
        self._kinds: dict[tuple[str, str], int | str] = {}
        self._behind: dict[str, int] = {}  # kinds by what stands behind the address, of lines without quotes
        self._wrong: list[str] = []

    def read(self, text: str) -> Generator[None, None, People]:
        try:
            shape = layout(text, COLUMNS)
        except TableError as error:
            check(self._path, [f"{self._path}:{error.line}: {error}"])
            raise
        said = bool(shape.heading)
        left, add, behind = SLICE, self._listing.add, self._behind
        separator = shape.separator if shape.places == _IN_ORDER else "\n"  # which no line has
        for number, line in lines(text):
            address, _, rest = line.partition(separator)
            kind = behind.get(rest) if rest and '"' not in line else None
            if kind is None:
                self._line(number, line, shape)
            elif words := add(address, kind, number):
                self._wrong.append(f"{self._path}:{number}: {words}")
            said, left = True, left - 1
            if not left:
                left = SLICE
                yield
                if len(self._wrong) >= _MOST_WRONG:
                    break
        check(self._path, self._wrong or ([] if said else [f"{self._path}: {_EMPTY}"]))
        return self._listing.people

    def _line(self, number: int, line: str, shape: Layout) -> None:
        if number == shape.heading:
            return
        fields = picked(fields_of(line, shape.separator), shape)
        if fields is None:
            words = "there are more fields than address, moved_at, batch: remove what is too many"
        else:
            address, moved_at, batch = fields
            kind = self._kinds.get((moved_at, batch))
            if kind is None:
                kind = self._kinds[moved_at, batch] = self._kind(moved_at, batch)
            words = self._listing.add(address, kind, number) if isinstance(kind, int) else kind
            if isinstance(kind, int) and shape.places == _IN_ORDER and '"' not in line:
                self._behind[line.partition(shape.separator)[2]] = kind
        if words:
            self._wrong.append(f"{self._path}:{number}: {words}")

    def _kind(self, moved_at: str, batch: str) -> int | str:
        """The kind of everybody who moves so; or why nobody can, in words."""
        if not moved_at and (self._planned is None or batch not in self._planned):
            if batch and self._planned is not None:
                return f'the file of batches has no "{batch[:40]}", and moved_at is empty: write one of the two'
            return "nothing says when: write moved_at, or a batch that has an instant"
        try:
            return self._listing.kind(instant(moved_at) if moved_at else -1, batch)
        except ValueError as error:
            return f"moved_at {error}"
