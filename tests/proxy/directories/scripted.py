"""A directory that says what its script says, and counts who asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList


def boxes(*addresses: str) -> tuple[Mailbox, ...]:
    """Mailboxes in their canonical spelling."""
    return tuple(Mailbox(address, address) for address in addresses)


@dataclass
class ScriptedDirectory:
    """``groups`` by address, ``lists`` with their rooms; ``failure`` is raised instead of any answer."""

    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failure: PeerError | Exception | None = None
    takes: float = 0
    asked: list[str] = field(default_factory=list)
    hops: list[tuple[str, ...]] = field(default_factory=list)

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        del most
        await self._heard(group.address)
        found = self.groups.get(group.address)
        return None if found is None else boxes(*found)

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        self.hops.append(tuple(hops))
        await self._heard("lists")
        return tuple(RoomList(address.partition("@")[0], *boxes(address)) for address in self.lists)

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        self.hops.append(tuple(hops))
        await self._heard(room_list.address)
        return tuple(Room(one.local, one) for one in boxes(*self.lists.get(room_list.address, ())))

    async def _heard(self, what: str) -> None:
        self.asked.append(what)
        if self.takes:
            await asyncio.sleep(self.takes)
        if self.failure is not None:
            raise self.failure
