"""Directories that say who has moved, and since when as far as they know."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.directory import Directory
from proxy.list_files import ListFileError


class SourceError(ListFileError):
    """A directory cannot say who has moved: why, in words. What was known before stays."""


class Source(Protocol):
    """Who has moved, all of them or an error."""

    async def movers(self) -> Sequence[Mover]:
        """Raises SourceError where it cannot be told."""
        ...


@dataclass(frozen=True, slots=True)
class GroupSource:
    """The members of a group in a directory."""

    directory: Directory
    group: Mailbox

    async def movers(self) -> Sequence[Mover]:
        """Raises SourceError, also where there is no such group: that everybody left it, an empty one says."""
        try:
            found = await self.directory.members(self.group)
        except PeerError as error:
            raise SourceError(f"the directory does not tell: {error}") from None
        if found is None:
            raise SourceError(f"the directory has no group {self.group}: make it, or name another")
        return [Mover(mailbox) for mailbox in found]


@dataclass(frozen=True, slots=True)
class AttributeSource:
    """Whoever has a value in an attribute; ``ask`` asks the directory for them."""

    ask: Callable[[], Awaitable[Sequence[Mover]]]

    async def movers(self) -> Sequence[Mover]:
        """Raises SourceError."""
        try:
            return await self.ask()
        except PeerError as error:
            raise SourceError(f"the directory does not tell: {error}") from None
