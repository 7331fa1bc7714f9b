"""Tests of proxy/rooms.py."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import NoRooms, Room, RoomList
from proxy.directories.shelf import RoomShelf, WrittenList
from proxy.hops import Circles
from proxy.rooms import RoomDesk
from routing.backwards import Backwards
from routing.policy import Policy
from routing.table import Route, RouteTable
from routing.ways import Ways
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.directories.scripted import ScriptedDirectory, boxes

T = TypeVar("T")
TABLE = RouteTable(
    [
        Route(match="b.example", via=("b",), rewrite="{local}@resource.calendar.google.com"),
        Route(match="c.example", via=("c",)),
    ]
)
KEEP = timedelta(minutes=10)


def _directories() -> dict[str, ScriptedDirectory]:
    google: dict[str, tuple[str, ...]] = {
        "hq@resource.calendar.google.com": ("c_1@resource.calendar.google.com", "c_2@resource.calendar.google.com")
    }
    exchange: dict[str, tuple[str, ...]] = {
        "york@c.example": ("hudson@c.example", "far@nowhere.example"),
        "empty@c.example": (),
    }
    return {"b": ScriptedDirectory(lists=google), "c": ScriptedDirectory(lists=exchange)}


def _shelf(directories: dict[str, ScriptedDirectory]) -> RoomShelf:
    address, room, far = boxes("all@merger.example", "hudson@c.example", "x@nowhere.example")
    written = (WrittenList("All", address, (Room("Hudson", room), Room("x", far))),)
    return RoomShelf({name: (one, KEEP) for name, one in directories.items()}, clock=now, written=written)


def _desk(
    directories: dict[str, ScriptedDirectory],
    *may_ask: str,
    never_via: tuple[str, ...] = (),
    shelf: RoomShelf | None = None,
    circles: Circles | None = None,
) -> RoomDesk:
    return RoomDesk(
        shelf or _shelf(directories),
        policy=Policy(may_ask=may_ask or ("*",)),
        ways=Ways(TABLE),
        backwards=Backwards(TABLE),
        deadline=timedelta(seconds=8),
        never_via=never_via,
        circles=circles,
    )


def _lists(desk: RoomDesk) -> list[str] | NoRooms:
    found = run(desk.room_lists())
    return found if isinstance(found, NoRooms) else [one.address.address for one in found]


def _rooms(desk: RoomDesk, address: str) -> list[str] | NoRooms:
    found = run(desk.rooms(Mailbox.parse(address)))
    return found if isinstance(found, NoRooms) else [one.address.address for one in found]


def test_lists_and_rooms_are_told_as_the_caller_can_ask() -> None:
    desk = _desk(_directories())
    assert _lists(desk) == ["hq@b.example", "york@c.example", "empty@c.example", "all@merger.example"]
    assert _rooms(desk, "HQ@b.example") == ["c_1@b.example", "c_2@b.example"]
    assert _rooms(desk, "york@c.example") == ["hudson@c.example"]  # nobody answers for the other
    assert _rooms(desk, "all@merger.example") == ["hudson@c.example"]
    assert _rooms(desk, "empty@c.example") == []


def test_what_may_not_be_asked_about_is_as_unknown_as_what_is_not_there() -> None:
    desk = _desk(_directories(), "c.example", "all@merger.example")
    assert _lists(desk) == ["york@c.example", "empty@c.example", "all@merger.example"]
    for address in ("hq@b.example", "hq@resource.calendar.google.com", "nothing@c.example", "hudson@c.example"):
        assert _rooms(desk, address) is NoRooms.NO_LIST
    desk = _desk(_directories(), "all@merger.example")
    assert _rooms(desk, "all@merger.example") == []


def test_never_via_is_never_opened() -> None:
    directories = _directories()
    desk = _desk(directories, never_via=("c",))
    assert _lists(desk) == ["hq@b.example", "all@merger.example"]
    assert _rooms(desk, "all@merger.example") == []
    assert _rooms(desk, "york@c.example") is NoRooms.NO_LIST
    assert directories["c"].asked == []


def test_one_failing_directory_spoils_no_others() -> None:
    directories = _directories()
    directories["b"].failure = PeerError(Reason.UNREACHABLE)
    directories["c"].takes = 1
    desk = _desk(directories)
    assert _lists(desk) == ["york@c.example", "empty@c.example", "all@merger.example"]
    assert _rooms(desk, "york@c.example") == ["hudson@c.example"]
    assert _rooms(desk, "hq@b.example") is NoRooms.UNREADABLE


def test_nothing_at_all_for_a_failure_is_no_empty_list() -> None:
    directories = _directories()
    for one in directories.values():
        one.failure = PeerError(Reason.UNREACHABLE)
    assert _lists(_desk(directories, "b.example")) is NoRooms.UNREADABLE
    assert _lists(_desk({}, "b.example")) == []


def test_a_slow_directory_is_not_waited_for() -> None:
    directories = _directories()
    directories["b"].takes = 60

    async def told() -> None:
        shelf = _shelf(directories)
        found = await _desk(directories, shelf=shelf).room_lists()
        assert elapsed() == 8
        assert not isinstance(found, NoRooms)
        assert [one.address.domain for one in found] == ["c.example", "c.example", "merger.example"]
        await shelf.close()

    run(told())


class _Behind:
    """The directory of another Busyline, which is asked by its desk."""

    def __init__(self, hop: str) -> None:
        self._hop = hop
        self.desk: RoomDesk | None = None

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        raise NotImplementedError

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        assert self.desk is not None
        await asyncio.sleep(1)
        return _told(await self.desk.room_lists((*hops, self._hop)))

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        assert self.desk is not None
        return _told(await self.desk.rooms(room_list, (*hops, self._hop)))


def _told(found: tuple[T, ...] | NoRooms) -> tuple[T, ...]:
    if isinstance(found, NoRooms):
        raise PeerError({NoRooms.CIRCLE: Reason.LOOP}.get(found, Reason.PEER_FAILED))
    return found


@dataclass
class _Pair:
    """Two desks that lead to each other by the connector c; each has a list of its own unless ``empty``."""

    empty: bool = False

    def __post_init__(self) -> None:
        self.circles = [Circles(hop * 16) for hop in "xy"]
        behind, self.shelves = (_Behind("x" * 16), _Behind("y" * 16)), list[RoomShelf]()
        for one, name in zip(behind, ("york", "berlin"), strict=True):
            address, room = boxes(f"{name}@c.example", f"{name}-hall@c.example")
            written = () if self.empty else (WrittenList(name, address, (Room(name, room),)),)
            self.shelves.append(RoomShelf({"c": (one, KEEP)}, clock=now, written=written))
        self.desks = [
            _desk({}, shelf=shelf, circles=circles) for shelf, circles in zip(self.shelves, self.circles, strict=True)
        ]
        behind[0].desk, behind[1].desk = self.desks[1], self.desks[0]

    async def asked(self, times: int) -> list[tuple[RoomList, ...] | NoRooms]:
        """Both at the same time, so often."""
        found = await asyncio.gather(*(desk.room_lists() for _ in range(times) for desk in self.desks))
        for shelf in self.shelves:
            await shelf.close()
        return found


def test_two_that_ask_each_other_at_the_same_time_do_not_wait_for_each_other() -> None:
    async def told() -> None:
        pair = _Pair()
        for found in await pair.asked(5):
            assert {one.name for one in _told(found)} == {"york", "berlin"}
        assert elapsed() == 2
        assert sum(circles.refused for circles in pair.circles) == 2

    run(told())


def test_where_there_are_no_rooms_but_in_a_circle_that_is_told() -> None:
    async def told() -> None:
        assert set(await _Pair(empty=True).asked(1)) == {NoRooms.CIRCLE}

    run(told())


def test_who_came_through_another_is_asked_for_in_its_name_and_kept_apart() -> None:
    directories = _directories()

    async def told() -> None:
        desk = _desk(directories, circles=Circles("x" * 16))
        for hops in ((), ("y" * 16,), ("y" * 16,), ("y" * 16, "x" * 16), ("y" * 16,) * 5):
            found = await desk.room_lists(hops)
            assert (found is NoRooms.CIRCLE) == (len(hops) > 1)
            assert ((await desk.rooms(boxes("york@c.example")[0], hops)) is NoRooms.CIRCLE) == (len(hops) > 1)
        assert directories["c"].hops == [(), (), ("y" * 16,), ("y" * 16,)]

    run(told())
