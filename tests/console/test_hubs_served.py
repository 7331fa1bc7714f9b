"""`busyline serve` as a process that runs hubs: changes reach the others as soon as a server tells of them."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from service.state.database import Database
from tests.calsync.wiring.merger_world import ANNA, World, world
from tests.console.conftest import SERVER

YEARLY = "0 3 1 1 *"
BY_ITSELF = 'first = "by itself"\n'


@dataclass
class Served:
    """The process, and what it has said so far."""

    process: asyncio.subprocess.Process
    lines: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, event: str) -> dict[str, Any]:
        """The next line of that event."""
        assert self.process.stderr is not None
        async with asyncio.timeout(60):
            while line := await self.process.stderr.readline():
                self.lines.append(json.loads(line))
                if self.lines[-1]["event"] == event:
                    return self.lines[-1]
        raise AssertionError(f"it ended before {event}: {self.lines}")

    async def stopped(self) -> None:
        """It ends when it is told to, and well."""
        self.process.send_signal(signal.SIGTERM)
        await self.until("stopped")
        assert await self.process.wait() == 0


@asynccontextmanager
async def serving(path: Path, *options: str) -> AsyncIterator[Served]:
    command = [sys.executable, "-m", "console", "serve", "--config", str(path), *options]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        yield Served(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_port() -> int:
    """One that nobody listens at just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def begun(folder: Path) -> None:
    """The hub owes a run: one was killed."""
    async with Database.open(f"sqlite:{folder / 'busyline.db'}") as database:
        await Ledger(database, clock=partial(datetime.now, UTC)).begin("merger", RunKind.SYNC)


async def furnished(folder: Path, it: World, port: int) -> Path:
    """The configuration of a hub that hears at that port."""
    path = folder / "busyline.toml"
    notices = f'[hub_notifications]\nlisten = ["127.0.0.1:{port}"]\npublic_url = "http://127.0.0.1:{port}"\n'
    path.write_text(SERVER + notices + it.text(YEARLY).replace("schedule", BY_ITSELF + "schedule", 1), "utf-8")
    await begun(folder)
    return path


@pytest.mark.parametrize("options", [("--only", "calsync", "--metrics", "127.0.0.1:0"), ()])
async def test_changes_travel_both_ways_by_notifications_alone(tmp_path: Path, options: tuple[str, ...]) -> None:
    async with world(tmp_path, partial(datetime.now, UTC)) as it:
        path = await furnished(tmp_path, it, free_port())
        await it.jack.create(it.event("Kick-off"))
        async with serving(path, *options) as served:
            started = await served.until("syncing") if options else await served.until("listening")
            await served.until("hub_ended")
            await it.until(it.told)
            assert it.at_graph() == ["Kick-off"]
            await it.jack.create(it.event("Retro"))
            await it.until(lambda: it.at_graph() == ["Kick-off", "Retro"])
            retro = next(each for each in it.stored() if each.properties["subject"] == "Retro")
            await it.anna.change(retro.key, it.event("Retro, moved"))
            await it.until(lambda: it.at_google() == ["Kick-off", "Retro, moved"])
            if options:
                assert started["hubs"] == ["merger"]
                told = await asyncio.to_thread(lambda: urlopen(f"{started['metrics']}/metrics", timeout=10).read())
                assert b'busyline_hub_unwatched{hub="merger",spoke="north"} 0.0' in told
                assert b'busyline_hub_steps_total{act="create",hub="merger",outcome="written",spoke="contoso"}' in told
            await served.stopped()
        log = json.dumps(served.lines)
        assert not any(secret in log for secret in ("Retro", "Kick-off", ANNA, "google_calendar", "/hooks/"))
        assert (it.graph.desk.mails, it.graph.subscriptions.refused) == ([], 0)


async def test_where_its_address_is_in_use_it_does_not_begin_and_the_proxy_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with world(tmp_path, partial(datetime.now, UTC)) as it:
            path = await furnished(tmp_path, it, port)
            async with serving(path, "--only", "calsync") as served:
                assert served.process.stderr is not None
                told = (await served.process.stderr.read()).decode()
                assert await served.process.wait() == 1
            async with serving(path) as served:
                await served.until("listening")
                assert (await served.until("hubs_not_running"))["note"]
                await served.stopped()
    assert f"hub_notifications.listen: 127.0.0.1:{port}: Address already in use" in told
