"""A calendar of a simulated mailbox as a spoke: what every spoke promises, and what is Graph's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calsync.items import Mark
from protocols.errors import PeerError
from protocols.graph.subscriptions import Notification, Sort, read
from protocols.model.event import Event
from tests.calsync.spokes.graph_calendar_world import TEAM, mailbox
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import NOW, Reader, creation, done
from tests.contracts.spokes import SpokeContract, Stage


@asynccontextmanager
async def staged(calendar: str) -> AsyncIterator[Stage[Event]]:
    async with mailbox(calendar) as world:
        yield world.stage()
        assert world.desk.mails == []
        assert max(world.desk.limits.most.values(), default=0) <= 4


class TestOwnCalendar(SpokeContract):
    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return staged("")


class TestAnotherCalendar(SpokeContract):
    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return staged(TEAM)


class Listener:
    """An address that Graph may call: it proves itself, and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Notification] = []
        self.proves = True

    async def answer(self, request: web.Request) -> web.Response:
        token = request.query.get("validationToken")
        if token is not None:
            return web.Response(text=token if self.proves else "x")
        self.told += read(await request.read())
        return web.Response(status=202)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Listener, str]]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.answer)
    server = TestServer(app)
    await server.start_server()
    try:
        yield listener, str(server.make_url("/hook"))
    finally:
        await server.close()


SAMPLE = Event(when=span(9, 9), subject="Sample")
UNTIL = NOW + timedelta(days=3)


async def test_two_batches_at_once_wait_for_each_other() -> None:
    async with mailbox() as world:
        spoke = world.spoke()
        assert spoke.ability.at_once == 2
        batches = ([creation(SAMPLE, 20 * batch + each) for each in range(20)] for batch in range(2))
        told = await asyncio.gather(*map(spoke.write, batches))
        assert [len(each) for each in told] == [20, 20]
        assert world.desk.limits.answered == {201: 40}  # nobody was told that there was too much


@pytest.mark.parametrize("calendar", ["", TEAM])
async def test_a_change_is_told_to_whoever_watches(calendar: str) -> None:
    async with mailbox(calendar) as world, listening() as (listener, url):
        spoke = world.spoke()
        watch = await spoke.watch(url, "secret", UNTIL)
        assert (watch.until, watch.key in world.front.subscriptions.subscriptions) == (UNTIL, True)
        await world.user.create(SAMPLE)
        await world.front.subscriptions.settled()
        assert listener.told == [Notification(subscription=watch.key, sort=Sort.CHANGED, secret="secret")]
        for event in ("reauthorizationRequired", "missed"):
            world.front.subscriptions.life(watch.key, event)
            await world.front.subscriptions.settled()
        assert [each.sort for each in listener.told[1:]] == [Sort.REAUTHORISE, Sort.MISSED]
        await spoke.unwatch(watch)
        await spoke.unwatch(watch)
        await world.user.create(SAMPLE)
        await world.front.subscriptions.settled()
        assert len(listener.told) == 3


async def test_a_watch_lasts_no_longer_than_graph_lets_it() -> None:
    async with mailbox() as world, listening() as (_, url):
        world.front.subscriptions.longest = timedelta(minutes=4230)
        watch = await world.spoke().watch(url, "secret", NOW + timedelta(days=7))
        assert watch.until == NOW + timedelta(minutes=4229)


async def test_nobody_is_told_who_does_not_prove_itself() -> None:
    async with mailbox() as world, listening() as (listener, url):
        listener.proves = False
        with pytest.raises(PeerError):
            await world.spoke().watch(url, "secret", UNTIL)
        assert world.front.subscriptions.subscriptions == {}


async def test_two_hubs_see_the_stamps_of_each_other() -> None:
    async with mailbox() as world:
        write = replace(creation(SAMPLE), mark=Mark("other", "item").text)
        made = await done(world.spoke(), write)
        assert [item async for item in world.spoke().ours("other")] == [made]
        assert [item async for item in world.spoke().ours("oth")] == []
        assert (await Reader(world.spoke()).news()).items[made.key].mark == "busyline:other/item"
