"""Google's own client asks the simulated Google and must see the truth of joined blocks."""

import asyncio
import json
from collections.abc import AsyncIterator

import google.auth.exceptions
import pytest
import pytest_asyncio

from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.google import GoogleServer, ServiceAccount
from tests.clients import google_client
from tests.clients.blocks import Answer, expected_busy
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.tls import Authority

pytestmark = [
    pytest.mark.client,
    # httplib2 and its parser of headers call each other by names that the parser has renamed
    pytest.mark.filterwarnings("ignore::DeprecationWarning:httplib2"),
    # googleapiclient leaves the connections of httplib2 to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
KNOWN = ("jack.thompson@northwind.example", "clara.hoffmann@northwind.example", "emily.foster@northwind.example",
         "ananya.sen@northwind.example", "c_aurora@resource.calendar.google.com")  # fmt: skip
HIDDEN = "victor.reyes@northwind.example"  # shares nothing
ACCOUNT = ServiceAccount()


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(estate, ssl=tls.server, account=ACCOUNT) as server:
        yield server


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_freebusy_is_the_truth(
    server: GoogleServer, estate: Estate, tls: Authority, zone: str, season: str
) -> None:
    window = window_in(zone, season)
    asked = [KNOWN[0], "nobody@northwind.example", *KNOWN[1:], HIDDEN]
    key_file = json.loads(server.service_account_file())
    answers = await asyncio.to_thread(
        google_client.free_busy, server.url, key_file, KNOWN[0], asked, window.start, window.end, zone, ca=tls.ca
    )
    truth = {address: expected_busy(estate, address, window) for address in KNOWN}
    assert answers == [truth.get(address, "notFound") for address in asked]


async def test_whoever_hides_from_others_is_seen_by_themselves(
    server: GoogleServer, estate: Estate, tls: Authority
) -> None:
    window = window_in(ZONES[0], "autumn")
    key_file = json.loads(server.service_account_file())
    answers = await asyncio.to_thread(
        google_client.free_busy, server.url, key_file, HIDDEN, [HIDDEN], window.start, window.end, "UTC", ca=tls.ca
    )
    assert answers == [expected_busy(estate, HIDDEN, window)]


async def test_events_come_through_every_page(server: GoogleServer, estate: Estate, tls: Authority) -> None:
    window, address = window_in(ZONES[2], "spring"), "dispatch@northwind.example"
    key_file = json.loads(server.service_account_file())
    events = await asyncio.to_thread(
        google_client.events, server.url, key_file, address, window.start, window.end, ca=tls.ca
    )
    truth = estate.events(address, window)
    assert [event["summary"] for event in events] == [event.series.subject for event in truth]
    assert len(server.questions) == -(-len(truth) // 100)
    assert len({event["id"] for event in events}) == len(truth)


async def test_the_clients_errors_are_googles(server: GoogleServer, tls: Authority) -> None:
    window = window_in(ZONES[0], "autumn")
    key_file = json.loads(server.service_account_file())

    async def ask(subject: str) -> list[Answer]:
        return await asyncio.to_thread(
            google_client.free_busy,
            server.url,
            key_file,
            subject,
            [KNOWN[0]],
            window.start,
            window.end,
            "UTC",
            ca=tls.ca,
        )

    server.faults.trouble = Trouble.THROTTLED
    assert await ask(KNOWN[0]) == ["HTTP 403 rateLimitExceeded"]
    server.faults.clear()
    with pytest.raises(google.auth.exceptions.RefreshError, match="Invalid email or User ID"):
        await ask("nobody@northwind.example")
