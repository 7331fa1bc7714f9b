"""The browser comes back to this machine once, and nobody else is heard."""

import aiohttp
import pytest

from service.loopback import Loopback


async def test_who_knows_the_state_is_heard() -> None:
    async with Loopback("secret-state") as loopback, aiohttp.ClientSession() as session:
        assert loopback.url.startswith("http://127.0.0.1:")
        for path in (
            "?state=other&code=forged",
            "?code=forged",
            "favicon.ico",
            "elsewhere?state=secret-state",
            "[?a=b",
        ):
            async with session.get(f"{loopback.url}{path}") as answer:
                assert answer.status == 404
        async with session.post(f"{loopback.url}?state=secret-state") as answer:
            assert answer.status == 404
        async with session.get(f"{loopback.url}?state=secret-state&code=ours%20") as answer:
            assert answer.status == 200
            assert "close this window" in await answer.text()
            assert answer.headers["Cache-Control"] == "no-store"
        async with session.get(f"{loopback.url}?state=secret-state&code=late") as answer:
            assert answer.status == 200
        assert await loopback.told(5) == {"state": "secret-state", "code": "ours "}


async def test_a_head_without_an_end_is_not_kept() -> None:
    async with Loopback("secret-state") as loopback, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"{loopback.url}?{'x' * 20_000}")
        with pytest.raises(TimeoutError):
            await loopback.told(0)


async def test_nobody_listens_afterwards() -> None:
    async with Loopback("secret-state") as loopback:
        url = loopback.url
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(url)
