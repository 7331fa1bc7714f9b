"""Each kind of sign-in, from the settings to the truth: against the simulated Exchange that asks for just that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from protocols.errors import PeerError
from protocols.ews import ask as ews
from protocols.http import Send
from protocols.model.freebusy import Answer, Availability, Question, Reason
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from service.exchange import at_exchange
from service.exchange_sign_in import ExchangeSection
from service.outgoing import Outgoing
from service.secrets import SecretError
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer, SignIn
from simulation.exchange.server import FEDERATION
from simulation.faults import Call, Trouble
from simulation.graph import GraphServer
from simulation.graph.tokens import Application
from tests.clients.tls import authority
from tests.service.names import lead

ANN = Mailbox.parse("frieda.lang@fabrikam.example")
START = datetime(2026, 11, 23, tzinfo=UTC)
DAY = TimeWindow(START, START + timedelta(days=1))
USER = {"username": FEDERATION.username, "password": "file:password"}
ESTATE = Estate(date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _secrets(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(FEDERATION.password)
    (tmp_path / "application").write_text(Application().secret)


async def opened(directory: Path, stack: AsyncExitStack, url: str, auth: dict[str, Any], **more: Any) -> Send:
    settings = ExchangeSection.model_validate({"url": url, "auth": auth, **more})
    return await at_exchange(settings, Outgoing(settings, directory, stack), lanes=10)


async def asked(send: Send, url: str) -> Answer:
    return (await ews.ask(send, [ANN], Question(window=DAY), url=url, source="fabrikam", as_of=START))[0]


async def asked_once(directory: Path, url: str, auth: dict[str, Any], **more: Any) -> Answer:
    async with AsyncExitStack() as stack:
        return await asked(await opened(directory, stack, url, auth, **more), url)


@asynccontextmanager
async def exchange(*schemes: str, **more: Any) -> AsyncIterator[ExchangeServer]:
    async with ExchangeServer(ESTATE, sign_in=SignIn(schemes, **more)) as server:
        yield server


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [
        ("Basic", {"kind": "basic", **USER}),
        ("NTLM", {"kind": "ntlm", **USER}),
        ("Negotiate", {"kind": "negotiate", **USER, "username": "FABRIKAM\\busyline"}),
    ],
)
async def test_by_password(tmp_path: Path, scheme: str, auth: dict[str, Any]) -> None:
    async with exchange(scheme) as server:
        answer = await asked_once(tmp_path, server.ews_url, auth)
        assert isinstance(answer, Availability)
        busy = [each for each in answer.intervals if each.status is not BusyStatus.FREE]
        assert busy == ESTATE.expected(ANN.address, DAY)
        assert server.calls[-1].user == FEDERATION.username


@pytest.mark.parametrize("scheme", ["Basic", "NTLM", "Negotiate"])
async def test_a_wrong_password_is_tried_once_however_many_ask(tmp_path: Path, scheme: str) -> None:
    (tmp_path / "password").write_text("wrong")
    async with exchange(scheme) as server, AsyncExitStack() as stack:
        auth = {"kind": scheme.lower(), **USER, "username": "FABRIKAM\\busyline"}
        send = await opened(tmp_path, stack, server.ews_url, auth)
        answers = await asyncio.gather(*(asked(send, server.ews_url) for _ in range(10)), return_exceptions=True)
        assert all(isinstance(each, PeerError) for each in answers)
        shown = [call for call in server.calls if call.status == 401 and "authorization" in call.headers]
        assert (server.sign_in.refusals or len(shown)) == 1


async def test_by_oauth(tmp_path: Path) -> None:
    """The tenant issues a token for the server's own name; the server knows it again."""
    tls = authority(tmp_path)
    async with GraphServer(ESTATE, ssl=tls.server) as tenant:

        def bearer(token: str) -> Account | None:
            return FEDERATION if tenant.tokens.claims(f"Bearer {token}") else None

        async with ExchangeServer(ESTATE, ssl=tls.server, sign_in=SignIn(["Bearer"], bearer=bearer)) as server:
            auth = {"kind": "oauth", "tenant": tenant.tenant, "client_id": Application().client_id}
            auth |= {"secret": "file:application", "login_url": tenant.url}
            answer = await asked_once(tmp_path, server.ews_url, auth, ca=tls.ca)
            assert isinstance(answer, Availability)
            assert server.calls[-1].user == FEDERATION.username
            [form] = [call.body.decode() for call in tenant.calls if call.path.endswith("/token")]
            assert "scope=https%3A%2F%2F127.0.0.1%2F.default" in form
            assert Application().secret not in repr(server.calls)


