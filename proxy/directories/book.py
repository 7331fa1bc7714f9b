"""Who is a group, as the directories told it: kept, so that people pay nothing for the groups among them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

import structlog

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from proxy.connector import Clock
from proxy.directories.kept import STALE, Kept
from proxy.directory import Directory, NoGroupsError
from routing.ways import Leg

MOST_MEMBERS: Final = 99  # EWS: fewer than 100
# That an address is no group stands less long for a directory that fails: a mailbox may become one meanwhile, and then
# the calendar system expands it by itself, and shows members whom the caller may not see.
_STALE_PLAIN: Final = timedelta(hours=1)


_AGAIN: Final = timedelta(hours=1)  # a server that expands no groups may be replaced by one that does
_IGNORANT: Final = (
    "the system knows no operation that expands groups, so whoever is asked about there is taken for one person, and"
    " what it answers about a group is passed on: write groups = [] in [connectors.{}.directory], and its groups as"
    " [[groups]]"
)

_log = structlog.get_logger("busyline.directory")


@dataclass(frozen=True, slots=True)
class Membership:
    """``members`` of a group, as the directory ``source`` writes them; None where the mailbox is no group.

    ``reason``: why that, or who they are, cannot be told. A group with members beyond :data:`MOST_MEMBERS` is
    GROUP_TOO_LARGE.
    """

    members: tuple[Mailbox, ...] | None = None
    source: str = ""
    reason: Reason | None = None


PLAIN: Final = Membership()
"""No group: somebody, a room, or nobody at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanding:
    """One connector's directory as far as groups go: whom it is asked about, and how long its answers are kept."""

    directory: Directory
    concerns: Callable[[Mailbox], bool]
    keep: timedelta


_Told: TypeAlias = Membership | PeerError | None


class GroupBook:
    """What the directories of the connectors say of groups; ``directories`` by the connectors' names.

    One that does not know how to expand any is told of in the log, and for an hour nobody behind it is a group: the
    alternative would be that nobody behind it is ever answered. Whoever has once told of a group or of somebody who is
    none is not believed that.
    """

    def __init__(self, directories: Mapping[str, Expanding], *, clock: Clock) -> None:
        self._directories = dict(directories)
        self._kept: dict[str, Kept[str, Membership]] = {
            name: Kept(name, partial(self._fetched, name), keep=one.keep, stale=_stands, clock=clock)
            for name, one in directories.items()
        }
        self._clock = clock
        self._expanding: set[str] = set()
        self._ignorant: dict[str, datetime] = {}  # when it is asked again

    def concerns(self, leg: Leg, mailbox: Mailbox) -> bool:
        """Whether the directory of the leg's connector is asked if ``mailbox`` is a group."""
        found = self._directories.get(leg.via)
        return found is not None and (found.concerns(mailbox) or found.concerns(leg.mailbox))

    def look(self, leg: Leg) -> Membership | None:
        """What is known now; None where it is to be asked."""
        if not self.expands(leg.via):
            return PLAIN
        return _membership(self._kept[leg.via].look(leg.mailbox.address), leg.via)

    async def ask(self, leg: Leg) -> Membership:
        """What the directory says. Who is cancelled leaves the question in the air, for those who ask next."""
        told = await asyncio.shield(self._kept[leg.via].ask(leg.mailbox.address))
        return _membership(told, leg.via) or PLAIN

    def expands(self, name: str) -> bool:
        """Whether the directory of the connector ``name`` is known to know groups, or not known not to."""
        again = self._ignorant.get(name)
        return again is None or self._clock() >= again

    def failures(self, name: str) -> int:
        """How many calls to the directory of the connector ``name`` brought nothing."""
        return self._kept[name].failures

    async def close(self) -> None:
        """End the calls under way."""
        for kept in self._kept.values():
            await kept.close()

    async def _fetched(self, name: str, address: str) -> Membership:
        try:
            members = await self._directories[name].directory.members(Mailbox(address, address), most=MOST_MEMBERS)
        except NoGroupsError:
            if name in self._expanding:  # it did expand groups: whatever this is, it may still do so by itself
                raise
            if name not in self._ignorant:
                _log.warning("directory_expands_no_groups", connector=name, note=_IGNORANT.format(name))
            self._ignorant[name] = self._clock() + _AGAIN
            return PLAIN
        self._expanding.add(name)
        self._ignorant.pop(name, None)
        return PLAIN if members is None else Membership(members, name)


def _stands(told: Membership) -> timedelta:
    return STALE if told.members is not None else _STALE_PLAIN


def _membership(told: _Told, name: str) -> Membership | None:
    return Membership(source=name, reason=told.reason) if isinstance(told, PeerError) else told
