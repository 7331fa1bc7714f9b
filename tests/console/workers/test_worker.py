"""The process of a worker: alone with a parent's two pipes, it says where it serves, and ends when they close."""

import os
import subprocess
import sys
from pathlib import Path

from console.workers.plan import Plan
from service.frames import framed
from tests.console.workers.serving import SERVER

ROOT = Path(__file__).parents[3]


def run(told: bytes) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-P", "-m", "console.workers.worker", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, input=told, capture_output=True, timeout=90, env=environment, check=False)


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """Whose end of the pipe is closed here as soon as it has told the plan; first the worker tells its numbers."""
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    done = run(framed(Plan.read(path, style="json", workers=2).message() | {"sockets": {}}))
    assert done.returncode == 0
    assert done.stdout[4:].startswith(b'{"kind":"listening"}')
    assert b'"kind":"numbers"' in done.stdout
    assert b'"event":"stopping"' in done.stderr
    assert b'"worker":1' in done.stderr


def test_without_a_plan_there_is_nothing_to_do() -> None:
    done = run(b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_why_it_cannot_serve_is_told_to_the_parent_alone(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER + '[ledger]\ndirectory = "/proc/ledger"\n', "utf-8")
    done = run(framed(Plan.read(path, style="json", workers=2).message() | {"sockets": {}}))
    assert done.returncode == 1
    assert done.stdout[4:].startswith(b'{"kind":"failed","words":"ledger.directory: /proc/ledger')
    assert done.stderr == b""


def test_a_parent_of_before_workers_inherited_their_sockets_is_to_be_restarted(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    done = run(framed(Plan.read(path, style="json", workers=2).message()))
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.endswith(b': restart the service"}')
