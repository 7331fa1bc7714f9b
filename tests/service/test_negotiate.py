"""The lanes against servers that behave badly; the good ones are in tests/clients/test_ntlm.py and test_kerberos.py."""

import asyncio
import base64
from asyncio import BaseTransport
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from spnego.channel_bindings import GssChannelBindings

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.identities import NtlmIdentity
from service.negotiate import Negotiating
from service.reach import ANYWHERE, PUBLIC
from service.secrets import Secret
from service.wire import Ways
from simulation.estate import Estate
from simulation.exchange import ExchangeServer, SignIn
from simulation.exchange.server import EWS, FEDERATION
from simulation.faults import Call, Trouble
from tests.clients.tls import authority
from tests.service.forward_proxy import forward_proxy
from tests.service.names import lead

_IDENTITY = NtlmIdentity(FEDERATION.username, Secret(FEDERATION.password), spn="HTTP/mail.fabrikam.example")
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(answer), handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/EWS"
    finally:
        await runner.cleanup()


async def sent(url: str, seconds: float = 5.0) -> HttpResponse:
    async with Negotiating(_IDENTITY, url=url, lanes=1, timeout=timedelta(seconds=seconds)) as wire:
        return await wire.send(HttpRequest("POST", url, Headers({"X-Secret": "hunter2"}), b"body"))


def always(status: int, challenge: str = "", body: str = "") -> Answer:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(status=status, headers={"WWW-Authenticate": challenge} if challenge else {}, text=body)

    return answer


async def hang(_: web.BaseRequest) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError("never")


async def broken(request: web.BaseRequest) -> web.Response:
    return web.Response(status=503 if "Authorization" in request.headers else 401, headers={"WWW-Authenticate": "NTLM"})


async def huge(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = 64 * 2**20
    await response.prepare(request)
    for _ in range(64):
        await response.write(bytes(2**20))
    return response


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (always(401, "NTLM"), Reason.UNAUTHORIZED, "sign-in is refused"),
        (always(401, "NTLM !!!"), Reason.UNAUTHORIZED, "sign-in is refused"),
        (always(401, "NTLM AAAA"), Reason.UNAUTHORIZED, "no challenge"),
        (always(401, 'Basic realm="x"'), Reason.UNAUTHORIZED, "does not offer NTLM, but Basic"),
        (always(401), Reason.UNAUTHORIZED, "does not offer NTLM, but nothing"),
        (always(200), Reason.GARBLED, "asks for no sign-in"),
        (always(302), Reason.GARBLED, "redirect"),
        (huge, Reason.TOO_MANY_ENTRIES, "exceeds"),
        (hang, Reason.TIMEOUT, "no answer in time"),
    ],
)
async def test_every_failure_has_its_words(answer: Answer, reason: Reason, words: str) -> None:
    async with serving(answer) as url:
        with pytest.raises(PeerError, match=words) as raised:
            await sent(url, 0.5 if answer is hang else 5.0)
    assert raised.value.reason is reason
    assert raised.value.detail.startswith("127.0.0.1: ")
    for secret in ("hunter2", FEDERATION.password):
        assert secret not in str(raised.value)


async def test_nobody_listens() -> None:
    async with serving(always(200)) as url:
        pass
    with pytest.raises(PeerError, match="connection failed: Connection refused") as raised:
        await sent(url)
    assert raised.value.reason is Reason.UNREACHABLE


@pytest.mark.parametrize("answer", [always(503, body="full"), broken])
async def test_a_server_out_of_order_says_nothing_of_the_password(answer: Answer) -> None:
    async with serving(answer) as url, Negotiating(_IDENTITY, url=url, lanes=1) as wire:
        for _ in range(3):  # no pause begins
            assert (await wire.send(HttpRequest("POST", url))).status == 503


