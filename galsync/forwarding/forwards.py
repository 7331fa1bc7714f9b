"""The words of forwarding: what stands at a mailbox, what shall stand there, and who can write it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from galsync.side import Failed, Outcome
from protocols.model.mailbox import Mailbox, canonical


@dataclass(frozen=True, slots=True)
class Forward:
    """Where the mail of a mailbox goes. ``to`` is spelled as that system keeps it, "" for nowhere else; ``copy``: one
    stays in the mailbox; ``how`` is what else the system keeps of it (Google's disposition)."""

    to: str = ""
    copy: bool = False
    how: str = ""

    @property
    def address(self) -> str:
        """The canonical SMTP address in it, "" for none; what is no SMTP address is told in lower case."""
        text = self.to[5:] if self.to[:5].lower() == "smtp:" else self.to
        try:
            return canonical(text) if text else ""
        except ValueError:
            return text.lower()

    def same(self, other: "Forward") -> bool:
        """Whether mail goes the same way by both."""
        if not self.to and not other.to:
            return True
        return (self.address, self.copy, self.how) == (other.address, other.copy, other.how)

    def __str__(self) -> str:
        if not self.to:
            return "nowhere"
        return f"{self.address}, and a copy stays" if self.copy else self.address


NOWHERE = Forward()


@dataclass(frozen=True, slots=True, kw_only=True)
class ByScript:
    """How a mailbox is written that somebody's script writes: ``path`` has to be run.

    ``waits`` is what a script that was laid already brings and nobody has seen done: what stands there by now is in
    doubt between that and the post's ``forward``. ``words`` say why it was not done when it was run last.
    """

    path: str
    waits: Forward | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A mailbox as its directory has it: ``key`` is the directory's own name of it (DN, Guid, user), ``addresses`` all
    that it answers to, canonical; ``perhaps`` are those of which nobody can tell. ``readonly`` says why nothing may be
    written there; "" where it may. ``script`` is None where a write is done at once."""

    key: str
    addresses: frozenset[str]
    forward: Forward = NOWHERE
    readonly: str = ""
    script: ByScript | None = None
    perhaps: frozenset[str] = frozenset()


class PostOffice(Protocol):
    """A directory whose mailboxes can forward."""

    @property
    def name(self) -> str:
        """As the settings call it."""
        ...

    def spelled(self, to: Mailbox, *, copy: bool) -> Forward:
        """What would be written so that mail goes to ``to``; no copy where the system keeps none."""
        ...

    async def look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        """The mailbox behind each address, as it stands now; whoever is not there is left out. Raises PeerError."""
        ...

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """Let ``post`` forward so. Nothing is written where it forwards otherwise by now than ``post`` says. Never
        raises PeerError."""
        ...


@runtime_checkable
class Laying(Protocol):
    """A post office that hands over (Handed): what it was given to write is laid down by this, all at once."""

    async def lay(self) -> Failed | None:
        """Lay the script down. Nothing is handed over where it fails."""
        ...