class Misleading(GraphServer):
    """A tenant whose metadata lead to another place."""

    elsewhere = ""

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        if "openid-configuration" in request.path:
            return self.tokens.discovery(self.elsewhere, self.tenant)
        return await super().answer(request, call, trouble)


async def test_a_tenant_that_names_another_place_for_tokens_gets_no_secret(tmp_path: Path) -> None:
    """What the metadata say is not believed where they lead to another origin than the one configured."""
    tls = authority(tmp_path)
    async with (
        GraphServer(ESTATE, ssl=tls.server) as other,
        Misleading(ESTATE, ssl=tls.server) as tenant,
        exchange("Bearer") as server,
    ):
        tenant.elsewhere = other.url
        auth = {"kind": "oauth", "tenant": tenant.tenant, "client_id": Application().client_id}
        auth |= {"secret": "file:application", "login_url": tenant.url}
        with pytest.raises(PeerError, match="not sent to another place") as raised:
            await asked_once(tmp_path, server.ews_url, auth, ca=tls.ca)
        assert raised.value.reason is Reason.UNAUTHORIZED
        assert other.calls == []


@pytest.mark.parametrize("kind", ["basic", "ntlm", "negotiate"])
async def test_private_addresses_only_where_they_are_meant(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(monkeypatch, mail_fabrikam_example=["10.0.0.1"])
    url, auth = "https://mail.fabrikam.example/EWS/Exchange.asmx", {"kind": kind, **USER, "username": "F\\svc"}
    with pytest.raises(PeerError, match=r"leads to the private address 10\.0\.0\.1: write private_network = true"):
        await asked_once(tmp_path, url, auth)
    lead(monkeypatch, mail_fabrikam_example=["127.0.0.1"])
    with pytest.raises(PeerError, match="Connection refused"):  # it was tried
        await asked_once(tmp_path, url.replace("example/", "example:1/"), auth, private_network=True)


@pytest.mark.parametrize(
    "auth",
    [
        {"kind": "ntlm", "username": "u", "password": "file:none"},
        {"kind": "negotiate", "username": "u", "password": "file:none"},
        {"kind": "oauth", "tenant": "t", "client_id": "c", "secret": "file:none"},
    ],
)
async def test_a_missing_secret_is_told_at_the_start(tmp_path: Path, auth: dict[str, Any]) -> None:
    with pytest.raises(SecretError, match="there is no file"):
        await asked_once(tmp_path, "https://x.example/EWS", auth)


class HangingUp(ExchangeServer):
    """Hears a question of somebody who has signed in, and hangs up."""

    heard = 0

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        response = await super().answer(request, call, trouble)
        if call.user and call.body:
            self.heard += 1
            assert request.transport is not None
            request.transport.abort()
        return response


@pytest.mark.parametrize("scheme", ["Basic", "NTLM"])
@pytest.mark.parametrize(("repeatable", "heard"), [(True, 2), (False, 1)])
async def test_what_writes_is_sent_once(tmp_path: Path, scheme: str, repeatable: bool, heard: int) -> None:
    async with HangingUp(ESTATE, sign_in=SignIn([scheme])) as server, AsyncExitStack() as stack:
        auth = {"kind": scheme.lower(), **USER}
        settings = ExchangeSection.model_validate({"url": server.ews_url, "auth": auth})
        outgoing = Outgoing(settings, tmp_path, stack)
        send = await at_exchange(settings, outgoing, lanes=1, repeatable=repeatable)
        with pytest.raises(PeerError) as raised:
            await asked(send, server.ews_url)
        assert (raised.value.reason, server.heard) == (Reason.UNREACHABLE, heard)
