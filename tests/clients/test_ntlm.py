"""NTLM and Negotiate by NTLM against a real acceptor over sockets: one handshake a connection, bound to its TLS."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.ews.ask import ask
from protocols.http import Headers, HttpRequest
from protocols.model.freebusy import Availability, Question, Reason
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from service.identities import NtlmIdentity
from service.negotiate import Negotiating
from service.secrets import Secret
from simulation.estate import Estate
from simulation.exchange import ExchangeServer, SignIn
from simulation.exchange.server import ASSISTANT, FEDERATION
from simulation.faults import Trouble
from tests.clients.conftest import window_in
from tests.clients.tls import Authority, authority
from tests.needs import missing, program
from tests.relay import relayed

pytestmark = pytest.mark.client
SPN = "HTTP/mail.fabrikam.example"
ANN = Mailbox.parse("frieda.lang@fabrikam.example")
WINDOW = window_in("Europe/Berlin", "autumn")
DAY = TimeWindow(WINDOW.start, WINDOW.start + timedelta(days=1))


def negotiating(
    url: str,
    tls: Authority,
    *,
    username: str = FEDERATION.username,
    password: str = FEDERATION.password,
    scheme: str = "NTLM",
    lanes: int = 1,
    clock: Callable[[], float] = lambda: 0.0,
) -> Negotiating:
    identity = NtlmIdentity(username, Secret(password), spn=SPN, scheme=scheme)
    return Negotiating(identity, url=url, lanes=lanes, ca=Path(tls.ca), clock=clock, timeout=timedelta(seconds=20))


async def asked(wire: Negotiating, url: str) -> Availability:
    [answer] = await ask(wire.send, [ANN], Question(window=DAY), url=url, source="x", as_of=DAY.start)
    assert isinstance(answer, Availability)
    return answer


@asynccontextmanager
async def exchange(estate: Estate, tls: Authority, *schemes: str, bound: bool = False) -> AsyncIterator[ExchangeServer]:
    sign_in = SignIn(schemes or ("Negotiate", "NTLM"), certificate=tls.certificate if bound else None)
    async with ExchangeServer(estate, ssl=tls.server, sign_in=sign_in) as server:
        yield server


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
@pytest.mark.parametrize("username", [FEDERATION.username, "FABRIKAM\\busyline"])
async def test_one_sign_in_serves_a_connection(
    estate: Estate, tls: Authority, scheme: str, username: str, bound: bool
) -> None:
    async with (
        exchange(estate, tls, scheme, bound=bound) as server,
        negotiating(server.ews_url, tls, username=username, scheme=scheme) as wire,
    ):
        answers = [await asked(wire, server.ews_url) for _ in range(3)]
        assert [list(answer.intervals) for answer in answers] == [estate.expected(ANN.address, DAY)] * 3
        assert [call.user for call in server.calls if call.status == 200] == [FEDERATION.username] * 3
        assert server.sign_in.handshakes == 1
        assert len(server.calls) == 5  # a challenge, a negotiation, and three questions


def curl_with_ntlm() -> str:
    """The program curl, where it is built with NTLM."""
    curl = program("curl")
    if "NTLM" not in subprocess.run([curl, "--version"], capture_output=True, text=True, check=True).stdout:
        missing("curl with NTLM")
    return curl


async def test_curl_signs_in_at_the_same_door(estate: Estate, tls: Authority) -> None:
    """What our side is tried against takes the NTLM of others, and refuses their wrong passwords."""
    curl = curl_with_ntlm()
    async with exchange(estate, tls, "NTLM") as server:
        for password, status in ((FEDERATION.password, "200"), ("wrong", "401")):
            command = [
                curl,
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "--noproxy",
                "*",
                "--cacert",
                tls.ca,
                "--ntlm",
            ]
            command += ["-u", f"{FEDERATION.username}:{password}", f"{server.url}/autodiscover/autodiscover.xml"]
            done = await asyncio.create_subprocess_exec(*command, "-d", "", stdout=asyncio.subprocess.PIPE)
            assert (await done.communicate())[0].decode() == status


async def test_a_hundred_questions_at_once_share_the_lanes(estate: Estate, tls: Authority) -> None:
    async with (
        exchange(estate, tls, bound=True) as server,
        negotiating(server.ews_url, tls, lanes=8) as wire,
    ):
        answers = await asyncio.gather(*(asked(wire, server.ews_url) for _ in range(100)))
        assert {tuple(answer.intervals) for answer in answers} == {tuple(estate.expected(ANN.address, DAY))}
        assert 1 <= server.sign_in.handshakes <= 8
        assert server.sign_in.refusals == 0


async def test_a_wrong_password_is_tried_once_however_many_ask(estate: Estate, tls: Authority) -> None:
    now = 0.0
    async with (
        exchange(estate, tls) as server,
        negotiating(server.ews_url, tls, password="wrong", lanes=4, clock=lambda: now) as wire,
    ):

        async def refused() -> PeerError:
            with pytest.raises(PeerError, match="sign-in is refused") as raised:
                await asked(wire, server.ews_url)
            assert raised.value.reason is Reason.UNAUTHORIZED
            assert "wrong" not in str(raised.value)
            return raised.value

        await asyncio.gather(*(refused() for _ in range(20)))
        assert server.sign_in.refusals == 1
        for moment, attempts in ((119.0, 1), (120.0, 2), (590.0, 2), (600.0, 3), (1800.0, 3)):
            now = moment
            error = await refused()
            assert server.sign_in.refusals == attempts
        assert error.retry_after == timedelta(seconds=600 + 1920 - 1800)


async def outcomes(wire: Negotiating, url: str, count: int = 10) -> list[Availability | BaseException]:
    return await asyncio.gather(*(asked(wire, url) for _ in range(count)), return_exceptions=True)


async def test_a_password_changed_a_moment_ago_costs_two_attempts_however_many_ask(
    estate: Estate, tls: Authority
) -> None:
    now = 0.0
    async with exchange(estate, tls) as server, negotiating(server.ews_url, tls, lanes=10, clock=lambda: now) as wire:
        await outcomes(wire, server.ews_url)
        server.sign_in.change([replace(FEDERATION, password="another")])
        tried = []
        for moment in (30.0, 31.0, 149.0, 150.0, 629.0, 630.0, 1829.0):
            now, before = moment, server.sign_in.refusals
            assert all(isinstance(each, PeerError) for each in await outcomes(wire, server.ews_url))
            tried.append(server.sign_in.refusals - before)
        assert tried[0] in (1, 2)
        assert sum(tried) <= 4  # in half an hour; Active Directory commonly locks at five
        server.sign_in.change([FEDERATION])
        now = 10_000.0
        assert [str(each) for each in await outcomes(wire, server.ews_url) if isinstance(each, PeerError)] == []


async def test_a_gateway_out_of_order_proves_no_password(estate: Estate, tls: Authority) -> None:
    """It answers the proof itself and shows it to nobody; the wrong password is tried by one alone all the same."""
    async with (
        exchange(estate, tls) as server,
        negotiating(server.ews_url, tls, password="wrong", lanes=10) as wire,
    ):
        server.faults.trouble, server.faults.throttle_status = Trouble.THROTTLED, 503
        server.faults.only = lambda call: bool(call.body)
        for _ in range(3):
            with pytest.raises(PeerError) as raised:
                await asked(wire, server.ews_url)
            assert raised.value.reason is not Reason.UNAUTHORIZED
        server.faults.only = lambda _: False
        await outcomes(wire, server.ews_url)
        assert server.sign_in.refusals == 1


async def test_the_server_forgets_a_connection(estate: Estate, tls: Authority) -> None:
    """As after a restart of its pool: 401 on a connection that was signed in begins one handshake anew."""
    async with exchange(estate, tls) as server, negotiating(server.ews_url, tls) as wire:
        await asked(wire, server.ews_url)
        server.faults.trouble, server.faults.times = Trouble.DENIED, 1
        await asked(wire, server.ews_url)
        assert server.sign_in.handshakes == 2


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_a_connection_lost_in_the_middle_begins_anew_once(estate: Estate, tls: Authority, lost: int) -> None:
    """The challenge, the negotiation or the proof: nothing of a handshake goes on over another connection."""
    async with exchange(estate, tls) as server, negotiating(server.ews_url, tls) as wire:
        server.faults.trouble = Trouble.RESET
        server.faults.only = lambda _: len(server.calls) == lost
        await asked(wire, server.ews_url)
        assert server.sign_in.refusals == 0
        server.faults.only = lambda _: True
        with pytest.raises(PeerError) as raised:
            await asked(wire, server.ews_url)
        assert raised.value.reason is Reason.UNREACHABLE


async def test_nothing_else_is_proved_where_the_scheme_is_not_offered(estate: Estate, tls: Authority) -> None:
    async with exchange(estate, tls, "Basic", "NTLM") as server:
        async with negotiating(server.ews_url, tls, scheme="Negotiate") as wire:
            with pytest.raises(PeerError, match="does not offer Negotiate, but Basic, NTLM"):
                await asked(wire, server.ews_url)
        assert [call.headers.get("authorization") for call in server.calls] == [None]


async def test_credentials_stay_with_their_origin(estate: Estate, tls: Authority) -> None:
    async with exchange(estate, tls) as server, exchange(estate, tls) as other:
        async with negotiating(server.ews_url, tls) as wire:
            with pytest.raises(PeerError, match="not sent to another place"):
                await wire.send(HttpRequest("POST", other.ews_url, Headers(), b""))
        assert other.calls == []


def test_never_over_plain_http() -> None:
    with pytest.raises(ValueError, match="not sent over plain HTTP"):
        Negotiating(NtlmIdentity("u", Secret("p"), spn=SPN), url="http://192.0.2.1/EWS", lanes=1)


@asynccontextmanager
async def man_in_the_middle(server: ExchangeServer, own: Authority, trusted: Authority) -> AsyncIterator[str]:
    """Ends TLS with a certificate of its own and passes all on, as who holds a trusted certificate could."""
    port = int(server.url.rpartition(":")[2])

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward: ssl.SSLContext = trusted.client
        there = await asyncio.open_connection("127.0.0.1", port, ssl=onward)
        await relayed((reader, writer), there)

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=own.server)
    try:
        yield f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/EWS/Exchange.asmx"
    finally:
        listening.close()


@pytest.mark.parametrize("bound", [False, True])
async def test_a_man_in_the_middle_gets_nowhere_where_the_channel_is_bound(
    estate: Estate, tls: Authority, tmp_path: Path, bound: bool
) -> None:
    foreign = authority(tmp_path)
    async with (
        exchange(estate, tls, bound=bound) as server,
        man_in_the_middle(server, foreign, tls) as url,
        negotiating(url, foreign) as wire,
    ):
        if bound:
            with pytest.raises(PeerError, match="Extended Protection"):
                await asked(wire, url)
            assert server.sign_in.refusals == 1
        else:
            await asked(wire, url)  # the same way is open where nothing is bound: it is the binding that closes it


async def test_who_is_allowed_more_sees_more(estate: Estate, tls: Authority) -> None:
    """The account that signed in is the one that counts."""
    async with exchange(estate, tls) as server:
        name, password = ASSISTANT.username, ASSISTANT.password
        async with negotiating(server.ews_url, tls, username=name, password=password) as wire:
            await asked(wire, server.ews_url)
        assert server.calls[-1].user == ASSISTANT.username
