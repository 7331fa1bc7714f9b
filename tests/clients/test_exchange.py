"""Three EWS clients ask the simulated Exchange and must see the truth, to the minute, in four zones, twice a year."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import protocols.ews.schema
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import ASSISTANT, FEDERATION
from simulation.faults import Trouble
from tests.clients import exchangelib_client, node_client, zeep_client
from tests.clients.blocks import expected
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.tls import Authority

pytestmark = [
    pytest.mark.client,
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
WSDL = str(Path(protocols.ews.schema.__file__).parent / "Services.wsdl")
KNOWN = ("frieda.lang@fabrikam.example", "brian.sullivan@fabrikam.example", "amelia.fraser@fabrikam.example",
         "indrani.roy@fabrikam.example", "room.hudson@fabrikam.example")  # fmt: skip
ASKED = [KNOWN[0], "nobody@fabrikam.example", *KNOWN[1:], KNOWN[0]]


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[ExchangeServer]:
    async with ExchangeServer(estate, ssl=tls.server) as server:
        yield server


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_exchangelib_sees_the_truth(
    server: ExchangeServer, estate: Estate, tls: Authority, zone: str, season: str
) -> None:
    start, end = SEASONS[season]
    answers = await asyncio.to_thread(
        exchangelib_client.free_busy,
        server.ews_url, FEDERATION.username, FEDERATION.password, ASKED, start, end, zone, ca=tls.ca,
    )  # fmt: skip
    truth = {address: expected(estate, address, window_in(zone, season)) for address in KNOWN}
    assert answers == [truth.get(address, "ErrorMailRecipientNotFound") for address in ASKED]


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_zeep_sees_the_truth(
    server: ExchangeServer, estate: Estate, tls: Authority, zone: str, season: str
) -> None:
    start, end = SEASONS[season]
    answers = await asyncio.to_thread(
        zeep_client.free_busy,
        WSDL, server.ews_url, ASSISTANT.username, ASSISTANT.password, ASKED, start, end, zone, ca=tls.ca,
    )  # fmt: skip
    truth = {address: expected(estate, address, window_in(zone, season)) for address in KNOWN}
    assert answers == [truth.get(address, "ErrorMailRecipientNotFound") for address in ASKED]


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_ews_javascript_api_sees_the_truth(
    server: ExchangeServer, estate: Estate, tls: Authority, zone: str, season: str
) -> None:
    start, end = SEASONS[season]
    answers = await asyncio.to_thread(
        node_client.free_busy,
        server.ews_url, FEDERATION.username, FEDERATION.password, ASKED, start, end, zone, ca=tls.ca,
    )  # fmt: skip
    truth = {address: expected(estate, address, window_in(zone, season)) for address in KNOWN}
    assert answers == [truth.get(address, "ErrorMailRecipientNotFound") for address in ASKED]


async def test_suggestions_alone_and_beside_are_understood(server: ExchangeServer, tls: Authority) -> None:
    start, end = SEASONS["autumn"]
    for data, count in (("Suggestions", 0), ("Both", 1)):
        answers = await asyncio.to_thread(
            node_client.free_busy,
            server.ews_url, FEDERATION.username, FEDERATION.password, [KNOWN[0]], start, end, ZONES[0],
            ca=tls.ca, data=data,
        )  # fmt: skip
        assert len(answers) == count
        assert all(isinstance(answer, list) for answer in answers)


async def test_times_with_an_offset_are_the_same_times(estate: Estate, tls: Authority) -> None:
    start, end = SEASONS["spring"]
    async with ExchangeServer(estate, ssl=tls.server, offsets=True) as server:
        for client in (exchangelib_client, node_client):
            answers = await asyncio.to_thread(
                client.free_busy,
                server.ews_url, FEDERATION.username, FEDERATION.password, [KNOWN[2]], start, end, ZONES[2], ca=tls.ca,
            )  # fmt: skip
            assert answers == [expected(estate, KNOWN[2], window_in(ZONES[2], "spring"))]


async def test_autodiscover_leads_both_libraries_to_ews(server: ExchangeServer, tls: Authority) -> None:
    url = f"{server.url}/autodiscover/autodiscover.svc"
    arguments = (url, FEDERATION.username, FEDERATION.password, KNOWN[0])
    found, _ = await asyncio.to_thread(exchangelib_client.discovered, *arguments, ca=tls.ca)
    assert found == server.ews_url
    assert await asyncio.to_thread(node_client.discovered, *arguments, ca=tls.ca) == server.ews_url


async def test_a_wrong_password_and_a_busy_server_reach_the_client_as_such(
    server: ExchangeServer, tls: Authority
) -> None:
    start, end = SEASONS["autumn"]
    refused = await asyncio.to_thread(
        node_client.free_busy, server.ews_url, FEDERATION.username, "wrong", [KNOWN[0]], start, end, ZONES[0], ca=tls.ca
    )
    assert "401" in str(refused[0])
    server.faults.trouble = Trouble.THROTTLED
    busy = await asyncio.to_thread(
        zeep_client.free_busy,
        WSDL, server.ews_url, FEDERATION.username, FEDERATION.password, [KNOWN[0]], start, end, ZONES[0], ca=tls.ca,
    )  # fmt: skip
    assert busy == ["ErrorServerBusy"]
