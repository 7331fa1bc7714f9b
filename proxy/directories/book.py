"""Who is a group, as the directories told it: kept, so that people pay nothing for the groups among them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from proxy.connector import Clock
from proxy.directories.kept import Kept
from proxy.directory import Directory
from routing.ways import Leg

MOST_MEMBERS: Final = 99  # EWS: fewer than 100
_LONGER: Final = 6  # times as long is it kept that an address is no group


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
    """What the directories of the connectors say of groups; ``directories`` by the connectors' names."""

    def __init__(self, directories: Mapping[str, Expanding], *, clock: Clock) -> None:
        self._directories = dict(directories)
        self._kept: dict[str, Kept[str, Membership]] = {
            name: Kept(name, partial(_fetched, name, one.directory), keep=partial(_time, one.keep), clock=clock)
            for name, one in directories.items()
        }

    def concerns(self, leg: Leg, mailbox: Mailbox) -> bool:
        """Whether the directory of the leg's connector is asked if ``mailbox`` is a group."""
        found = self._directories.get(leg.via)
        return found is not None and (found.concerns(mailbox) or found.concerns(leg.mailbox))

    def look(self, leg: Leg) -> Membership | None:
        """What is known now; None where it is to be asked."""
        return _membership(self._kept[leg.via].look(leg.mailbox.address), leg.via)

    async def ask(self, leg: Leg) -> Membership:
        """What the directory says. Who is cancelled leaves the question in the air, for those who ask next."""
        told = await asyncio.shield(self._kept[leg.via].ask(leg.mailbox.address))
        return _membership(told, leg.via) or PLAIN

    def failures(self, name: str) -> int:
        """How many calls to the directory of the connector ``name`` brought nothing."""
        return self._kept[name].failures

    async def close(self) -> None:
        """End the calls under way."""
        for kept in self._kept.values():
            await kept.close()


async def _fetched(name: str, directory: Directory, address: str) -> Membership:
    members = await directory.members(Mailbox(address, address), most=MOST_MEMBERS)
    return PLAIN if members is None else Membership(members, name)


def _time(keep: timedelta, told: Membership) -> timedelta:
    return keep if told.members is not None else keep * _LONGER


def _membership(told: _Told, name: str) -> Membership | None:
    return Membership(source=name, reason=told.reason) if isinstance(told, PeerError) else told
