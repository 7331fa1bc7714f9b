"""What a question costs where there are many routes, and many mailboxes in the cache, beside where there are few.

Two servers with the same answers in their caches are asked the very same questions in turn, over the network; what
counts is the time that each process was on its core, divided by what it answered. Everybody asked about stands between
others: the thousand among the million are spread over the whole of it.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import uvloop

from bench.load import GeneratorMissingError, generator, load, packed
from bench.machine import SERVER, NotStartedError, free_port, running
from bench.memory import Month
from bench.questions import DAYS, DOMAIN, HEADERS, MAILBOXES, MINUTES, USERNAME, address, bodies_of_one
from bench.rows import Row
from bench.served import write_hash
from protocols.model.freebusy import Answer, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import addressed
from proxy.connector import utc_now
from proxy.layers.cache import Cache
from proxy.layers.frames import Frames
from proxy.layers.store import AnswerStore, shelf_of
from proxy.settings import ProxySettings
from proxy.wiring import build
from service import logs

ROUTES: Final = (10, 100_000)
KEPT: Final = (MAILBOXES, 1_000_000)
_NAME: Final = "fabrikam"
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_DRAWS: Final = 20_000
_ROW: Final = partial(Row, unit="× the cost of few", at_most=1.1)
NAMES: Final = ("growth_routes", "growth_mailboxes")
_SHAPES: Final = 97
_ROOM: Final = 16 * 1024**3
_LONGEST_FILL: Final = 900
_HASH: Final = "growth.hash"
_NO_AUTH: Final = {"kind": "basic", "username": "bench", "password": "env:NOBODY_IS_ASKED"}
_CALLER: Final = {
    "name": "bench",
    "basic": {"usernames": [USERNAME], "password": f"file:{_HASH}"},
    "may_ask": [DOMAIN],
    "rate": 1_000_000,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much a server holds."""

    routes: int
    kept: int


def settings_of(size: Size, port: int) -> ProxySettings:
    """A configuration with that many routes, the last of them for the whole domain: every second person has one."""
    own = [{"match": address(2 * n), "via": _NAME} for n in range(size.routes - 1)]
    return ProxySettings.model_validate(
        {
            "server": {
                "listen": [f"127.0.0.1:{port}"],
                "public_url": f"http://127.0.0.1:{port}",
                "metrics_listen": [],
                "certificate": {"kind": "none"},
                "connections_per_address": 4096,
            },
            "connectors": {_NAME: {"protocol": "ews", "url": "https://127.0.0.1/", "auth": _NO_AUTH}},
            "routes": [*own, {"match": DOMAIN, "via": _NAME}],
            "callers": [_CALLER],
        }
    )


class Nobody:
    """The calendar system behind a cache that holds all that is asked for."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`. Raises RuntimeError: the figure would be of something else."""
        raise RuntimeError(f"{mailboxes[0]} is not in the cache for {question.window}")


def spread(kept: int, among: int = MAILBOXES) -> Iterator[int]:
    """The numbers of ``kept`` mailboxes in the order they come in, the first ``among`` of them evenly spread."""
    others = iter(range(among, kept))
    each = kept // among - 1
    for number in range(among):
        yield number
        yield from (other for _, other in zip(range(each), others, strict=False))
    yield from others


async def fill(store: AnswerStore, kept: int, now: datetime) -> None:
    """Keep a calendar of its own for each mailbox, and let others have their turn meanwhile."""
    frame = Frames().home(now)
    month = Month(now, Detail.BUSY)
    shelf = shelf_of(_NAME, Detail.BUSY, frame)
    shapes = [month.answer(Mailbox.parse(address(number)), frame, number) for number in range(_SHAPES)]
    for number in spread(kept, min(kept, MAILBOXES)):
        store.keep(shelf, addressed(shapes[number % _SHAPES], Mailbox.parse(address(number))), now)  # a copy of it
        if number % 100 == 0:
            await asyncio.sleep(0)


def drawn(cache: Cache, kept: int, now: datetime) -> float:
    """Microseconds that one look into the cache takes, at anybody of all in a window of its own.

    Such an answer lies far away in memory, and is cut anew. It is the part of a question that can tell a million from
    a thousand.
    """
    chance = random.Random(5)
    people = [[Mailbox.parse(address(chance.randrange(kept)))] for _ in range(_DRAWS)]
    day = datetime(now.year, now.month, now.day, tzinfo=UTC)
    minutes = [day + timedelta(minutes=n % MINUTES) for n in range(_DRAWS)]
    asked = [Question(window=TimeWindow(start, start + timedelta(days=DAYS))) for start in minutes]
    began = time.process_time()
    for mailboxes, question in zip(people, asked, strict=True):
        cache.ready(mailboxes, question)
    return (time.process_time() - began) / _DRAWS * 1e6


