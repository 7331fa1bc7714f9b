"""How far a run has come: what a progress bar draws, and where a test pulls the plug."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Moment(Enum):
    """A point of a run that somebody may want to hear of."""

    READING = "reading"
    """A source, or a place of the target, is about to be read."""
    READ = "read"
    PLANNED = "planned"
    BEGUN = "begun"
    """Steps stand in the ledger, and the target has not been told of them."""
    WRITTEN = "written"
    """The target has answered, and the ledger does not know it yet."""
    AGREED = "agreed"
    """The ledger knows what came of the steps."""
    WAITING = "waiting"
    """The target asked to be left alone, or answered nothing that helps."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class News:
    """What happened, at which source or place (no person's name), and to how many people or steps."""

    moment: Moment
    where: str = ""
    number: int = 0


Tell: TypeAlias = Callable[[News], None]


def silent(_: News) -> None:
    """Tells nobody."""
