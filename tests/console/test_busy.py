"""Tests of console/busy.py: who comes second is told who was first; and beside an idle `serve` nobody is."""

import asyncio
import json
import os
import platform
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.busy import who_runs
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from service.runs.holders import this_process
from service.state.database import Database
from tests.console.gal.typing_it import CONFIGURATION, operator

SCHEDULED = CONFIGURATION + 'schedule = "0 3 1 1 *"\n'


@asynccontextmanager
async def ledger_in(folder: Path) -> AsyncIterator[Ledger]:
    async with Database.open(f"sqlite:{folder / 'busyline.db'}") as database:
        yield Ledger(database, clock=lambda: datetime.now(UTC))


async def busyline(folder: Path, *arguments: str) -> tuple[int | None, str, str]:
    """The command as a process of its own."""
    command = ["-m", "console", *arguments, "--config", str(folder / "busyline.toml")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("command", ["apply", "purge"])
async def test_who_comes_second_is_told_who_was_first(command: str, tmp_path: Path) -> None:
    typing = operator(tmp_path, configuration=SCHEDULED)
    async with ledger_in(tmp_path) as ledger:
        assert await ledger.hold("staff", this_process(), datetime.now(UTC) + timedelta(minutes=1))
        run = await ledger.begin("staff", RunKind.APPLY)
        code, out, err = await busyline(tmp_path, "gal", command, "staff", "--yes")
    assert (code, out if command == "apply" else "") == (1, ""), "nothing is planned that would be of yesterday"
    assert f"apply {run} of staff goes on since " in err
    assert f"by process {os.getpid()} of {platform.node()}: nothing was done here" in err
    assert "`busyline gal history staff`" in err
    assert typing.standing() == {}


async def test_before_its_run_has_a_number(tmp_path: Path) -> None:
    async with ledger_in(tmp_path) as ledger:
        await ledger.hold("staff", "node-of-two-words-12-abcd", datetime.now(UTC) + timedelta(minutes=1))
        assert (await who_runs(ledger, "staff", "busyline gal history staff")).startswith(
            "another run of staff reads and plans, by process 12 of node-of-two-words: nothing was done here"
        )
        await ledger.hold("other", "here", datetime.now(UTC) + timedelta(minutes=1))
        assert "another run of other reads and plans: nothing was done here" in await who_runs(ledger, "other", "h")


async def test_beside_an_idle_service_a_sync_is_run_by_hand(tmp_path: Path) -> None:
    typing = operator(tmp_path, configuration=SCHEDULED)
    command = ["-m", "console", "serve", "--only", "galsync", "--config", str(tmp_path / "busyline.toml")]
    service = await asyncio.create_subprocess_exec(sys.executable, *command, stderr=asyncio.subprocess.PIPE)
    assert service.stderr is not None
    while json.loads(await service.stderr.readline())["event"] != "syncing":
        pass
    code, out, err = await busyline(tmp_path, "gal", "apply", "staff", "--yes")
    assert (code, err) == (0, ""), out
    service.send_signal(signal.SIGTERM)
    assert b"stopped" in await service.stderr.read()
    assert await service.wait() == 0
    assert len(typing.standing()) == 3
