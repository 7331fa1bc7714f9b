"""What it costs to join two calendars: a person of both systems beside one of the slower system alone, in turn."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp

from bench.machine import LOAD, free_port, running
from bench.rows import Row
from bench.served import WrongAnswerError, write_hash
from protocols.model.freebusy import Question, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Connector
from proxy.settings import ProxySettings
from proxy.wiring import build

QUESTIONS = 60
_WARMING = 5
_DELAYS = {"quick": 0.03, "slow": 0.06}  # seconds that each system takes for an answer
_SECRET = "BENCH_UPSTREAM_PASSWORD"


async def rows(folder: Path, *, questions: int = QUESTIONS) -> list[Row]:
    """union_added_ms: between the medians over ``questions`` people each, of whom nobody was asked about before."""
    async with _asker(folder) as asker:
        alone, both = [], []
        for number in range(questions + _WARMING):
            slower = await _seconds(asker, f"person{number}@slow.example")
            union = await _seconds(asker, f"person{number}@both.example")
            if number >= _WARMING:
                alone.append(slower)
                both.append(union)
    added = (median(both) - median(alone)) * 1000
    note = f"the slower alone takes {median(alone) * 1000:.1f} ms"
    return [Row(name="union_added_ms", value=round(added, 2), unit="ms", at_most=5, note=note)]


async def _seconds(asker: Connector, address: str) -> float:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    question = Question(window=TimeWindow(midnight, midnight + timedelta(days=7)))
    started = perf_counter()
    [answer] = await asker.lookup([Mailbox.parse(address)], question)
    took = perf_counter() - started
    if isinstance(answer, Unavailable):
        raise WrongAnswerError(f"{address}: {answer.reason.value} {answer.detail}")
    return took


@asynccontextmanager
async def _asker(folder: Path) -> AsyncIterator[Connector]:
    """What a caller is answered by a proxy without a door, whose two systems answer after their delays."""
    ports = {name: free_port() for name in _DELAYS}
    write_hash(folder / "union.hash")
    os.environ[_SECRET] = "upstream"
    async with (
        running(
            ["-m", "bench.upstream", str(ports["quick"])], _url(ports["quick"]), core=LOAD, log=folder / "quick.log"
        ),
        running(["-m", "bench.upstream", str(ports["slow"])], _url(ports["slow"]), core=LOAD, log=folder / "slow.log"),
        aiohttp.ClientSession() as session,
    ):
        for name, seconds in _DELAYS.items():
            async with session.post(f"http://127.0.0.1:{ports[name]}/delay", params={"seconds": str(seconds)}) as done:
                done.raise_for_status()
        async with build(_settings(ports), directory=folder, listen=False) as proxy:
            yield proxy.asker("bench")


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}/calls"


def _settings(ports: dict[str, int]) -> ProxySettings:
    auth = {"kind": "basic", "username": "bench", "password": f"env:{_SECRET}"}
    return ProxySettings.model_validate(
        {
            "server": {"listen": ["127.0.0.1:0"], "public_url": "http://127.0.0.1", "certificate": {"kind": "none"}},
            "connectors": {
                name: {"protocol": "ews", "url": f"http://127.0.0.1:{port}/EWS/Exchange.asmx", "auth": auth}
                for name, port in ports.items()
            },
            "routes": [
                {"match": "slow.example", "via": "slow"},
                {"match": "both.example", "via": ["quick", "slow"], "combine": "union"},
            ],
            "callers": [
                {
                    "name": "bench",
                    "basic": {"usernames": ["bench"], "password": "file:union.hash"},
                    "may_ask": ["*"],
                }
            ],
        }
    )
