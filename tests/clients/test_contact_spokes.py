"""The makers' own clients read the contacts that a hub wrote, and change them on the other side."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import aiohttp
import pytest

from calsync.items import Item, Mark
from calsync.spoke import Spoke
from calsync.spokes.exchange_contacts import ExchangeContacts
from calsync.spokes.google_contacts import GoogleContacts
from calsync.spokes.graph_contacts import GraphContacts
from calsync.spokes.patience import Patience
from protocols.google.patience import Pace
from protocols.google.personal_contacts import SCOPE
from protocols.graph.contact_fields import EXPAND, STAMP
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.card import Address, Card, Phone, Place
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.contact_mailboxes import ContactsDesk as ExchangeDesk
from simulation.google import GoogleServer, ServiceAccount
from simulation.graph import Application, GraphServer
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import TENANT
from tests.calsync.spokes.contacts_world import exchange, never
from tests.clients import exchangelib_contacts, google_people_client, graph_contacts_client
from tests.clients.tls import Authority
from tests.contracts.spoke_world import HUB, Reader, creation, done

pytestmark = [
    pytest.mark.client,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:httplib2"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNA: Final = Account("anna@fabrikam.example", "annas-password")
OLGA: Final = "olga@contoso.example"
JACK: Final = "jack.thompson@northwind.example"
APPLICATION: Final = replace(Application(), roles=("Contacts.ReadWrite",))
CREDENTIALS: Final = (TENANT, APPLICATION.client_id, APPLICATION.secret)
CARD: Final = Card(
    display_name="Ann Åström & <Co>",
    given_name="Ann",
    surname="Åström",
    company="B Ltd.",
    title="Lead",
    emails=("ann@b.example", "ann@home.example"),
    phones={Phone.BUSINESS: "+49 30 5550101", Phone.MOBILE: "+49 170 2"},
    places={Place.BUSINESS: Address(street="Domstr. 1", city="Köln", postal_code="50667", country="DE")},
    birthday=date(1980, 2, 29),
    notes="Met in spring",
    categories=("Customers",),
)


@asynccontextmanager
async def _sending(tls: Authority, authorization: str) -> AsyncIterator[Send]:
    async with aiohttp.ClientSession() as session:

        async def send(request: HttpRequest) -> HttpResponse:
            headers = {**dict(request.headers.fields), "Authorization": authorization}
            body = request.body or None
            async with session.request(
                request.method, request.url, data=body, headers=headers, ssl=tls.client
            ) as answer:
                return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

        yield send


async def _told(reader: Reader, key: str) -> Item:
    """The one item that is new."""
    news = await reader.news()
    assert set(news.items) == {key}
    return news.items[key]


async def _written(spoke: Spoke, reader: Reader) -> Item:
    await reader.news()
    return reader.note(await done(spoke, creation(CARD)))


async def test_exchangelib_reads_our_copy_and_changes_it(estate: Estate, tls: Authority) -> None:
    desk = ExchangeDesk((ANNA.username,))
    secret = base64.b64encode(f"{ANNA.username}:{ANNA.password}".encode()).decode()
    folder = desk.new_folder(desk.mailboxes[ANNA.username], desk.mailboxes[ANNA.username].contacts.key, "Customers")
    async with (
        ExchangeServer(estate, ssl=tls.server, accounts=(ANNA,), contacts=desk) as server,
        _sending(tls, f"Basic {secret}") as send,
    ):
        at = exchange(send, url=server.ews_url, mailbox=ANNA.username, impersonates=False, version="")
        spoke = ExchangeContacts("mailbox", at, folder=folder.key)
        reader = Reader(spoke)
        copy = await _written(spoke, reader)
        way = (server.ews_url, ANNA.username, ANNA.password, "Customers")
        [seen] = await asyncio.to_thread(exchangelib_contacts.read, *way, ca=tls.ca)
        assert Mark.read(seen["stamp"]) == Mark(HUB, "item1")
        assert seen["mail"] == {"EmailAddress1": "ann@b.example", "EmailAddress2": "ann@home.example"}
        assert seen["phones"] == {"BusinessPhone": "+49 30 5550101", "MobilePhone": "+49 170 2"}
        assert seen["place"] == ("Domstr. 1", "Köln", "50667", "DE")
        assert (seen["categories"], seen["body"]) == (["Customers"], "Met in spring")
        assert seen["birthday"] == date(1980, 2, 29)
        await asyncio.to_thread(exchangelib_contacts.change, *way, CARD.display_name, "Head", ca=tls.ca)
        assert (await _told(reader, copy.key)).content == replace(CARD, title="Head")


async def test_we_read_what_exchangelib_enters(estate: Estate, tls: Authority) -> None:
    desk = ExchangeDesk((ANNA.username,))
    secret = base64.b64encode(f"{ANNA.username}:{ANNA.password}".encode()).decode()
    person: dict[str, Any] = {
        "display_name": "Bob",
        "given_name": "Bob",
        "birthday": date(1970, 5, 1),
        "categories": ["Blue"],
        "sensitivity": "Private",
        "mail": {"EmailAddress1": "bob@b.example"},
        "phones": {"HomePhone": "1"},
        "place": {"street": "Weg 1", "city": "Köln", "zipcode": "50667", "country": "DE"},
    }
    async with (
        ExchangeServer(estate, ssl=tls.server, accounts=(ANNA,), contacts=desk) as server,
        _sending(tls, f"Basic {secret}") as send,
    ):
        way = (server.ews_url, ANNA.username, ANNA.password, "Customers")
        await asyncio.to_thread(exchangelib_contacts.write, *way, [person], ca=tls.ca)
        [folder] = [each for each in desk.mailboxes[ANNA.username].folders.values() if each.name == "Customers"]
        at = exchange(send, url=server.ews_url, mailbox=ANNA.username, impersonates=False, version="")
        spoke = ExchangeContacts("mailbox", at, folder=folder.key)
        [item] = (await Reader(spoke).news()).items.values()
        assert item.content == Card(
            display_name="Bob",
            given_name="Bob",
            birthday=date(1970, 5, 1),
            categories=("Blue",),
            private=True,
            emails=("bob@b.example",),
            phones={Phone.HOME: "1"},
            places={Place.BUSINESS: Address(street="Weg 1", city="Köln", postal_code="50667", country="DE")},
        )


async def test_microsofts_client_reads_our_copy_and_changes_it(estate: Estate, tls: Authority) -> None:
    desk = ContactsDesk([OLGA])
    async with GraphServer(estate, ssl=tls.server, applications=(APPLICATION,), contacts=desk) as server:
        token = server.tokens.issue(roles=APPLICATION.roles)
        way = (server.url, CREDENTIALS, OLGA, "Customers")
        theirs = await asyncio.to_thread(graph_contacts_client.made, *way, (STAMP, "of/others"), ca=tls.ca)
        [folder] = [
            key for key, each in desk.mailboxes[OLGA].folders.items() if each.properties["displayName"] == way[3]
        ]
        async with _sending(tls, f"Bearer {token}") as send:
            spoke = GraphContacts(
                "m365",
                send,
                user=OLGA,
                folder=folder,
                api_url=server.url,
                patience=Patience(clock=lambda: NOW, sleep=never, chance=lambda: 0.0),
            )
            reader = Reader(spoke)
            first = await _told(reader, theirs)
            assert isinstance(first.content, Card)
            assert (first.content.display_name, first.content.title) == ("Ann Åström", "Lead")
            assert first.content.places == {Place.BUSINESS: Address(city="Köln", country="Deutschland")}
            copy = reader.note(await done(spoke, creation(CARD)))
            seen = await asyncio.to_thread(graph_contacts_client.seen, *way, EXPAND, ca=tls.ca)
            assert {each.display_name for each in seen} == {"Ann Åström", CARD.display_name}
            said = await asyncio.to_thread(
                graph_contacts_client.retitled, *way[:3], folder, CARD.display_name, "Head", ca=tls.ca
            )
            assert (said["mail"], said["mobile"]) == (list(CARD.emails), "+49 170 2")
            assert (said["notes"], said["categories"]) == ("Met in spring", ["Customers"])
            assert said["birthday"].date() == date(1980, 2, 29)
            changed = await _told(reader, copy.key)
            assert changed.content == replace(CARD, title="Head")
            assert Mark.read(changed.mark) == Mark(HUB, "item1")


async def test_googles_client_reads_our_copy_and_changes_it(estate: Estate, tls: Authority) -> None:
    account = ServiceAccount()
    async with GoogleServer(estate, ssl=tls.server, account=account) as server:
        token = server.tokens.issued(JACK, frozenset({SCOPE}))
        async with _sending(tls, f"Bearer {token}") as send:
            pace = Pace(lambda: NOW, asyncio.sleep, lambda: 0.5)
            spoke = GoogleContacts("google", send, pace=pace, api_url=server.url)
            reader = Reader(spoke)
            copy = await _written(spoke, reader)
            key_file = json.loads(server.service_account_file())
            said, told = await asyncio.to_thread(
                google_people_client.retitled, server.url, key_file, JACK, tls.ca, "Ann Åström", "Head"
            )
            assert told == [copy.key]
            assert said["birthdays"] == [{"date": {"year": 1980, "month": 2, "day": 29}}]
            assert said["phoneNumbers"][1] == {"value": "+49 170 2", "type": "mobile"}
            changed = await _told(reader, copy.key)
            # the client threw the company away with what it wrote
            assert changed.content == replace(CARD, title="Head", company="", categories=())
