"""A real `busyline serve` with workers: started, watched by its log, asked over HTTP, and ended by its process id."""

import json
import os
import queue
import signal
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

SERVER = '[server]\npublic_url = "http://127.0.0.1:1"\nlisten = ["127.0.0.1:0"]\nmetrics_listen = ["127.0.0.1:0"]\n'
SERVER += 'certificate.kind = "none"\n'
_PATIENCE = 90.0  # seconds until a line of the log must have come, on a machine that does other things too


class Serving:
    """The process and its log."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.addresses: list[str] = []
        self.workers: list[int] = []
        self.metrics = ""

    def until(self, event: str, **values: object) -> dict[str, Any]:
        """The next line of the log that is this event with these values."""
        while (line := self._lines.get(timeout=_PATIENCE)) is not None:
            assert line.startswith(b"{"), b"".join([line, *iter(self._lines.get, None)]).decode()  # no traceback ever
            found: dict[str, Any] = json.loads(line)
            self.events.append(found)
            if found["event"] == event and values.items() <= found.items():
                return found
        raise AssertionError(f"no {event} {values}: {self.events}")

    def rest(self) -> list[dict[str, Any]]:
        """All the lines until its end."""
        while (line := self._lines.get(timeout=_PATIENCE)) is not None:
            self.events.append(json.loads(line))
        return self.events

    def send(self, number: signal.Signals) -> None:
        """A signal to the parent."""
        self.process.send_signal(number)

    def get(self, path: str) -> bytes:
        """What a worker answers on a connection of its own."""
        return got(f"http://{self.addresses[0]}{path}")

    def get_tls(self, ca: Path, *, times: int) -> set[int]:
        """What is answered behind certificates of this authority, on so many connections."""
        trusting = ssl.create_default_context(cafile=str(ca))
        found = set()
        for _ in range(times):
            with urllib.request.urlopen(f"https://{self.addresses[0]}/healthz", timeout=30, context=trusting) as answer:
                found.add(answer.status)
        return found

    def number(self, name: str, **labels: str) -> float:
        """A number of /metrics."""
        text = got(f"{self.metrics}/metrics").decode()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())

    def ended(self) -> int:
        """Its exit code, after SIGTERM."""
        self.send(signal.SIGTERM)
        self.rest()
        return self.process.wait(_PATIENCE)

    def gone(self) -> None:
        """Wait until nobody writes to the log any more."""
        self._reader.join(_PATIENCE)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line)
        self._lines.put(None)


def got(url: str) -> bytes:
    """The body of an answer of 200."""
    with urllib.request.urlopen(url, timeout=30) as response:
        body: bytes = response.read()
        return body


def begun(path: Path, *more: str) -> "subprocess.Popen[bytes]":
    """`busyline serve` on the configuration ``path``, in a folder of its own."""
    command = [sys.executable, "-m", "console", "serve", "--config", str(path), *more]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)


@contextmanager
def serving(path: Path, more: Sequence[str] = ("--workers", "2")) -> Iterator[Serving]:
    """Entered once it listens; ended, workers too, when the block is left."""
    with begun(path, *more) as process:
        found = Serving(process)
        try:
            told = found.until("listening")
            found.addresses, found.workers, found.metrics = told["addresses"], told["workers"], told["metrics"]
            yield found
        finally:
            process.kill()  # workers whose parent is gone end by themselves,
            found.gone()  # and until then they write to the same log


def lives(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    return state(pid) not in {"", "Z"}


def state(pid: int) -> str:
    """What the process does, as ps(1) says it; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def killed(pid: int) -> None:
    """End a process at once."""
    os.kill(pid, signal.SIGKILL)
