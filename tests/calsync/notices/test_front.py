"""The servers that call a hook, and strangers who do."""

import gzip
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from calsync.notices.front import HookFront
from calsync.notices.hook import PATH, Hook, made
from calsync.notices.news import News, Said
from service.addresses import ListenAddress
from service.door import Door
from service.state.errors import StateError

HOOK, SECRET = made("team", "google", lambda length: "ab" * length)


def _by_header(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
    if "X-Secret" not in headers:
        raise ValueError("not of this dialect")
    return [News(Said.BEGUN, headers["X-Secret"])]


def _by_lines(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
    if not body.startswith(b"news\n"):
        raise ValueError("not of this dialect")
    return [News(Said.CHANGED, line) for line in body.decode().split("\n")[1:]]


@asynccontextmanager
async def listening(heard: list[tuple[Hook, Said]], *, down: bool = False) -> AsyncIterator[str]:
    async def find(name: str) -> Hook | None:
        if down:
            raise StateError("the state cannot be used")
        return HOOK if name == HOOK.name else None

    front = HookFront(find, lambda hook, news: heard.append((hook, news.said)), reads=(_by_header, _by_lines))
    async with Door(front.answer, [ListenAddress("127.0.0.1", 0)]) as door:
        yield f"http://{door.addresses[0]}"


URL = f"{PATH}{HOOK.name}"


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "heard"),
    [
        ("POST", URL, {"X-Secret": SECRET}, b"", 202, [Said.BEGUN]),
        ("POST", URL, {}, f"news\n{SECRET}\nwrong".encode(), 202, [Said.CHANGED]),
        ("POST", URL, {"X-Secret": "wrong"}, b"", 403, []),
        ("POST", URL, {}, b"news\nwrong", 403, []),
        ("POST", URL, {}, b"news", 400, []),
        ("POST", URL, {}, b"something else", 400, []),
        ("POST", URL, {"Content-Encoding": "gzip"}, gzip.compress(bytes(2**21), mtime=0), 413, []),
        ("GET", URL, {}, b"", 405, []),
        ("POST", f"{PATH}unknown", {"X-Secret": SECRET}, b"", 404, []),
        ("POST", PATH, {}, b"", 404, []),
        ("POST", f"{PATH}{HOOK.name}/more", {}, b"", 404, []),
        ("POST", "/", {}, b"", 404, []),
        ("POST", f"{PATH}unknown?validationToken=abc", {}, b"", 404, []),
        ("POST", f"{URL}?validationToken={'x' * 3000}", {}, b"", 400, []),
    ],
)
async def test_what_is_answered(
    method: str, path: str, headers: dict[str, str], body: bytes, status: int, heard: list[Said]
) -> None:
    told: list[tuple[Hook, Said]] = []
    async with (
        listening(told) as url,
        aiohttp.ClientSession() as session,
        session.request(method, url + path, headers=headers, data=body) as response,
    ):
        assert (response.status, await response.read()) == (status, b"")
    assert told == [(HOOK, each) for each in heard]


async def test_a_hook_is_validated_by_giving_back_what_was_asked() -> None:
    token = "Validation: Testing client application, <script>"
    async with (
        listening([]) as url,
        aiohttp.ClientSession() as session,
        session.post(url + URL, params={"validationToken": token}) as response,
    ):
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        assert await response.text() == token


async def test_where_the_state_is_down_the_server_is_asked_to_come_again() -> None:
    async with (
        listening([], down=True) as url,
        aiohttp.ClientSession() as session,
        session.post(url + URL, headers={"X-Secret": SECRET}) as response,
    ):
        assert response.status == 503
        assert response.headers["Retry-After"] == "30"
