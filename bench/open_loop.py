"""Asks by the clock, not by the answers: a load generator that goes on at its rate however late the server is.

It runs in a process of its own, on one core: ``python -m bench.open_loop FILE``, where FILE holds what to do as JSON.
"""

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final, cast

import uvloop

from bench.load import LoadFailedError
from bench.machine import LOAD, ROOT, pinned

_TICK: Final = 0.001  # seconds
_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_CONNECTING: Final = 64  # connections opened at once
_ERROR: Final = b'ResponseClass="Error"'
_DOUBTFUL: Final = -1
_IDLE: Final = -2  # closed while nothing was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One caller: ``rate`` questions a second (0: as many as its connections can take), of those in the file ``bodies``
    in turn, over ``connections``. A question that is due when no connection is free is ``unsent``: whoever asks has as
    many clients as connections, and each of them waits for its answer."""

    name: str
    bodies: str
    headers: Mapping[str, str]
    rate: float
    connections: int


@dataclass(slots=True)
class Heard:
    """What became of a stream's questions that were due while it was looked at; seconds since each was sent."""

    due: int = 0
    unsent: int = 0
    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    doubtful: int = 0
    failed: int = 0

    def told(self, seconds: float) -> dict[str, float]:
        """Rates in a second, and quantiles of the times in seconds."""
        return {
            "due": self.due / seconds,
            "unsent": self.unsent / seconds,
            "answered": len(self.answered) / seconds,
            "refused": len(self.refused) / seconds,
            "doubtful": self.doubtful / seconds,
            "failed": self.failed / seconds,
            "p50": quantile(self.answered, 0.5),
            "p99": quantile(self.answered, 0.99),
            "refused_p50": quantile(self.refused, 0.5),
        }


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all are not above; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


class _Line(asyncio.Protocol):
    """One connection with one question at a time."""

    def __init__(self, ended: Callable[["_Line", int], None]) -> None:
        self._ended = ended
        self.transport: asyncio.WriteTransport | None = None
        self.sent = 0.0
        self.busy = False
        self._head = b""
        self._left = -1
        self._status = 0
        self._doubt = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none of asyncio's classes

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._over(0)

    def ask(self, request: bytes, now: float) -> None:
        assert self.transport is not None
        self.sent, self.busy = now, True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            data = self._head + data
            end = data.find(_END)
            if end < 0:
                self._head = data
                return
            self._status, self._left = int(data[9:12]), _length(data[:end]) + end + len(_END)
            self._head, self._doubt = b"", False
        self._left -= len(data)
        self._doubt = self._doubt or _ERROR in data  # one that lies across two pieces is missed, and no more
        if self._left <= 0:
            self._left = -1
            self._over(_DOUBTFUL if self._doubt and self._status == 200 else self._status)

    def _over(self, status: int) -> None:
        busy, self.busy = self.busy, False
        self._ended(self, status if busy else _IDLE)


def _length(head: bytes) -> int:
    lower = head.lower()
    place = lower.find(_LENGTH)
    return int(lower[place + len(_LENGTH) :].split(b"\r\n", 1)[0]) if place >= 0 else 0


