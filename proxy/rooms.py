"""Which rooms one caller is offered: those it may ask about, under the addresses by which it can."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeVar

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import NoRooms, Room, RoomList
from proxy.directories.shelf import Hops, RoomShelf
from proxy.hops import Circles
from routing.backwards import Backwards
from routing.policy import Policy, judge
from routing.ways import Ways, legs_in

T = TypeVar("T")


class _Offered(NamedTuple):
    """A list as the caller sees it, and where it comes from: a connector, and the list's address there."""

    shown: RoomList
    via: str
    known: Mailbox


class RoomDesk:
    """One caller's rooms. Directories of connectors ``never_via`` which it is answered are not opened for it.

    A list is offered where the caller may ask about its address, a room where the caller would be answered. A
    directory that fails, or takes longer than ``deadline``, spoils no other's lists. What ``circles``
    know to go round is refused (CIRCLE); directories are asked in the name of the hops so far, so that
    another Busyline offers none of the lists that it has from us.
    """

    def __init__(
        self,
        shelf: RoomShelf,
        *,
        policy: Policy,
        ways: Ways,
        backwards: Backwards,
        deadline: timedelta,
        never_via: Collection[str] = (),
        circles: Circles | None = None,
    ) -> None:
        self._shelf, self._policy, self._ways, self._backwards = shelf, policy, ways, backwards
        self._deadline, self._never_via = deadline, frozenset(never_via)
        self._circles = circles or Circles()
        self._names = [name for name in shelf.names if name not in self._never_via]

    async def room_lists(self, hops: Hops = ()) -> tuple[RoomList, ...] | NoRooms:
        """All lists, each address once, those of the configuration last; UNREADABLE where there is none for a
        directory's failure, CIRCLE where each of those failures is one."""
        if self._circles.refuse(hops):
            return NoRooms.CIRCLE
        offered, failures = await self._offered(hops)
        lists = [one.shown for one in offered]
        lists += [RoomList(one.name, one.address) for one in self._shelf.written if self._may_ask(one.address)]
        once: dict[str, RoomList] = {}
        for one in lists:
            once.setdefault(one.address.address, one)
        if failures and not once:
            return NoRooms.CIRCLE if failures == {Reason.LOOP} else NoRooms.UNREADABLE
        return tuple(once.values())

    async def rooms(self, room_list: Mailbox, hops: Hops = ()) -> tuple[Room, ...] | NoRooms:
        """The rooms of all lists that are offered under this address, each once."""
        if self._circles.refuse(hops):
            return NoRooms.CIRCLE
        offered, failures = await self._offered(hops)
        failed = bool(failures - {Reason.LOOP})  # who refuses a circle has no list for us in this direction
        here = [one for one in offered if one.shown.address == room_list]
        told = await self._all({f"{i}": self._shelf.rooms(one.via, one.known, hops) for i, one in enumerate(here)})
        found = [
            shown
            for one, rooms in zip(here, told.values(), strict=True)
            if not isinstance(rooms, PeerError)
            for room in rooms
            if (shown := self._shown(room, self._backwards.asked(one.via, room.address))) is not None
        ]
        written = [one for one in self._shelf.written if one.address == room_list and self._may_ask(one.address)]
        found += [room for one in written for room in one.rooms if self._shown(room, (room.address,)) is not None]
        unread = any(isinstance(rooms, PeerError) for rooms in told.values())
        if not found and (unread or (failed and not here and not written)):
            return NoRooms.UNREADABLE
        if not here and not written:
            return NoRooms.NO_LIST
        return tuple({room.address.address: room for room in reversed(found)}.values())[::-1]

    async def _offered(self, hops: Hops) -> tuple[list[_Offered], set[Reason]]:
        """The lists of directories, and why directories failed."""
        told = await self._all({name: self._shelf.lists(name, hops) for name in self._names})
        offered = [
            _Offered(RoomList(one.name, shown), via, one.address)
            for via, lists in told.items()
            if not isinstance(lists, PeerError)
            for one in lists
            if (shown := next(filter(self._may_ask, self._backwards.asked(via, one.address)), None)) is not None
        ]
        return offered, {lists.reason for lists in told.values() if isinstance(lists, PeerError)}

    async def _all(self, wanted: Mapping[str, Awaitable[T | PeerError]]) -> dict[str, T | PeerError]:
        tasks = {name: asyncio.ensure_future(each) for name, each in wanted.items()}
        if not tasks:
            return {}
        try:
            await asyncio.wait(tasks.values(), timeout=self._deadline.total_seconds())
            late = PeerError(Reason.TIMEOUT, "the caller's deadline")
            return {name: task.result() if task.done() else late for name, task in tasks.items()}
        finally:
            for task in tasks.values():
                task.cancel()

    def _shown(self, room: Room, possible: Sequence[Mailbox]) -> Room | None:
        """The room under the first of the ``possible`` addresses for which the caller would be answered."""
        for mailbox in possible:
            legs = legs_in(self._ways.find(mailbox))
            if judge(self._policy, mailbox, self._ways.table.find(mailbox)).allowed and any(
                leg.via not in self._never_via for leg in legs
            ):
                return Room(room.name, mailbox, room.building, room.capacity)
        return None

    def _may_ask(self, mailbox: Mailbox) -> bool:
        return self._policy.rule_for(mailbox) is not None
