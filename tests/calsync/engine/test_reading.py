"""A spoke is read by its changes, or whole where these do not suffice; what is missing is looked at."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from calsync.engine.reading import Asked, Reading, read
from calsync.items import Item, Unread
from calsync.spoke import Failed, Page
from protocols.model.event import Event
from tests.calsync.world.server import Fault, Server
from tests.calsync.world.spoke import MemorySpoke
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import WINDOW


def event(number: int) -> Event:
    return Event(when=span(9, 9), subject=f"Number {number}")


def asked(token: str = "", known: Mapping[str, str] | None = None, **others: object) -> Asked:
    async def told() -> Mapping[str, str]:
        return known or {}

    return Asked(token=token, window=WINDOW, known=told, patience=timedelta(seconds=60), **others)  # type: ignore[arg-type]


async def done(server: Server, ask: Asked, *, feed: bool = True) -> Reading:
    told = await read(MemorySpoke(server, feed=feed), ask)
    assert isinstance(told, Reading), told
    return told


@pytest.fixture
def server() -> Server:
    made = Server(name="north")
    for number in range(7):
        made.create(event(number))
    return made


async def test_whole_and_then_by_changes(server: Server) -> None:
    first = await done(server, asked())
    assert (first.whole, len(first.items), first.told) == (True, 7, 7)
    server.change("north-3", event(33))
    server.delete("north-4")
    second = await done(server, asked(first.token))
    assert (second.whole, set(second.items), second.gone) == (False, {"north-3"}, {"north-4"})


async def test_what_stands_as_it_was_known_is_left_out_of_a_whole_reading(server: Server) -> None:
    known = {key: str(one.version) for key, one in server.standing.items()}
    server.change("north-3", event(33))
    server.delete("north-4")
    told = await done(server, asked(known=known), feed=False)
    assert (set(told.items), told.gone, told.same, told.told) == ({"north-3"}, {"north-4"}, 5, 6)
    everything = await done(server, asked(known=known, everything=True), feed=False)
    assert len(everything.items) == 6


async def test_of_many_changes_our_own_are_left_out(server: Server) -> None:
    first = await done(server, asked())
    for number in range(600):
        server.create(event(number))
    known = {key: str(one.version) for key, one in server.standing.items()}
    server.change("north-9", event(99))
    told = await done(server, asked(first.token, known))
    assert (told.whole, set(told.items), told.gone, told.same) == (False, {"north-9"}, set(), 599)


async def test_what_is_due_is_looked_at(server: Server) -> None:
    first = await done(server, asked())
    told = await done(server, asked(first.token, due=frozenset({"north-1", "north-99"})))
    assert (set(told.items), told.gone) == ({"north-1"}, {"north-99"})
    known = {key: str(one.version) for key, one in server.standing.items()}
    assert set((await done(server, asked(known=known, due=frozenset({"north-1"})))).items) == {"north-1"}


async def test_an_expired_token_means_everything(server: Server) -> None:
    first = await done(server, asked())
    assert not (await done(server, asked(first.token))).expired
    server.expire()
    second = await done(server, asked(first.token))
    assert (first.expired, second.whole, second.expired) == (False, True, True)


@pytest.mark.parametrize("fault", [Fault.TORN, Fault.THROTTLED])
async def test_half_a_reading_is_none(server: Server, fault: Fault) -> None:
    server.faults.append(fault)
    told = await read(MemorySpoke(server), asked())
    assert isinstance(told, Failed)
    assert told.words


async def test_a_look_that_fails_is_no_reading(server: Server) -> None:
    server.faults.append(Fault.LOST_AFTER)
    told = await read(MemorySpoke(server), asked(known={"north-99": "1"}))
    assert isinstance(told, Failed)


async def test_what_cannot_be_read_is_there(server: Server) -> None:
    server.set("north-2", ruined=True)
    told = await done(server, asked(known={"north-2": "1"}))
    assert set(told.unread) == {"north-2"}
    assert "north-2" not in {*told.items, *told.gone, *told.missing}
    assert told.told == 7


def test_what_comes_later_counts() -> None:
    reading = Reading(spoke="north")
    item = Item(key="a", version="1", content=event(1))
    reading.take(Page(items=[item], gone=["b"], missing=["c"]))
    reading.take(Page(items=[Item(key="b", version="2", content=event(2))], gone=["a"], unread=[Unread("c", "odd")]))
    assert (set(reading.items), reading.gone, set(reading.unread), reading.missing) == ({"b"}, {"a"}, {"c"}, set())
