"""Ctrl-C as a person types it, at real processes: one line and 130, whatever the command was at; never a traceback."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from console.start import INTERRUPTED
from simulation.faults import Call, Trouble
from tests.console.conftest import SERVER
from tests.console.hubs.merger import KICK_OFF, Merger, merger

BLOCKS = "import sys; print('loading', flush=True); sys.stdin.readline()\n"
COMMANDS = (["calendar", "sync", "merger"], ["serve"])


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Merger]:
    """A hub of two calendars, with Kick-off in the north."""
    with merger(tmp_path) as made:
        yield made


def started(folder: Path, *arguments: str, stdin: int = subprocess.PIPE, path: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-u", "-m", "console", *arguments, "--config", str(folder / "busyline.toml")]
    environment = {**os.environ, "PYTHONPATH": path} if path else None
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=stdin, stdout=pipe, stderr=pipe, text=True, env=environment)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """The exit code, and the rest of what was printed."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize("module", ["typer", "sqlalchemy"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_while_it_is_loaded(command: list[str], module: str, tmp_path: Path) -> None:
    """A part that is loaded with every command, and one that some load when they need it, wait for this test."""
    (tmp_path / "busyline.toml").write_text(SERVER, "utf-8")
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / f"{module}.py").write_text(BLOCKS, "utf-8")
    with started(tmp_path, *command, path=str(tmp_path / "slow")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        assert ended(process) == (INTERRUPTED, "", "interrupted\n")


def test_while_it_is_loaded_and_nobody_reads_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "busyline.toml").write_text(SERVER, "utf-8")
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "typer.py").write_text(BLOCKS, "utf-8")
    with started(tmp_path, "check", path=str(tmp_path / "slow")) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "loading\n"
        process.stderr.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == INTERRUPTED


def test_while_a_server_does_not_answer(here: Merger) -> None:
    asked = Event()

    def hangs(call: Call) -> bool:
        asked.set()
        return True

    here.server.faults.only, here.server.faults.trouble = hangs, Trouble.HANG
    with started(here.typing.folder, "calendar", "plan", "merger") as process:
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        assert ended(process) == (INTERRUPTED, "", "interrupted\n")


def test_what_is_under_way_is_ended_first(here: Merger) -> None:
    written, told = Event(), Event()

    def waits(call: Call) -> bool:
        if call.method != "GET" and "/calendars/" in call.path:
            written.set()
            told.wait(60)
        return False

    here.server.faults.only, here.server.faults.trouble = waits, Trouble.BROKEN
    for _ in range(8):
        here.enters("north", KICK_OFF)
    with started(here.typing.folder, "calendar", "sync", "merger", "--yes") as process:
        assert process.stderr is not None
        assert written.wait(60)
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline() == "ending after what is under way\n"
        told.set()
        code, out, err = ended(process)
    assert (code, err) == (INTERRUPTED, "interrupted\n")
    assert "STOPPED" in out
    assert here.typing.types("sync", "merger", "--yes") == 0, here.typing.err


def test_a_question_is_left_at_once(here: Merger) -> None:
    ours, its = pty.openpty()
    with started(here.typing.folder, "calendar", "sync", "merger", stdin=its) as process:
        assert process.stdout is not None
        seen = ""
        while "[y/N]" not in seen:
            seen += process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        code, _, err = ended(process)
    os.close(ours)
    os.close(its)
    assert (code, err.strip()) == (INTERRUPTED, "nothing was written")
    assert here.standing("south") == []


def test_what_is_told_to_ignore_it_does(tmp_path: Path) -> None:
    """As `nohup` does."""
    code = "import signal, sys, os; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "typer.py").write_text(BLOCKS + "sys.exit(7)\n", "utf-8")
    command = [sys.executable, "-c", code, sys.executable, "-m", "console", "check"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "slow")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        assert ended(process)[0] == 7
