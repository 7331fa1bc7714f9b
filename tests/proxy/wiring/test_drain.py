"""A node that is told to stop: not ready at once, and every question still answered, each time for the last time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from proxy.settings import ProxySettings
from proxy.wiring import Proxy
from proxy.wiring.door import to_the_end
from tests.proxy.served import EWS, XML, configuration, login, question, serving

ASKED = question("bob@fabrikam.example")


def settings(**server: Any) -> dict[str, Any]:
    written = configuration()
    written["server"] |= server
    return written


@asynccontextmanager
async def draining(proxy: Proxy) -> AsyncIterator[None]:
    """While the block lasts; the length of the drain is long."""
    task = asyncio.create_task(proxy.drain())
    await asyncio.sleep(0)
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()


async def test_it_is_not_ready_and_answers_all_the_same(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=settings(drain="1h")) as proxy, aiohttp.ClientSession() as session:
        headers = {**XML, **login()}
        for _ in range(3):  # known by then, and whatever is remembered is
            async with session.post(proxy.url + EWS, data=ASKED, headers=headers) as answer:
                assert "Connection" not in answer.headers
                before = await answer.read()
        async with draining(proxy):
            for _ in range(3):
                async with session.post(proxy.url + EWS, data=ASKED, headers=headers) as answer:
                    assert (answer.status, answer.headers["Connection"]) == (200, "close")
                    assert await answer.read() == before
            for url in (proxy.url, proxy.metrics_url):
                async with session.get(f"{url}/readyz") as answer:
                    assert (answer.status, await answer.text()) == (503, "not ready\n")
                async with session.get(f"{url}/healthz") as answer:
                    assert answer.status == 200


async def test_who_is_refused_is_told_as_well(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, settings=settings(drain="1h")) as proxy,
        aiohttp.ClientSession() as session,
        draining(proxy),
    ):
        for path in (EWS, "/nothing"):
            async with session.post(proxy.url + path, data=ASKED, headers=XML) as answer:
                assert answer.status in {401, 404}
                assert answer.headers["Connection"] == "close"


async def test_where_nobody_balances_it_takes_no_time(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        async with asyncio.timeout(5):
            await proxy.drain()
        assert not proxy.ready


@pytest.mark.parametrize(("deadline", "own", "seconds"), [("8s", None, 10), ("8s", "20s", 22), ("30s", "5s", 32)])
def test_no_deadline_is_cut_short_at_the_end(deadline: str, own: str | None, seconds: float) -> None:
    written = settings(deadline=deadline)
    if own is not None:
        written["callers"][0]["deadline"] = own
    assert to_the_end(ProxySettings.model_validate(written)) == seconds
