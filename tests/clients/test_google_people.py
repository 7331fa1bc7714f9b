"""Google's own client pages through the simulated directory and changes a user's contacts: the simulation is honest.

There is no client of Google's for shared contacts any more (gdata is not maintained): that feed is held against its
documentation alone.
"""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from protocols.model.person import Kind
from simulation.address_book import address_book
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.people import NORTHWIND
from tests.clients import google_people_client
from tests.clients.tls import Authority

pytestmark = [
    pytest.mark.client,
    # httplib2 and its parser of headers call each other by names that the parser has renamed
    pytest.mark.filterwarnings("ignore::DeprecationWarning:httplib2"),
    # googleapiclient leaves the connections of httplib2 to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
JACK = "jack.thompson@northwind.example"
ACCOUNT = ServiceAccount()


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[GoogleServer]:
    book = address_book(estate, NORTHWIND)
    async with GoogleServer(estate, ssl=tls.server, account=ACCOUNT, book=book) as server:
        yield server


async def test_the_directory_through_every_page(server: GoogleServer, estate: Estate, tls: Authority) -> None:
    book = address_book(estate, NORTHWIND)
    key_file = json.loads(server.service_account_file())
    told = await asyncio.to_thread(google_people_client.directory, server.url, key_file, JACK, tls.ca)
    for key, kind in (("users", Kind.USER), ("groups", Kind.GROUP), ("rooms", Kind.ROOM)):
        ids = [one.get("id") or one["resourceId"] for one in told[key]]
        assert ids == [one.anchor for one in book.people.values() if one.kind is kind]
    for group in (one for one in book.people.values() if one.kind is Kind.GROUP):
        assert [one["email"] for one in told[str(group.primary)]] == list(group.members)


async def test_contacts_of_one_user(server: GoogleServer, tls: Authority) -> None:
    key_file = json.loads(server.service_account_file())
    names = ["Ann", "Bob", "Carl"]
    there, stale = await asyncio.to_thread(google_people_client.contacts, server.url, key_file, JACK, tls.ca, names)
    assert sorted(there) == ["Ann 2", "Bob"]
    assert stale == "HTTP 400"
