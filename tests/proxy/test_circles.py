"""Two Busylines that lead to each other: a question comes back once, is refused in words, and never goes round."""

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp

from proxy.settings import ProxySettings
from proxy.wiring import EWS_PATH, Proxy, build
from tests.proxy.served import EWS, PASSWORD, USER, XML, configuration, login, password_hash, question


def _port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _settings(own: int, other: int) -> ProxySettings:
    written: dict[str, Any] = configuration()
    written["server"] |= {"listen": [f"127.0.0.1:{own}"], "public_url": f"http://127.0.0.1:{own}"}
    written["connectors"]["fabrikam"] |= {
        "url": f"http://127.0.0.1:{other}{EWS_PATH}",
        "auth": {"kind": "basic", "username": USER, "password": "file:peer.password"},
    }
    return ProxySettings.model_validate(written)


async def test_a_question_that_comes_back_is_refused_and_counted(tmp_path: Path) -> None:
    (tmp_path / "interop.hash").write_text(password_hash())
    (tmp_path / "peer.password").write_text(PASSWORD)
    (tmp_path / "peer.password").chmod(0o600)
    ports = _port(), _port()
    async with AsyncExitStack() as stack, aiohttp.ClientSession() as session:
        here, there = [
            await stack.enter_async_context(build(_settings(own, other), directory=tmp_path))
            for own, other in (ports, ports[::-1])
        ]
        async with asyncio.timeout(6):  # well below the deadline of a question that waits for itself
            answer = await _asked(session, here)
        assert b"ErrorProxyRequestNotAllowed" in answer
        assert b"NoError" not in answer
        assert _circles(here) + _circles(there) == 1


async def _asked(session: aiohttp.ClientSession, proxy: Proxy) -> bytes:
    headers = XML | login()
    async with session.post(proxy.url + EWS, data=question("ann@fabrikam.example"), headers=headers) as response:
        assert response.status == 200
        return await response.read()


def _circles(proxy: Proxy) -> float:
    return proxy.metrics.registry.get_sample_value("busyline_circles_total") or 0.0