class Steps:
    """A sign-in whose tokens say nothing: what is looked at here is when they travel."""

    def __init__(self, *, kerberos: bool) -> None:
        self.kerberos = kerberos
        self.complete = False
        self._steps = 0

    async def step(self, token: bytes | None, _: GssChannelBindings | None) -> bytes:
        self._steps += 1
        self.complete = token is not None if self.kerberos else self._steps == 2
        return b"%d" % self._steps


class Somebody:
    """An Identity of such sign-ins."""

    def __init__(self, *, kerberos: bool) -> None:
        self.scheme = "Negotiate" if kerberos else "NTLM"
        self._kerberos = kerberos

    async def context(self) -> Any:
        return Steps(kerberos=self._kerberos)


class Domain:
    """A server that asks for a sign-in and, to the last token, says ``status``; a 200 or a 401 come of the password."""

    def __init__(self, *, kerberos: bool, status: int, proof: str = "") -> None:
        self.last = "1" if kerberos else "2"
        self.scheme = "Negotiate" if kerberos else "NTLM"
        self.identity = Somebody(kerberos=kerberos)
        self.status = status
        self.proof = proof
        self.proofs: list[BaseTransport | None] = []
        self.plain: list[BaseTransport | None] = []
        self.now = 0.0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        await request.read()
        token = request.headers.get("Authorization", "").partition(" ")[2]
        if not token:
            self.plain.append(request.transport)
        if base64.b64decode(token).decode() != self.last:
            challenge = self.scheme if not token else f"{self.scheme} AAAA"
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        self.proofs.append(request.transport)
        headers = (
            {"WWW-Authenticate": f"{self.scheme} {self.proof}".strip()} if self.proof or self.status == 401 else {}
        )
        return web.Response(status=self.status, headers={**headers, "Retry-After": "7"}, text="whoever says this")

    @asynccontextmanager
    async def wire(self, lanes: int = 1) -> AsyncIterator[Callable[[], Awaitable[HttpResponse]]]:
        async with (
            serving(self.answer) as url,
            Negotiating(self.identity, url=url, lanes=lanes, clock=lambda: self.now) as wire,
        ):
            yield lambda: wire.send(HttpRequest("POST", url, Headers(), b"body"))


async def at_once(ask: Callable[[], Awaitable[HttpResponse]], count: int = 10) -> list[HttpResponse | BaseException]:
    return await asyncio.gather(*(ask() for _ in range(count)), return_exceptions=True)


@pytest.mark.parametrize("kerberos", [False, True])
@pytest.mark.parametrize("status", [403, 429, 502, 503, 504])
async def test_what_a_gateway_says_to_the_last_token_proves_nothing_and_is_no_refusal(
    kerberos: bool, status: int
) -> None:
    domain = Domain(kerberos=kerberos, status=status)
    async with domain.wire(lanes=10) as ask:
        for _ in range(5):  # no pause begins
            response = await ask()
            assert (response.status, response.headers["Retry-After"]) == (status, "7")
        domain.status, domain.proofs = 401, []
        answers = await at_once(ask)
        assert all(isinstance(answer, PeerError) for answer in answers)
        assert len(domain.proofs) == 1


async def test_an_error_without_the_server_s_proof_is_not_read_and_its_connection_not_used_again() -> None:
    """With Kerberos the server has to prove itself: here nobody knows who has answered."""
    domain = Domain(kerberos=True, status=500)
    async with domain.wire() as ask:
        assert (await ask()).body == b""
        domain.status, domain.proof = 200, "AAAA"
        assert (await ask()).body == b"whoever says this"
        assert len(domain.proofs) == len(set(domain.proofs)) == 2
        assert len(domain.plain) == 2


async def test_a_sign_in_that_broke_off_is_not_begun_anew_on_its_connection() -> None:
    """The server may be waiting there for the proof, and would take a new beginning for a wrong one."""
    seen: list[BaseTransport | None] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        if "Authorization" not in request.headers:
            seen.append(request.transport)
        return await broken(request)

    async with serving(answer) as url, Negotiating(_IDENTITY, url=url, lanes=1) as wire:
        for _ in range(3):
            assert (await wire.send(HttpRequest("POST", url))).status == 503
    assert len(set(seen)) == len(seen) == 3