class Asker:
    """Asks one stream's questions at ``host``:``port``."""

    def __init__(self, stream: Stream, *, host: str, port: int, path: str) -> None:
        self._stream, self._host, self._port = stream, host, port
        bodies = _unpacked(Path(stream.bodies).read_bytes())
        self._requests = [_request(host, port, path, stream.headers, body) for body in bodies]
        self._next = 0
        self._free: deque[_Line] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._looked_at = False
        self._issued = 0
        self.heard = Heard()

    async def connect(self) -> None:
        """Open every connection. Raises OSError."""
        for first in range(0, self._stream.connections, _CONNECTING):
            some = range(first, min(first + _CONNECTING, self._stream.connections))
            await asyncio.gather(*(self._open() for _ in some))

    def look(self) -> None:
        """Count from now on."""
        self.heard, self._looked_at = Heard(), True

    def tick(self, since: float, now: float) -> None:
        """Ask what is due ``now``, of what began at ``since``."""
        free, heard = self._free, self.heard
        wanted = int((now - since) * self._stream.rate) - self._issued if self._stream.rate else len(free)
        self._issued += wanted
        heard.due += wanted
        heard.unsent += max(0, wanted - len(free))
        for _ in range(min(wanted, len(free))):
            line = free.popleft()
            line.ask(self._requests[self._next], now)
            self._next = (self._next + 1) % len(self._requests)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Line(self._ended), self._host, self._port)
        self._free.append(line)

    def _ended(self, line: _Line, status: int) -> None:
        now = perf_counter()
        if self._looked_at and status != _IDLE:
            if status == 200:
                self.heard.answered.append(now - line.sent)
            elif status == 503:
                self.heard.refused.append(now - line.sent)
            elif status == _DOUBTFUL:
                self.heard.doubtful += 1
            else:
                self.heard.failed += 1
        if line.transport is None:
            with contextlib.suppress(ValueError):
                self._free.remove(line)
            self._opening.add(task := asyncio.get_running_loop().create_task(self._open()))
            task.add_done_callback(self._opening.discard)
        elif self._stream.rate:
            self._free.append(line)
        else:
            self.heard.due += 1
            line.ask(self._requests[self._next], now)
            self._next = (self._next + 1) % len(self._requests)


def _unpacked(data: bytes) -> list[bytes]:
    """The bodies that :func:`bench.load.packed` put together."""
    bodies, place = [], 0
    while place < len(data):
        end = data.index(b"\n", place)
        length = int(data[place:end])
        bodies.append(data[end + 1 : end + 1 + length])
        place = end + 1 + length
    return bodies


def _request(host: str, port: int, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _END + body


async def ask(plan: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """What became of each stream of ``plan``: ``warming`` seconds that are not looked at, then ``seconds`` that are.

    Beside them, under "server", the seconds of a processor that the process ``pid`` has had meanwhile.
    """
    place = {key: plan[key] for key in ("host", "port", "path")}
    askers = {stream["name"]: Asker(Stream(**stream), **place) for stream in plan["streams"]}
    for asker in askers.values():
        await asker.connect()
    since = perf_counter()
    await _ask_for(plan["warming"], askers.values(), since)
    before = processor_seconds(plan["pid"])
    for asker in askers.values():
        asker.look()
    began = perf_counter()
    await _ask_for(plan["seconds"], askers.values(), since)
    seconds, spent = perf_counter() - began, processor_seconds(plan["pid"]) - before
    return {"server": {"cpu": spent, "seconds": seconds}} | {
        name: asker.heard.told(seconds) for name, asker in askers.items()
    }


async def _ask_for(seconds: float, askers: Iterable[Asker], since: float) -> None:
    until = perf_counter() + seconds
    while (now := perf_counter()) < until:
        for asker in askers:
            asker.tick(since, now)
        await asyncio.sleep(_TICK)


def processor_seconds(pid: int) -> float:
    """How long the process has been on a processor since it began (proc(5), schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def written(streams: Sequence[Stream], url: str, *, pid: int, warming: float, seconds: float) -> str:
    """The JSON of a plan: these streams, asking at ``url`` the process ``pid``."""
    host, _, rest = url.removeprefix("http://").partition(":")
    port, _, path = rest.partition("/")
    place = {"host": host, "port": int(port), "path": "/" + path, "pid": pid}
    return json.dumps({**place, "warming": warming, "seconds": seconds, "streams": [asdict(each) for each in streams]})


async def asked(streams: Sequence[Stream], url: str, folder: Path, **how: Any) -> dict[str, dict[str, float]]:
    """What :func:`ask` finds out in a process of its own; ``how`` as for :func:`written`. Raises LoadFailedError."""
    plan = folder / "plan.json"
    await asyncio.to_thread(plan.write_text, written(streams, url, **how), encoding="utf-8")
    pipe = asyncio.subprocess.PIPE
    with pinned(LOAD):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.open_loop", str(plan), cwd=ROOT, stdout=pipe, stderr=pipe
        )
    output, errors = await process.communicate()
    if process.returncode:
        raise LoadFailedError(f"the load generator ended with {process.returncode}: {errors.decode()[-500:]}")
    found: dict[str, dict[str, float]] = json.loads(output)
    return found


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(uvloop.run(ask(given))))
