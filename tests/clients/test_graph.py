"""Microsoft's own client asks the simulated Graph and must see the truth, in four zones, twice a year."""

import asyncio
from collections.abc import AsyncIterator

import azure.core.exceptions
import pytest
import pytest_asyncio

from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.graph import Application, GraphServer
from simulation.graph.server import TENANT
from tests.clients import graph_client
from tests.clients.blocks import expected
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.tls import Authority

pytestmark = [
    pytest.mark.client,
    # both declare classes of their own that they have deprecated
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
]
KNOWN = ("anna.schneider@contoso.example", "grace.miller@contoso.example", "olivia.hughes@contoso.example",
         "arjun.banerjee@contoso.example", "room.elbe@contoso.example")  # fmt: skip
APPLICATION = Application()
CREDENTIALS = (TENANT, APPLICATION.client_id, APPLICATION.secret)


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[GraphServer]:
    async with GraphServer(estate, ssl=tls.server, applications=(APPLICATION,)) as server:
        yield server


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_get_schedule_is_the_truth(
    server: GraphServer, estate: Estate, tls: Authority, zone: str, season: str
) -> None:
    start, end = SEASONS[season]
    asked = [KNOWN[0], "nobody@contoso.example", *KNOWN[1:]]
    answers = await asyncio.to_thread(
        graph_client.free_busy, server.url, CREDENTIALS, KNOWN[0], asked, start, end, zone, ca=tls.ca
    )
    truth = {address: expected(estate, address, window_in(zone, season)) for address in KNOWN}
    assert answers == [truth.get(address, "ErrorMailRecipientNotFound") for address in asked]


async def test_errors_reach_the_client_as_such(server: GraphServer, tls: Authority) -> None:
    start, end = SEASONS["autumn"]

    async def ask(anchor: str, addresses: list[str]) -> list[object]:
        arguments = (server.url, CREDENTIALS, anchor, addresses, start, end, "UTC")
        return [*await asyncio.to_thread(graph_client.free_busy, *arguments, ca=tls.ca)]

    assert await ask("nobody@contoso.example", [KNOWN[0]]) == ["ErrorInvalidUser"]
    assert set(await ask(KNOWN[0], [KNOWN[1]] * 21)) == {"ErrorMailboxDataArrayTooBig"}
    server.faults.tokens = Trouble.DENIED
    with pytest.raises(azure.core.exceptions.ClientAuthenticationError, match="AADSTS7000222"):
        await ask(KNOWN[0], [KNOWN[1]])
