"""What a node answers of what another has fetched: by how much later than of what it has itself, and who was asked."""

import asyncio
import re
import shutil
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from bench.machine import LOAD, SERVER, MissingError, NotStartedError, free_port, pinned, running
from bench.questions import DOMAIN, EVENTS, HEADERS, PASSWORD, address, body, first_day
from bench.rows import Row
from bench.served import BUSYLINE, Served, WrongAnswerError, served

NAMES: Final = ("second_level_added_ms", "second_level_upstream_calls")
QUESTIONS: Final = 300
_WARMING: Final = 50
_USERNAME: Final = "busy@contoso.example"  # whoever sees details asks for them, and they are not shared
_HEADERS: Final = {**HEADERS, "Authorization": "Basic " + b64encode(f"{_USERNAME}:{PASSWORD}".encode()).decode()}
_MORE: Final = """
[[callers]]
name = "busy"
basic = {{{{ usernames = ["{username}"], password = "file:caller.hash" }}}}
may_ask = ["{domain}"]
rate = 1000000

[cluster]
redis = "redis://127.0.0.1:{redis}"
key = "file:cluster.key"
timeout = "1s"  # a stall of a busy machine is no Redis that is away
"""


async def rows(folder: Path, *, questions: int = QUESTIONS) -> list[Row]:
    """second_level_added_ms and second_level_upstream_calls, over ``questions`` mailboxes and two nodes.

    The second node is asked twice about each, for two windows: what the first took longer is what the second level
    adds to an answer. Raises MissingError, NotStartedError, WrongAnswerError.
    """
    today, added = datetime.now(UTC).date(), list[float]()
    async with _two_nodes(folder) as (one, other):
        await _fetched(one, today, questions + _WARMING)
        before = await one.upstream_calls()
        for number in range(questions + _WARMING):
            first = await _seconds(one, other, _body(number, today))
            again = await _seconds(one, other, _body(number + 1, today, of=number))
            if number >= _WARMING:
                added.append(first - again)
        calls = await one.upstream_calls() - before
    note = f"{questions} mailboxes; p90 {sorted(added)[len(added) * 9 // 10] * 1000:.2f} ms"
    return [
        Row(name=NAMES[0], value=round(median(added) * 1000, 3), unit="ms", at_most=1, note=note),
        Row(name=NAMES[1], value=calls, unit="calls", at_most=0, note=f"{questions + _WARMING} mailboxes"),
    ]


def _body(number: int, today: date, *, of: int | None = None) -> bytes:
    return body([address(number if of is None else of, "shared")], first_day(number, today))


async def _fetched(one: Served, today: date, mailboxes: int) -> None:
    for number in range(mailboxes):
        await _seconds(one, one.url, _body(number, today))


async def _seconds(one: Served, url: str, question: bytes) -> float:
    start = perf_counter()
    async with one.session.post(url, data=question, headers=_HEADERS) as response:
        answer = await response.read()
    taken = perf_counter() - start
    if response.status != 200 or answer.count(b"CalendarEvent>") // 2 != EVENTS:
        raise WrongAnswerError(f"HTTP {response.status}: {answer[:1000]!r}")
    return taken


@asynccontextmanager
async def _two_nodes(folder: Path) -> AsyncIterator[tuple[Served, str]]:
    """One node with its upstream, and the address of another; both share a Redis."""
    async with _redis(folder) as port:
        (folder / "cluster.key").write_text("5e" * 32, encoding="ascii")
        more = _MORE.format(username=_USERNAME, domain=DOMAIN, redis=port)
        async with served(folder, more=more) as one:
            path = folder / "other.toml"
            url = _moved(folder / "busyline.toml", path)
            serve = [*BUSYLINE, "serve", "--config", str(path)]
            secret = {"BENCH_UPSTREAM_PASSWORD": "upstream"}
            log = folder / "other.log"
            async with running(serve, f"{url}/healthz", core=SERVER, log=log, env=secret):
                yield one, url + one.url.removeprefix(_origin(one.url))


def _moved(configuration: Path, to: Path) -> str:
    """The same configuration on ports of its own; where it listens."""
    text = configuration.read_text(encoding="utf-8")
    port = free_port()
    text = re.sub(r"^listen = .*$", f'listen = ["127.0.0.1:{port}"]', text, count=1, flags=re.MULTILINE)
    text = re.sub(
        r"^metrics_listen = .*$", f'metrics_listen = ["127.0.0.1:{free_port()}"]', text, count=1, flags=re.MULTILINE
    )
    to.write_text(text, encoding="utf-8")
    return f"http://127.0.0.1:{port}"


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


@asynccontextmanager
async def _redis(folder: Path) -> AsyncIterator[int]:
    """The port of a Redis that keeps nothing on disk, ended with the block. Raises MissingError, NotStartedError."""
    program = shutil.which("redis-server")
    if program is None:
        raise MissingError("redis-server is not here: apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log, pinned(LOAD):
        process = await asyncio.create_subprocess_exec(program, *options, stdout=log, stderr=log)
    try:
        await _listening(port, process)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    for _ in range(400):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise NotStartedError("redis-server does not listen")
