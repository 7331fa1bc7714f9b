"""The one shape of whatever a pair sets up beside contacts: read, compared, written, and taken back."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from galsync.side import Failed, Handed, Written
from galsync.steps import Change


class Part(Enum):
    """The parts of a pair, in the order in which they are done; the way back is the other way round."""

    CONTACTS = "contacts"
    GROUPS = "groups"
    ACCOUNTS = "accounts"
    SHARING = "sharing"
    ROUTES = "routes"


class Absent:
    """The tenant does not have such a thing at all; ``words`` say why, and hold no secret."""

    __slots__ = ("words",)

    def __init__(self, words: str) -> None:
        self.words = words


@dataclass(frozen=True, slots=True)
class Back:
    """What shall stand there once a step is taken back; ``words`` say what else is to be known of that.

    ``left``: something of ours stands and is not taken back, ``words`` say why; it is told again whenever it is asked.
    """

    shall: str
    words: str = ""
    left: bool = False


Stands: TypeAlias = str | Absent | Failed
"""What stands there, as text that only its own piece understands; or why that cannot be told."""


class Piece(Protocol):
    """One thing at one tenant, or one file, that a pair sets up. Its states are texts that it alone understands.

    A text may be kept for as long as somebody may want the way back, and holds no secret.
    """

    @property
    def key(self) -> str:
        """What it is, within its pair; the same for as long as anything of it is recorded."""
        ...

    @property
    def part(self) -> Part:
        """Which part of the pair it belongs to."""
        ...

    @property
    def title(self) -> str:
        """What it is, in words for the operator."""
        ...

    async def read(self) -> Stands:
        """What stands there now. Never raises PeerError."""
        ...

    def shall(self, was: str) -> str:
        """What shall stand there where ``was`` does; the very same where nothing lacks."""
        ...

    def same(self, one: str, other: str) -> bool:
        """Whether two states say the same."""
        ...

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """What differs, in words."""
        ...

    def notes(self, was: str) -> tuple[str, ...]:
        """What an operator should know of what stands there."""
        ...

    async def write(self, now: str, shall: str) -> Written | Handed | Failed:
        """Make ``now``, as it was just read, into ``shall``. May be repeated after half of it was done."""
        ...

    async def back(self, now: str, *, was: str, did: str) -> Back | Failed:
        """What shall stand there once ``was`` being made ``did`` is taken back and nothing else; ``now`` where there
        is nothing to take back, or where it must not be. The peer may be asked, and nothing is written."""
        ...
