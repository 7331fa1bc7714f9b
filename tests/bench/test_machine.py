"""A process of the benchmarks runs on its core, is entered once it answers, and is gone afterwards."""

import os
import time
from pathlib import Path

import pytest

from bench.machine import LOAD, SERVER, NotStartedError, cpu_seconds, free_port, pinned, running, warning

SERVE = """
import sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer(("127.0.0.1", int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()
"""


async def test_it_runs_on_its_core_until_the_block_ends(tmp_path: Path) -> None:
    port = free_port()
    async with running(
        ["-c", SERVE, str(port)], f"http://127.0.0.1:{port}/", core=SERVER, log=tmp_path / "log"
    ) as process:
        assert os.sched_getaffinity(process.pid) == {SERVER}
        assert process.returncode is None
    assert process.returncode is not None


async def test_what_does_not_start_shows_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(NotStartedError, match="no such thing"):
        async with running(
            ["-c", "raise SystemExit('no such thing')"], "http://127.0.0.1:9/", core=LOAD, log=tmp_path / "log"
        ):
            pytest.fail("entered")


def test_this_thread_is_let_go_again() -> None:
    before = os.sched_getaffinity(0)
    with pinned(LOAD):
        assert os.sched_getaffinity(0) == {LOAD}
    assert os.sched_getaffinity(0) == before


def test_a_single_core_is_told() -> None:
    assert (warning() is None) == (SERVER != LOAD)


async def test_another_program_than_python(tmp_path: Path) -> None:
    with pytest.raises(NotStartedError, match="ended with 3"):
        async with running(["-c", "exit 3"], "http://127.0.0.1:9/", core=LOAD, log=tmp_path / "log", program="/bin/sh"):
            pytest.fail("entered")


def test_what_a_process_took_of_its_cores() -> None:
    before = cpu_seconds(os.getpid())
    while time.process_time() < before + 0.05:
        pass
    assert 0.01 < cpu_seconds(os.getpid()) - before < 60