async def serve(size: Size, port: int, folder: Path) -> None:
    """Fill a cache, say how long a draw from it takes, and serve from it until told to end."""
    ended, now = asyncio.Event(), utc_now()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    store = AnswerStore(mailboxes=size.kept + 1, memory=_ROOM, ttl=timedelta(hours=24))
    cache = Cache(Nobody(), name=_NAME, store=store, clock=utc_now)
    async with build(settings_of(size, port), directory=folder, connectors={_NAME: cache}):
        gc.collect()
        gc.freeze()  # as `busyline serve` does, before anything is kept
        await fill(store, size.kept, now)
        print(json.dumps({"drawn": drawn(cache, size.kept, now)}), flush=True)
        await ended.wait()


def on_core(pid: int) -> float:
    """Seconds that a process was on a core, in user and in kernel time. See proc(5), stat."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True, slots=True)
class _Server:
    url: str
    pid: int
    drawn: float

    async def cost(self, bodies: Path, seconds: float) -> float:
        """Seconds on a core for one question."""
        before = on_core(self.pid)
        found = await load(self.url, bodies, headers=HEADERS, seconds=seconds)
        return (on_core(self.pid) - before) / found.requests


@asynccontextmanager
async def _serving(size: Size, folder: Path) -> AsyncIterator[_Server]:
    """A server of that size; entered once it is full. Raises NotStartedError."""
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", folder / f"growth-{port}.log"
    command = ["-m", "bench.growth", str(port), str(folder), "--routes", str(size.routes), "--kept", str(size.kept)]
    async with running(command, f"{url}/healthz", core=SERVER, log=log) as process:
        yield _Server(f"{url}/EWS/Exchange.asmx", process.pid, await _full(process, log))


async def _full(process: asyncio.subprocess.Process, log: Path) -> float:
    """What the server says once its cache is full."""
    for _ in range(_LONGEST_FILL * 10):
        said = await asyncio.to_thread(log.read_text, encoding="utf-8")
        for line in said.splitlines():
            if line.startswith('{"drawn"'):
                return float(json.loads(line)["drawn"])
        if process.returncode is not None:
            break
        await asyncio.sleep(0.1)
    raise NotStartedError(f"the cache was not full after {_LONGEST_FILL} s:\n{said[-2000:]}")


async def compared(few: Size, many: Size, folder: Path, *, rounds: int, seconds: float, note: str) -> tuple[float, str]:
    """How many times as much a question costs where there are many; the median of rounds, each beside the other."""
    bodies = folder / "growth-bodies"
    bodies.write_bytes(packed(bodies_of_one(datetime.now(UTC).date())))
    write_hash(folder / _HASH)
    async with _serving(few, folder) as small, _serving(many, folder) as large:
        for server in (small, large):
            await server.cost(bodies, seconds)  # what is built once is no question's cost
        pairs = []
        for number in range(rounds):
            turn = (small, large) if number % 2 == 0 else (large, small)
            told = {server.pid: await server.cost(bodies, seconds) for server in turn}
            pairs.append((told[small.pid], told[large.pid]))
        costs = [median(costs) * 1e6 for costs in zip(*pairs, strict=True)]
        looks = f"a look at any of all takes {small.drawn:.1f} µs and {large.drawn:.1f}"
    return median(
        of_many / of_few for of_few, of_many in pairs
    ), f"{costs[0]:.0f} µs, {costs[1]:.0f} with {note}; {looks}"


async def rows(
    folder: Path,
    *,
    rounds: int = 5,
    seconds: float = 3,
    routes: tuple[int, int] = ROUTES,
    kept: tuple[int, int] = KEPT,
) -> list[Row]:
    """growth_routes and growth_mailboxes; not measured where wrk is missing.

    Raises LoadFailedError, NotStartedError.
    """
    try:
        generator()
    except GeneratorMissingError as error:
        return [_ROW(name=name, value=None, note=str(error)) for name in NAMES]
    found = []
    for name, few, many, note in (
        (NAMES[0], Size(routes[0], kept[0]), Size(routes[1], kept[0]), f"{routes[1]:,} routes"),
        (NAMES[1], Size(routes[0], kept[0]), Size(routes[0], kept[1]), f"{kept[1]:,} mailboxes"),
    ):
        times, words = await compared(few, many, folder, rounds=rounds, seconds=seconds, note=note)
        found.append(_ROW(name=name, value=round(times, 3), note=words))
    return found


def main() -> None:
    """Serve, as :func:`compared` starts it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--routes", type=int, default=ROUTES[0])
    parser.add_argument("--kept", type=int, default=KEPT[0])
    options = parser.parse_args()
    logs.configure("json")
    uvloop.run(serve(Size(options.routes, options.kept), options.port, options.folder))


if __name__ == "__main__":
    main()
