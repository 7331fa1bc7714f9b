"""How far a run of a hub has come: what a progress bar draws, and where a test pulls the plug."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Moment(Enum):
    """A point of a run that somebody may want to hear of."""

    READING = "reading"
    """A spoke is about to be read."""
    READ = "read"
    PLANNED = "planned"
    KEPT = "kept"
    """The ledger knows what is agreed and what is to be written; nothing has been."""
    BEGUN = "begun"
    """Steps stand in the ledger, and the spoke has not been told of them."""
    WRITTEN = "written"
    """The spoke has answered, and the ledger does not know it yet."""
    LINKED = "linked"
    """The ledger knows what came of the steps."""
    WAITING = "waiting"
    """The spoke asked to be left alone, or answered nothing that helps."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class News:
    """What happened, at which spoke, and with how many items, steps or seconds."""

    moment: Moment
    where: str = ""
    number: int = 0


Tell: TypeAlias = Callable[[News], None]


def silent(_: News) -> None:
    """Tells nobody."""
