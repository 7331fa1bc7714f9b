"""The troubles of the network are real ones: a client that is not ours suffers them on the socket."""

import asyncio

import aiohttp
import pytest

from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import FEDERATION
from simulation.faults import Call, Trouble

HEADERS = {
    "Authorization": aiohttp.encode_basic_auth(FEDERATION.username, FEDERATION.password),
    "Content-Type": "text/xml",
}
QUESTION = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<GetServerTimeZones xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"/></s:Body></s:Envelope>"""


async def ask(server: ExchangeServer, seconds: float = 5) -> tuple[int, str, bytes]:
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(server.ews_url, data=QUESTION, headers=HEADERS) as response,
    ):
        return response.status, response.content_type, await response.read()


async def test_a_healthy_answer_is_noted_in_the_journal(estate: Estate) -> None:
    async with ExchangeServer(estate) as server:
        status, _, body = await ask(server)
        assert (status, b"W. Europe Standard Time" in body) == (200, True)
        (call,) = server.questions
        assert (call.method, call.path, call.status, call.user) == (
            "POST",
            "/EWS/Exchange.asmx",
            200,
            FEDERATION.username,
        )
        assert call.body == QUESTION


@pytest.mark.parametrize("trouble", [Trouble.RESET, Trouble.CUT])
async def test_connections_break(estate: Estate, trouble: Trouble) -> None:
    async with ExchangeServer(estate) as server:
        server.faults.trouble = trouble
        with pytest.raises(aiohttp.ClientError):
            await ask(server)


async def test_a_server_that_hangs_still_stops(estate: Estate) -> None:
    async with ExchangeServer(estate) as server:
        server.faults.trouble = Trouble.HANG
        with pytest.raises(TimeoutError):
            await ask(server, seconds=0.1)
        arrived = asyncio.Event()

        def notice(_call: Call) -> bool:
            arrived.set()
            return True

        server.faults.only = notice
        hanging = asyncio.create_task(ask(server))
        await arrived.wait()
    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_answers_that_are_none(estate: Estate) -> None:
    async with ExchangeServer(estate) as server:
        whole = await ask(server)
        server.faults.trouble = Trouble.TRUNCATED
        status, _, half = await ask(server)
        assert (status, half) == (200, whole[2][: len(whole[2]) // 2])
        server.faults.trouble = Trouble.HTML
        status, kind, page = await ask(server)
        assert (status, kind, page[:9]) == (200, "text/html", b"<!DOCTYPE")
        server.faults.trouble = Trouble.GARBAGE
        assert (await ask(server))[2][:1] == b"\x00"
        server.faults.clear()
        assert await ask(server) == whole


async def test_an_answer_that_trickles_is_never_whole(estate: Estate) -> None:
    async with ExchangeServer(estate) as server:
        server.faults.trouble = Trouble.TRICKLE
        with pytest.raises(TimeoutError):
            await ask(server, seconds=0.2)
        arrived = asyncio.Event()

        def notice(_call: Call) -> bool:
            arrived.set()
            return True

        server.faults.only = notice
        begun = asyncio.create_task(ask(server))
        await arrived.wait()
    with pytest.raises(aiohttp.ClientError):
        await begun


async def test_latency_delays_and_questions_meet(estate: Estate) -> None:
    async with ExchangeServer(estate) as server:
        server.faults.latency = 0.05
        before = asyncio.get_running_loop().time()
        await asyncio.gather(ask(server), ask(server), ask(server))
        assert asyncio.get_running_loop().time() - before >= 0.05
        assert server.most_at_once == 3
