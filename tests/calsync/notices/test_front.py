"""The servers that call a hook, and strangers who do."""

import gzip
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from calsync.notices.front import HookFront
from calsync.notices.hook import PATH, Hook, made
from calsync.notices.news import ByUrl, News, Said
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


def _loudly(headers: Mapping[str, str], body: bytes) -> Sequence[Said]:
    if not body.startswith(b"HEAR! "):
        raise ValueError("not of this dialect")
    return [Said(word) for word in body.decode().lower().split()[1:]]


BY_URL = ByUrl(read=_loudly, kind="text/loud", goes_on=b"GO ON", ends=b"END")


@asynccontextmanager
async def listening(
    heard: list[tuple[Hook, Said]], *, down: bool = False, by_url: ByUrl | None = BY_URL
) -> AsyncIterator[str]:
    async def find(name: str) -> Hook | None:
        if down:
            raise StateError("the state cannot be used")
        return HOOK if name == HOOK.name else None

    def hear(hook: Hook, news: News) -> None:
        heard.append((hook, news.said))

    front = HookFront(find, hear, reads=(_by_header, _by_lines), by_url=by_url)
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


CHANGED = b"HEAR! changed"


@pytest.mark.parametrize(
    ("method", "path", "body", "answer", "heard"),
    [
        ("POST", f"{URL}/{SECRET}", CHANGED, (200, b"GO ON"), [Said.CHANGED]),
        ("POST", f"{URL}/{SECRET}", b"HEAR! begun ended", (200, b"GO ON"), [Said.BEGUN, Said.ENDED]),
        ("POST", f"{URL}/{SECRET}", CHANGED + b" " * 2**16, (200, b"GO ON"), [Said.CHANGED]),
        ("POST", f"{URL}/{SECRET}", b"something else", (400, b""), []),
        ("POST", f"{URL}/{SECRET}", f"news\n{SECRET}".encode(), (400, b""), []),
        ("POST", f"{URL}/{SECRET}?validationToken=abc", b"", (400, b""), []),
        ("GET", f"{URL}/{SECRET}", b"", (405, b""), []),
        ("POST", URL, CHANGED, (400, b""), []),
    ],
)
async def test_a_secret_in_the_url(
    method: str, path: str, body: bytes, answer: tuple[int, bytes], heard: list[Said]
) -> None:
    told: list[tuple[Hook, Said]] = []
    async with (
        listening(told) as url,
        aiohttp.ClientSession() as session,
        session.request(method, url + path, data=body) as response,
    ):
        assert (response.status, await response.read()) == answer
        assert response.status != 200 or response.content_type == "text/loud"
    assert told == [(HOOK, each) for each in heard]


@pytest.mark.parametrize(
    ("method", "headers", "body", "answer"),
    [
        ("POST", {}, CHANGED, (200, b"END")),
        ("POST", {}, b"something else", (404, b"")),
        ("POST", {"X-Secret": SECRET}, b"", (404, b"")),
        ("POST", {}, b"", (404, b"")),
        ("GET", {}, b"", (404, b"")),
        ("POST", {"Content-Encoding": "gzip"}, gzip.compress(bytes(2**17), mtime=0), (413, b"")),
        ("POST", {}, CHANGED + b" " * 2**16, (413, b"")),
    ],
)
async def test_an_unknown_hook_and_a_wrong_secret_are_answered_alike(
    method: str, headers: dict[str, str], body: bytes, answer: tuple[int, bytes]
) -> None:
    told: list[tuple[Hook, Said]] = []
    async with listening(told) as url, aiohttp.ClientSession() as session:
        seen = []
        for path in (f"{PATH}unknown/{SECRET}", f"{URL}/wrong", f"{PATH}unknown/wrong"):
            async with session.request(method, url + path, headers=headers, data=body) as response:
                left_out = {"Date"}
                rest = {name: value for name, value in response.headers.items() if name not in left_out}
                seen.append((response.status, await response.read(), rest))
    assert seen[0][:2] == answer
    assert seen[1:] == seen[:1] * 2
    assert told == []


async def test_where_no_dialect_has_its_secret_in_the_url_nothing_is_there() -> None:
    async with (
        listening([], by_url=None) as url,
        aiohttp.ClientSession() as session,
        session.post(f"{url}{URL}/{SECRET}", data=CHANGED) as response,
    ):
        assert (response.status, await response.read()) == (404, b"")


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
