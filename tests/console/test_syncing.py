"""`busyline serve --only galsync` as a process: the syncs run, the metrics tell of them, and it stops when told to."""

import asyncio
import json
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from service.runs.states import RunState
from service.state.database import Database
from tests.console.conftest import SERVER

SYNC = """
[directories.people]
protocol = "csv"
path = "people.csv"

[directories.book]
protocol = "csv"
path = "book.csv"

[[directory_syncs]]
name = "staff"
from = "people"
to = "book"
schedule = "0 3 1 1 *"
zone = "Europe/Berlin"
"""


async def runs(folder: Path, *, killed: bool = False) -> list[RunState]:
    """How the runs ended; ``killed``: there was one that never did."""
    async with Database.open(f"sqlite:{folder / 'busyline.db'}") as database:
        ledger = Ledger(database, clock=lambda: datetime.now(UTC))
        if killed:
            await ledger.begin("staff", RunKind.APPLY)
        return [run.state for run in await ledger.runs("staff")]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A sync between files that owes a run."""
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER + SYNC, "utf-8")
    (tmp_path / "people.csv").write_text("email,display_name\nann@fabrikam.example,Ann\n", "utf-8")
    asyncio.run(runs(tmp_path, killed=True))
    return path


def start(path: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "console", "serve", "--config", str(path), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def lines_until(process: "subprocess.Popen[str]", event: str) -> dict[str, dict[str, object]]:
    """Every line up to the one of that event, by event."""
    assert process.stderr is not None
    found: dict[str, dict[str, object]] = {}
    for text in process.stderr:
        line = json.loads(text)
        found[line["event"]] = line
        if line["event"] == event:
            return found
    raise AssertionError(f"it ended before {event}: {found}")


def test_alone_it_runs_what_is_owed_tells_the_metrics_and_stops(config: Path) -> None:
    with start(config, "--only", "galsync", "--metrics", "127.0.0.1:0") as process:
        found = lines_until(process, "sync_ended")
        assert found["syncing"]["syncs"] == ["staff"]
        assert found["sync_ended"]["written"] == {"create": 1}
        with urllib.request.urlopen(f"{found['syncing']['metrics']}/metrics", timeout=10) as response:
            told = response.read().decode()
        process.send_signal(signal.SIGTERM)
        lines_until(process, "stopped")
        assert process.wait(20) == 0
    assert 'busyline_gal_steps_total{act="create",outcome="written",sync="staff"} 1.0' in told
    assert "ann@fabrikam.example" in config.with_name("book.csv").read_text("utf-8")
    assert asyncio.run(runs(config.parent)) == [RunState.DONE, RunState.ABANDONED]


def test_beside_the_proxy_it_runs_as_well(config: Path) -> None:
    with start(config) as process:
        found = lines_until(process, "sync_ended")
        assert "listening" in found
        process.send_signal(signal.SIGTERM)
        lines_until(process, "stopped")
        assert process.wait(20) == 0
    assert asyncio.run(runs(config.parent)) == [RunState.DONE, RunState.ABANDONED]


def test_the_proxy_alone_leaves_the_syncs_to_another_process(config: Path) -> None:
    with start(config, "--only", "proxy") as process:
        lines_until(process, "listening")
        process.send_signal(signal.SIGTERM)
        assert "sync_ended" not in lines_until(process, "stopped")
        assert process.wait(20) == 0
    assert asyncio.run(runs(config.parent)) == [RunState.BEGUN]


def test_a_state_that_cannot_be_opened_stops_the_syncs_and_not_the_proxy(config: Path) -> None:
    config.with_name("busyline.db").write_bytes(b"no database at all, but some text of more than a hundred bytes" * 9)
    with start(config, "--only", "galsync") as process:
        _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Busyline cannot start: the state in" in told
    with start(config) as process:
        assert "listening" in lines_until(process, "syncs_not_running")
        process.send_signal(signal.SIGTERM)
        lines_until(process, "stopped")
        assert process.wait(20) == 0


def test_by_the_clock_entries_flip_with_those_who_move(config: Path) -> None:
    peers = "".join(
        f'[connectors.{name}]\nprotocol = "ews"\nurl = "http://127.0.0.1:9/EWS/Exchange.asmx"\n'
        f'auth = {{ kind = "basic", username = "u", password = "env:NOBODY" }}\n'
        for name in ("fabrikam", "contoso")
    )
    move = '[[moves]]\nname = "merger"\nfrom = "fabrikam"\nto = "contoso"\npeople = "file:moved.csv"\n'
    route = '[[routes]]\nmatch = "fabrikam.example"\nvia = "fabrikam"\n'
    named = 'zone = "Europe/Berlin"\nmoves = [{ name = "merger", side = "from" }]\n'
    config.write_text(SERVER + peers + route + move + SYNC.replace('zone = "Europe/Berlin"\n', named), "utf-8")
    people = "email,display_name\nann@fabrikam.example,Ann\nbob@fabrikam.example,Bob\n"
    config.with_name("people.csv").write_text(people, "utf-8")
    config.with_name("moved.csv").write_text("ann@fabrikam.example,2026-01-01,\n", "utf-8")
    with start(config, "--only", "galsync") as process:
        assert lines_until(process, "sync_ended")["sync_ended"]["written"] == {"create": 1}
        process.send_signal(signal.SIGTERM)
        lines_until(process, "stopped")
        assert process.wait(20) == 0
    book = config.with_name("book.csv").read_text("utf-8")
    assert "bob@fabrikam.example" in book
    assert "ann@fabrikam.example" not in book


@pytest.mark.parametrize(("part", "what"), [("galsync", "syncs"), ("calsync", "hubs")])
def test_a_part_that_has_nothing_to_do_says_so_and_waits(part: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    with start(path, "--only", part) as process:
        found = lines_until(process, "syncing")
        assert found["nothing_to_run"]["level"] == "warning"
        assert found["nothing_to_run"]["note"] == f"the configuration names no {what}, so this waits for nothing"
        assert found["syncing"][what] == []
        process.send_signal(signal.SIGTERM)
        lines_until(process, "stopped")
        assert process.wait(20) == 0
