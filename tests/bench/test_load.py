"""The load generator sends every body whole and in turn, and a rate of errors is no rate."""

from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench import load as loading
from bench.load import GeneratorMissingError, LoadFailedError, generator, load, packed, read
from tests.needs import program

BODIES = [b"%d\n" % number + b"x" * number for number in range(1, 8)]
SUMMARY = '{{"requests": {}, "microseconds": 2000000, "bytes": 5, "failed": {}}}\n'


async def test_bodies_go_round(tmp_path: Path) -> None:
    program("wrk")
    seen: Counter[bytes] = Counter()
    names: set[str | None] = set()

    async def handle(request: web.Request) -> web.Response:
        seen[await request.read()] += 1
        names.add(request.headers.get("X-Name"))
        return web.Response(text="good")

    (tmp_path / "bodies").write_bytes(packed(BODIES))
    app = web.Application()
    app.router.add_post("/ask", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("/ask"))
        found = await load(url, tmp_path / "bodies", headers={"X-Name": "a b"}, seconds=1, connections=2)
    assert set(seen) == set(BODIES)
    assert max(seen.values()) - min(seen.values()) <= 1
    assert names == {"a b"}
    assert 0 < found.requests <= seen.total()
    assert found.rate == pytest.approx(found.requests / found.seconds)


async def test_bodies_go_on_where_it_is_said(tmp_path: Path) -> None:
    program("wrk")
    seen: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(await request.read())
        return web.Response(text="good")

    (tmp_path / "bodies").write_bytes(packed(BODIES))
    app = web.Application()
    app.router.add_post("/", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("/"))
        await load(url, tmp_path / "bodies", headers={}, seconds=1, connections=1, first=5)
    assert seen[:3] == [BODIES[6], BODIES[0], BODIES[1]]  # wrk tries one on its own before it asks


async def test_answers_that_are_no_success_fail_the_round(tmp_path: Path) -> None:
    program("wrk")
    (tmp_path / "bodies").write_bytes(packed(BODIES))
    async with TestServer(web.Application(), host="127.0.0.1") as server:  # 404 for everything
        with pytest.raises(LoadFailedError, match="requests failed"):
            await load(str(server.make_url("/")), tmp_path / "bodies", headers={}, seconds=1)


def test_what_was_printed_is_read() -> None:
    assert read("Running 2s test\n" + SUMMARY.format(10, 0)).rate == 5


@pytest.mark.parametrize("output", ["", "unable to connect", SUMMARY.format(0, 0), SUMMARY.format(10, 1)])
def test_what_did_not_work_is_no_rate(output: str) -> None:
    with pytest.raises(LoadFailedError):
        read(output)


def test_a_missing_generator_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GeneratorMissingError, match="apt-get install wrk"):
        generator()
    assert loading.packed([]) == b""
