"""Lists of people on the disk, and the files of a move that is made of them."""

from datetime import UTC, datetime
from pathlib import Path

from proxy.moves.board import Board
from proxy.moves.files import MoveFiles
from proxy.moves.slices import at_once
from routing.ways import Ways
from tests.routing.moving import AT, sides

NOW = datetime.fromtimestamp(AT, UTC)


def rows(*names: str, moved_at: str = "2026-01-01", batch: str = "") -> str:
    """A list of these people of Fabrikam's."""
    return "".join(f"{name}@fabrikam.example,{moved_at},{batch}\n" for name in names)


def files(directory: Path, text: str, plans: str | None = None, *, shrink: float = 0.5) -> MoveFiles:
    """The files of a move, written into ``directory``."""
    (directory / "moved.csv").write_text(text, encoding="utf-8")
    if plans is not None:
        (directory / "batches.csv").write_text(plans, encoding="utf-8")
    return MoveFiles(
        sides=sides(),
        people=directory / "moved.csv",
        plans=None if plans is None else directory / "batches.csv",
        shrink=shrink,
    )


def board(found: MoveFiles) -> Board:
    """A board on which the list is in force."""
    made = Board(Ways(found.sides.table), lambda: NOW)
    made.put(found.sides.name, at_once(found.load(found.texts(), None, ())))
    return made