async def test_an_error_with_the_server_s_proof_is_the_server_s() -> None:
    domain = Domain(kerberos=True, status=500, proof="AAAA")
    async with domain.wire() as ask:
        assert (await ask()).body == b"whoever says this"


async def test_a_success_without_the_server_s_proof_is_a_refusal() -> None:
    domain = Domain(kerberos=True, status=200)
    async with domain.wire() as ask:
        for words in ("not proved that it is the one meant$", "not tried again for 120 s"):
            with pytest.raises(PeerError, match=words):
                await ask()
        assert len(domain.proofs) == 1


@pytest.mark.parametrize("kerberos", [False, True])
async def test_a_password_changed_a_moment_ago_costs_two_attempts_however_many_ask(kerberos: bool) -> None:
    domain = Domain(kerberos=kerberos, status=200, proof="AAAA")
    async with domain.wire(lanes=10) as ask:
        await ask()
        domain.now, domain.status, domain.proofs = 30.0, 401, []
        domain.proof = ""
        await at_once(ask, 50)
        burnt = len(domain.proofs)
        assert burnt <= 2
        tried = {}
        for domain.now in (44.0, 45.0, 45.0 + 119.0):
            await at_once(ask, 50)
            tried[domain.now] = len(domain.proofs) - burnt
        assert tried == {44.0: 0, 45.0: 1, 164.0: 1}


async def test_neither_body_nor_token_goes_out_before_it_is_asked_for(estate: Estate) -> None:
    async with ExchangeServer(estate, sign_in=SignIn(["NTLM"])) as server:
        async with Negotiating(_IDENTITY, url=server.ews_url, lanes=1) as wire:
            await wire.send(HttpRequest("POST", server.ews_url, Headers({"Content-Type": "text/xml"}), b"<a/>"))
        assert [call.body for call in server.calls] == [b"", b"", b"<a/>"]
        schemes = [call.headers.get("authorization", "").partition(" ")[0] for call in server.calls]
        assert schemes == ["", "NTLM", "NTLM"]


async def test_a_deadline_ends_the_wait_for_a_lane(estate: Estate) -> None:
    """What is cut short gives its lane back, and what was half signed in is not taken for whole."""
    async with ExchangeServer(estate, sign_in=SignIn(["NTLM"])) as server:
        request = HttpRequest("POST", server.ews_url, Headers({"Content-Type": "text/xml"}), b"<a/>")
        async with Negotiating(_IDENTITY, url=server.ews_url, lanes=1) as wire:
            server.faults.latency = 30.0
            for _ in range(2):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(wire.send(request), 0.1)
            server.faults.latency = 0.0
            assert (await wire.send(request)).status == 500  # a fault: the question is none, but it was heard
            assert server.calls[-1].user == FEDERATION.username


