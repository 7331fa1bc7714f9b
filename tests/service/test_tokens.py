"""What every source of tokens shares: the cache, the one flight, the patience after a failure."""

import asyncio
import threading

import pytest

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.secrets import Secret
from service.tokens import CachedTokens, authorized, basic, refused


class Numbered(CachedTokens):
    """Tokens "1", "2" … each good for an hour; ``broken`` makes the next fetches fail; ``gate`` holds them back."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(clock=lambda: self.now)
        self.fetches = 0
        self.broken = False
        self.gate = threading.Event()
        self.gate.set()

    def fetch(self) -> tuple[Secret, float]:
        """The next one."""
        self.fetches += 1
        assert self.gate.wait(10)
        if self.broken:
            raise refused("no token today")
        return Secret(str(self.fetches)), 3600.0


async def test_a_token_is_kept_until_five_minutes_before_it_expires() -> None:
    tokens = Numbered()
    seen = []
    for now in (0.0, 3299.0, 3301.0, 3302.0):
        tokens.now = now
        seen.append((await tokens.bearer()).reveal())
    assert seen == ["1", "1", "2", "2"]


async def test_all_who_wait_share_one_fetch_and_one_who_gives_up_spoils_nothing() -> None:
    tokens = Numbered()
    tokens.gate.clear()
    waiting = [asyncio.create_task(tokens.bearer()) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    tokens.gate.set()
    found = await asyncio.gather(*waiting[1:])
    assert {token.reveal() for token in found} == {"1"}
    assert waiting[0].cancelled()
    assert tokens.fetches == 1


async def test_a_failure_is_remembered_for_a_moment_only() -> None:
    tokens = Numbered()
    tokens.broken = True
    for now, fetches in ((0.0, 1), (4.0, 1), (6.0, 2)):
        tokens.now = now
        with pytest.raises(PeerError, match="no token today"):
            await tokens.bearer()
        assert tokens.fetches == fetches
    tokens.now, tokens.broken = 12.0, False
    assert (await tokens.bearer()).reveal() == "3"


async def test_a_refused_token_is_renewed_once() -> None:
    tokens, sent = Numbered(), []

    async def send(request: HttpRequest) -> HttpResponse:
        sent.append(request.headers["Authorization"])
        return HttpResponse(200 if request.headers["Authorization"] == "Bearer 2" else 401)

    asking = authorized(send, tokens, to="https://x/y")
    assert (await asking(HttpRequest("GET", "https://x"))).status == 401  # just fetched: not renewed again at once
    tokens.now = 60.0
    assert (await asking(HttpRequest("GET", "https://x"))).status == 200
    assert sent == ["Bearer 1", "Bearer 1", "Bearer 1", "Bearer 2"]


async def test_basic_speaks_utf_8_and_replaces_what_was_there() -> None:
    seen: list[HttpRequest] = []

    async def send(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(200)

    asked = HttpRequest("POST", "https://x", Headers({"authorization": "old", "A": "b"}), b"body")
    await basic(send, "DOM\\grün", Secret("ß"), to=asked.url)(asked)
    assert seen[0].headers.fields == (("A", "b"), ("Authorization", "Basic RE9NXGdyw7xuOsOf"))
    assert seen[0].body == b"body"


def test_a_refusal_is_unauthorized() -> None:
    assert refused("words").reason is Reason.UNAUTHORIZED


async def test_a_server_that_takes_no_tokens_says_what_it_takes() -> None:
    async def send(_: HttpRequest) -> HttpResponse:
        return HttpResponse(401, Headers({"WWW-Authenticate": 'Basic realm="hunter2"'}))

    with pytest.raises(PeerError) as error:
        await authorized(send, Numbered(), to="https://x")(HttpRequest("GET", "https://x"))
    assert (
        str(error.value)
        == 'unauthorized: HTTP 401: the server offers Basic, not Bearer: set kind = "basic" in its auth'
    )
