"""Two Busylines that lead to each other: a question comes back once, is refused in words, and never goes round."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from proxy.hops import HEADER, hop_of
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from proxy.wiring.exchange_front import EWS_PATH
from tests.protocols.ews.samples import soap_request
from tests.proxy.served import EWS, PASSWORD, USER, XML, configuration, login, password_hash, question


def _port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _settings(own: int, other: int, **keys: Any) -> ProxySettings:
    written: dict[str, Any] = {**configuration(), **{key: keys[key] for key in keys if key != "directory"}}
    written["server"] |= {"listen": [f"127.0.0.1:{own}"], "public_url": f"http://127.0.0.1:{own}"}
    written["connectors"]["fabrikam"] |= {
        "url": f"http://127.0.0.1:{other}{EWS_PATH}",
        "auth": {"kind": "basic", "username": USER, "password": "file:peer.password"},
        **({"directory": keys["directory"]} if "directory" in keys else {}),
    }
    return ProxySettings.model_validate(written)


@asynccontextmanager
async def _pair(tmp_path: Path, *each: dict[str, Any]) -> AsyncIterator[tuple[aiohttp.ClientSession, Proxy, Proxy]]:
    """Two that lead to each other, and a client for them."""
    (tmp_path / "interop.hash").write_text(password_hash())
    (tmp_path / "peer.password").write_text(PASSWORD)
    (tmp_path / "peer.password").chmod(0o600)
    first, second = each or ({}, {})
    ports = _port(), _port()
    async with AsyncExitStack() as stack, aiohttp.ClientSession() as session:
        here, there = [
            await stack.enter_async_context(build(_settings(own, other, **keys), directory=tmp_path))
            for own, other, keys in ((*ports, first), (*ports[::-1], second))
        ]
        async with asyncio.timeout(6):  # well below the deadline of a question that waits for itself
            yield session, here, there


_WITH: dict[str, Any] = {"directory": {}}


@pytest.mark.parametrize("each", [(), (_WITH, _WITH)], ids=["calendars", "directories"])
async def test_a_question_that_comes_back_is_refused_and_counted(tmp_path: Path, each: tuple[dict[str, Any]]) -> None:
    async with _pair(tmp_path, *each) as (session, here, there):
        answer = await _asked(session, here, question("ann@fabrikam.example"))
        assert b"ErrorProxyRequestNotAllowed" in answer
        assert b"NoError" not in answer
        assert _circles(here) + _circles(there) == 1


async def test_rooms_are_not_looked_for_in_circles(tmp_path: Path) -> None:
    async with _pair(tmp_path, _WITH, _WITH) as (session, here, there):
        answer = await _asked(session, here, _LISTS)
        assert b"ErrorProxyRequestNotAllowed" in answer
        assert b"NoError" not in answer
        assert (_circles(here), _circles(there)) == (1, 0)
        assert b"ErrorNameResolutionNoResults" in await _asked(session, here, _rooms_of("york@fabrikam.example"))


def _own(name: str) -> dict[str, Any]:
    hall = f"{name}-hall@fabrikam.example"
    return {**_WITH, "room_lists": [{"name": name, "address": f"{name}@fabrikam.example", "rooms": hall}]}


async def test_rooms_of_both_are_offered_and_to_neither_its_own(tmp_path: Path) -> None:
    async with _pair(tmp_path, _own("york"), _own("berlin")) as (session, here, there):
        for _ in range(2):  # at first nobody knows anything, then everybody knows all
            for proxy in (here, there):
                lists = await _asked(session, proxy, _LISTS)
                assert sorted(_ADDRESS.findall(lists)) == [b"berlin@fabrikam.example", b"york@fabrikam.example"]
                rooms = await _asked(session, proxy, _rooms_of("berlin@fabrikam.example"))
                assert _ADDRESS.findall(rooms) == [b"berlin-hall@fabrikam.example"]
        names = {HEADER: hop_of(here.settings.server.public_url)}
        told = await _asked(session, there, _LISTS, names)
        assert _ADDRESS.findall(told) == [b"berlin@fabrikam.example"]
        told = await _asked(session, there, _rooms_of("york@fabrikam.example"), names)
        assert b"ErrorNameResolutionNoResults" in told


_ADDRESS = re.compile(rb"<t:EmailAddress>([^<]+)<")
_LISTS = soap_request("<m:GetRoomLists/>")


def _rooms_of(address: str) -> bytes:
    inside = f"<m:RoomList><t:EmailAddress>{address}</t:EmailAddress></m:RoomList>"
    return soap_request(f"<m:GetRooms>{inside}</m:GetRooms>")


async def _asked(
    session: aiohttp.ClientSession, proxy: Proxy, body: bytes, headers: Mapping[str, str] | None = None
) -> bytes:
    everything = XML | login() | dict(headers or {})
    async with session.post(proxy.url + EWS, data=body, headers=everything) as response:
        assert response.status == 200
        return await response.read()


def _circles(proxy: Proxy) -> float:
    return proxy.metrics.registry.get_sample_value("busyline_circles_total") or 0.0