async def test_through_a_forward_proxy_and_to_private_addresses(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = authority(tmp_path)
    lead(monkeypatch, localhost=["127.0.0.1"], mail_example=["127.0.0.1"])
    async with ExchangeServer(estate, ssl=tls.server, sign_in=SignIn(["NTLM"], certificate=tls.certificate)) as server:
        port = int(server.url.rpartition(":")[2])
        async with forward_proxy(port) as proxy:
            environ = {"HTTPS_PROXY": proxy.url}
            url = f"https://mail.example:{port}{EWS}"
            async with Negotiating(_IDENTITY, url=url, lanes=1, ca=Path(tls.ca), ways=Ways(PUBLIC, environ)) as wire:
                with pytest.raises(PeerError, match=r"mail\.example: its certificate is not trusted"):
                    await wire.send(HttpRequest("POST", url))
            assert proxy.asked == [f"mail.example:{port}"]
        async with Negotiating(_IDENTITY, url=url, lanes=1, ca=Path(tls.ca)) as wire:
            with pytest.raises(PeerError, match="leads to the private address"):
                await wire.send(HttpRequest("POST", url))
        async with Negotiating(_IDENTITY, url=url, lanes=1, ca=Path(tls.ca), ways=Ways(ANYWHERE, {})) as wire:
            with pytest.raises(PeerError, match="certificate is not trusted"):  # it got there
                await wire.send(HttpRequest("POST", url))
        assert server.calls == []


async def test_bound_to_the_server_behind_a_forward_proxy(estate: Estate, tmp_path: Path) -> None:
    tls = authority(tmp_path, "mail.example")
    async with ExchangeServer(estate, ssl=tls.server, sign_in=SignIn(["NTLM"], certificate=tls.certificate)) as server:
        async with forward_proxy(int(server.url.rpartition(":")[2])) as proxy:
            url, environ = f"https://mail.example{EWS}", {"HTTPS_PROXY": proxy.url}
            async with Negotiating(_IDENTITY, url=url, lanes=1, ca=Path(tls.ca), ways=Ways(PUBLIC, environ)) as wire:
                for _ in range(2):
                    response = await wire.send(HttpRequest("POST", url, Headers({"Content-Type": "text/xml"}), b"<a/>"))
                    assert response.status == 500
        assert [call.user for call in server.calls][-2:] == [FEDERATION.username] * 2
        assert server.sign_in.handshakes == 1
        assert proxy.asked == ["mail.example:443"]


@pytest.mark.parametrize("cut", [1, 2], ids=["with the last token", "on a connection that is signed in"])
@pytest.mark.parametrize("repeatable", [True, False])
async def test_what_may_have_arrived_is_sent_again_only_where_that_does_no_harm(cut: int, repeatable: bool) -> None:
    """The server takes a request and hangs up: nobody knows whether it was done."""
    domain, bodies = Domain(kerberos=False, status=200), 0

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal bodies
        if await request.read():
            bodies += 1
            if bodies == cut and request.transport is not None:
                request.transport.abort()
        return web.Response() if request.transport in domain.proofs else await domain.answer(request)

    async with (
        serving(answer) as url,
        Negotiating(domain.identity, url=url, lanes=1, repeatable=repeatable) as wire,
    ):
        request = HttpRequest("POST", url, Headers(), b"body")
        for _ in range(1, cut):
            await wire.send(request)
        if repeatable:
            assert (await wire.send(request)).status == 200
        else:
            with pytest.raises(PeerError) as raised:
                await wire.send(request)
            assert raised.value.reason is Reason.UNREACHABLE
    assert bodies == cut + repeatable


class HangingUp(ExchangeServer):
    """Closes the connection on which it has just sent its NTLM challenge, politely."""

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        response = await super().answer(request, call, trouble)
        if any(value.startswith("NTLM ") for value in response.headers.getall("WWW-Authenticate", [])):
            response.force_close()
        return response


async def test_no_proof_goes_out_on_another_connection(estate: Estate) -> None:
    """A proof belongs to the challenge of its own connection: anywhere else it would count as a wrong password."""
    async with HangingUp(estate, sign_in=SignIn(["NTLM"])) as server:
        async with Negotiating(_IDENTITY, url=server.ews_url, lanes=1) as wire:
            with pytest.raises(PeerError, match="closed the connection") as raised:
                await wire.send(HttpRequest("POST", server.ews_url, Headers(), b"<a/>"))
        assert raised.value.reason is Reason.UNREACHABLE
        tokens = [call.headers.get("authorization", "").partition(" ")[2] for call in server.calls]
        kinds = [base64.b64decode(token)[8:9] for token in tokens if token]
        assert kinds == [b"\1", b"\1"]  # two beginnings, no proof
