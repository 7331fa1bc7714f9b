"""Tests of calsync/wiring/later.py: what is looked for late does all that it stands for, once it is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from calsync.wiring.later import Later, LaterWatched
from protocols.errors import PeerError
from protocols.model.card import Card
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from tests.calsync.spokes import test_graph_contacts
from tests.calsync.spokes.contacts_world import ANN
from tests.calsync.spokes.graph_calendar_world import TEAM, mailbox
from tests.calsync.spokes.test_graph_calendar import listening
from tests.calsync.world.server import Server
from tests.calsync.world.spoke import MemorySpoke
from tests.contracts.spoke_world import NOW, Stage
from tests.contracts.spokes import ContactSpokeContract, SpokeContract


@asynccontextmanager
async def staged() -> AsyncIterator[Stage[Event]]:
    async with mailbox(TEAM) as world:
        stage = world.stage()

        async def find() -> object:
            return stage.spoke

        yield replace(stage, spoke=Later(world.spoke(), find))  # type: ignore[arg-type]


class TestLater(SpokeContract):
    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return staged()


class TestLaterContacts(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with test_graph_contacts.staged(own=False) as (stage, _, _, _):

            async def find() -> object:
                return stage.spoke

            yield replace(stage, spoke=LaterWatched(stage.spoke, find))  # type: ignore[arg-type]


async def test_it_is_looked_for_once_and_again_after_a_failure() -> None:
    looks = 0

    async def find() -> MemorySpoke:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        if looks == 1:
            raise PeerError(Reason.UNREACHABLE, "down")
        return MemorySpoke(Server(name="north"), batch=7)

    later = Later(MemorySpoke(Server(name="north")), find)
    assert (later.name, later.ability.batch, looks) == ("north", 1, 0)
    with pytest.raises(PeerError, match="down"):
        await later.look(["x"])
    await asyncio.gather(*(later.look(["x"]) for _ in range(3)))
    assert (later.ability.batch, looks) == (7, 2)


async def test_what_tells_changes_tells_them_late_as_well() -> None:
    async with mailbox(TEAM) as world:
        spoke = world.spoke()

        async def find() -> object:
            return spoke

        later = LaterWatched(world.spoke(), find)  # type: ignore[arg-type]
        with pytest.raises(PeerError):
            await later.watch("http://127.0.0.1:9/hooks/x", "secret", NOW + timedelta(days=1))


async def test_a_folder_of_contacts_is_watched_once_it_is_found() -> None:
    async with test_graph_contacts.staged(own=False) as (stage, world, owner, _), listening() as (listener, url):
        spoke, desk = stage.spoke, world.desk.subscriptions
        world.desk.clock = lambda: until - timedelta(days=1)
        until = test_graph_contacts.UNTIL

        async def find() -> object:
            return spoke

        later = LaterWatched(spoke, find)  # type: ignore[arg-type]
        watch = await later.watch(url, "secret", until)
        await owner.create(ANN)
        await desk.settled()
        assert len(listener.told) == 1
        await later.unwatch(watch)
        assert desk.subscriptions == {}
