"""A Google calendar keeps what every spoke promises, and what its own ways ask for beside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from protocols.errors import PeerError
from protocols.google.calendar_channels import Notification, read_notification
from protocols.model.event import Event
from tests.calsync.spokes.google_calendar_world import Workspace, workspace
from tests.contracts.spoke_events import SERIES
from tests.contracts.spoke_world import NOW, Stage
from tests.contracts.spokes import SpokeContract


class TestGoogleCalendar(SpokeContract):
    """Against the simulated Workspace."""

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Event]]:
        async with workspace() as world:
            yield world.stage()


class Listener:
    """A server that Google may call, and what it was told."""

    def __init__(self) -> None:
        self.told: list[Notification] = []
        self.url = ""
        self._more = asyncio.Event()

    async def heard(self, count: int) -> list[Notification]:
        """The first ``count`` messages, as soon as they came."""
        while len(self.told) < count:
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), 10)
        return self.told

    async def receive(self, request: web.Request) -> web.Response:
        """One message."""
        told = read_notification(request.headers)
        assert told is not None
        self.told.append(told)
        self._more.set()
        return web.Response()


@pytest.fixture
async def world() -> AsyncIterator[Workspace]:
    async with workspace() as world:
        world.server.calendars.channels.plain = True
        yield world


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hooks/x", listener.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/x"
    yield listener
    await runner.cleanup()


async def test_google_calls_when_something_changes(world: Workspace, listener: Listener) -> None:
    spoke = world.spoke()
    until = NOW + timedelta(days=3)
    watch = await spoke.watch(listener.url, "s3cret", until)
    assert (watch.key, watch.until) == ("channel-1", until)
    [first] = await listener.heard(1)
    assert first.begins
    await world.user.create(SERIES["daily"])
    second = (await listener.heard(2))[1]
    assert (second.channel, second.token, second.begins) == ("channel-1", "s3cret", False)
    await spoke.unwatch(watch)
    await spoke.unwatch(watch)
    await world.user.create(SERIES["daily"])
    await world.server.calendars.channels.quiet()
    assert len(listener.told) == 2


async def test_another_channel_before_the_first_ends(world: Workspace, listener: Listener) -> None:
    spoke = world.spoke()
    old = await spoke.watch(listener.url, "s3cret", NOW + timedelta(days=1))
    new = await spoke.watch(listener.url, "other", NOW + timedelta(days=90))
    assert (new.key, new.until) == ("channel-2", NOW + timedelta(days=30))  # Google promised less
    await spoke.unwatch(old)
    await listener.heard(2)
    await world.user.create(SERIES["daily"])
    assert (await listener.heard(3))[2].token == "other"


async def test_a_channel_to_nowhere_safe_is_refused(world: Workspace) -> None:
    world.server.calendars.channels.plain = False
    with pytest.raises(PeerError):
        await world.spoke().watch("http://127.0.0.1/hooks/x", "s3cret", NOW)


async def test_its_secrets_are_in_no_picture(world: Workspace) -> None:
    spoke = world.spoke()
    assert (spoke.name, spoke.ability.batch) == ("google", 1)
    assert "Bearer" not in repr(vars(spoke))
