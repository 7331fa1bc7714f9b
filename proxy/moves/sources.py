"""Directories that say who has moved, and since when as far as they know."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.directory import Directory
from proxy.list_files import ListFileError
from proxy.settings.connectors import ConnectorSettings, GoogleConnector
from proxy.settings.moves import AttributePeople, GroupPeople


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


def objection(
    people: GroupPeople | AttributePeople,
    name: str,
    settings: ConnectorSettings,
    tells: Mapping[str, re.Pattern[str]],
) -> str:
    """Why the connector ``name`` cannot tell who moves, in words with a remedy; "" where it can.

    ``tells``: the attributes that can be asked for, by protocol.
    """
    if isinstance(people, GroupPeople):
        words = f"the connector {name} has no directory: write [connectors.{name}.directory]"
        return "" if settings.directory is not None else words
    known = tells.get(settings.protocol)
    if known is None or known.fullmatch(people.attribute) is None:
        remedy = 'write one of "extensionAttribute1" to 15, "mail" and "otherMails" at graph, or at google '
        remedy += '"orgUnitPath" or "Schema.field"; else a group or a file'
        return f'the connector {name} tells nothing of "{people.attribute}": {remedy}'
    if isinstance(settings, GoogleConnector) and (settings.directory is None or settings.directory.subject is None):
        remedy = f"write subject in [connectors.{name}.directory], the administrator to ask as"
        return f"the connector {name} has no directory: {remedy}"
    return ""
