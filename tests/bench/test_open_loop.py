"""The generator asks by the clock, counts what comes back for what it is, and never more than it has connections."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from bench.load import LoadFailedError, packed
from bench.open_loop import Stream, ask, asked, quantile, written
from service.addresses import ListenAddress
from service.door import Door
from tests.proxy.turned import until

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


async def _asked(folder: Path, answer: Answer, **stream: object) -> dict[str, dict[str, float]]:
    bodies = folder / "bodies"
    bodies.write_bytes(packed([b"one", b"three\nfour", b""]))
    async with Door(answer, [ListenAddress("127.0.0.1", 0)]) as door:
        given = {"name": "a", "bodies": str(bodies), "headers": {"X-A": "b"}, "rate": 100.0, "connections": 5, **stream}
        url = f"http://{door.addresses[0]}/path"
        return await ask(
            json.loads(written([Stream(**given)], url, pid=os.getpid(), warming=0.05, seconds=0.3))  # type: ignore[arg-type]
        )


async def test_every_body_in_turn_at_its_rate(tmp_path: Path) -> None:
    heard: list[tuple[str, str | None, bytes]] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        heard.append((request.path, request.headers.get("X-A"), await request.read()))
        return web.Response(text="x" * 100_000)

    found = await _asked(tmp_path, answer)
    assert [body for _, _, body in heard[:4]] == [b"one", b"three\nfour", b"", b"one"]
    assert {(path, header) for path, header, _ in heard} == {("/path", "b")}
    told = found["a"]
    assert 0 < told["answered"] <= told["due"] <= 110
    assert told["refused"] == told["failed"] == told["doubtful"] == 0
    assert 0 < told["p50"] <= told["p99"]
    assert found["server"]["cpu"] > 0


@pytest.mark.parametrize(
    ("status", "text", "what"),
    [(503, "", "refused"), (500, "", "failed"), (200, '<a ResponseClass="Error"/>', "doubtful")],
)
async def test_what_is_no_answer_is_told_apart(tmp_path: Path, status: int, text: str, what: str) -> None:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, text=text)

    told = (await _asked(tmp_path, answer))["a"]
    assert told[what] > 0
    assert told["answered"] == 0


async def test_without_a_free_connection_nothing_is_sent(tmp_path: Path) -> None:
    never = asyncio.Event()
    heard = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        heard.append(request.path)
        await never.wait()
        return web.Response()

    asking = asyncio.create_task(_asked(tmp_path, answer, connections=2))
    await until(lambda: len(heard) == 2)
    await asyncio.sleep(0.5)  # as long as the generator asks: what it measures is time
    never.set()
    told = (await asking)["a"]
    assert told["unsent"] > 0
    assert told["answered"] == 0


async def test_a_generator_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(LoadFailedError, match="ended with 1"):
        await asked([], "http://127.0.0.1:1/", tmp_path, pid=2**22 + 1, warming=0, seconds=0)


def test_quantiles() -> None:
    assert quantile([], 0.5) == 0
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile(list(range(100)), 0.99) == 99
