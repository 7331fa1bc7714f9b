"""exchangelib reads the contacts that we wrote, and writes some that we read as a company's people."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest

from galsync.entries import Entry, Form
from galsync.side import Failed, Written
from galsync.sides.exchange_contacts_target import ExchangeContactsTarget
from galsync.sides.exchange_staff_source import ExchangeStaffSource
from galsync.sides.exchange_way import ExchangeWay
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.contact_mailboxes import ContactsDesk
from tests.clients import exchangelib_contacts
from tests.clients.tls import Authority
from tests.contracts.target import create, update

pytestmark = [
    pytest.mark.client,
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
ANNA = Account("anna@fabrikam.example", "annas-password")
SVC = Account("galsync@fabrikam.example", "write-lists")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WANTED = Entry(
    anchor="ad:ann",
    form=Form.CONTACT,
    address=Mailbox.parse("ann@b.example"),
    texts={
        Field.DISPLAY_NAME: "Ann Åström & <Co>",
        Field.SURNAME: "Åström",
        Field.COMPANY: "B Ltd.",
        Field.TITLE: "Lead",
        Field.PHONE: "+49 30 5550101",
        Field.FAX: "+49 30 5550199",
        Field.STREET: "Domstr. 1",
        Field.CITY: "Köln",
        Field.POSTAL_CODE: "50667",
        Field.COUNTRY: "DE",
        Field.NOTES: "Met in spring",
    },
)


@asynccontextmanager
async def _world(estate: Estate, tls: Authority) -> AsyncIterator[tuple[ExchangeServer, ExchangeWay]]:
    desk = ContactsDesk((ANNA.username,), impersonators=(SVC.username,))
    async with (
        ExchangeServer(estate, ssl=tls.server, accounts=(ANNA, SVC), contacts=desk) as server,
        aiohttp.ClientSession() as session,
    ):
        secret = base64.b64encode(f"{SVC.username}:{SVC.password}".encode()).decode()

        async def send(request: HttpRequest) -> HttpResponse:
            headers = {**dict(request.headers.fields), "Authorization": f"Basic {secret}"}
            async with session.post(request.url, data=request.body, headers=headers, ssl=tls.client) as answer:
                return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

        yield server, ExchangeWay(send=send, url=server.ews_url, clock=lambda: NOW, sleep=asyncio.sleep)


def _target(way: ExchangeWay) -> ExchangeContactsTarget:
    places = Listed([Mailbox.parse(ANNA.username)])
    return ExchangeContactsTarget("fabrikam", way, sync="fabrikam", folder=ListFolder("Contoso"), places=places)


async def test_exchangelib_reads_what_we_wrote(estate: Estate, tls: Authority) -> None:
    async with _world(estate, tls) as (server, way):
        [outcome] = await _target(way).write(ANNA.username, [create(WANTED)])
        assert isinstance(outcome, Written)
        told = await asyncio.to_thread(
            exchangelib_contacts.read, server.ews_url, ANNA.username, ANNA.password, "Contoso", ca=tls.ca
        )
    assert told == [
        {
            "display_name": "Ann Åström & <Co>",
            "file_as": "Ann Åström & <Co>",
            "company_name": "B Ltd.",
            "job_title": "Lead",
            "surname": "Åström",
            "categories": ["Contoso"],
            "body": "Met in spring",
            "birthday": None,
            "stamp": "busyline:fabrikam/ad:ann",
            "mail": {"EmailAddress1": "ann@b.example"},
            "phones": {"BusinessPhone": "+49 30 5550101", "BusinessFax": "+49 30 5550199"},
            "place": ("Domstr. 1", "Köln", "50667", "DE"),
        }
    ]


async def test_we_read_what_exchangelib_wrote(estate: Estate, tls: Authority) -> None:
    person = {
        "display_name": "Bob",
        "given_name": "Robert",
        "company_name": "Fabrikam",
        "job_title": "Cook",
        "mail": {"EmailAddress1": "bob@fabrikam.example", "EmailAddress2": "robert@fabrikam.example"},
        "phones": {"BusinessPhone": "+1 212 5550100", "MobilePhone": "+1 212 5550199"},
        "place": {"street": "5th Ave", "city": "New York", "country": "US"},
    }
    async with _world(estate, tls) as (server, way):
        await asyncio.to_thread(
            exchangelib_contacts.write, server.ews_url, ANNA.username, ANNA.password, "Staff", [person], ca=tls.ca
        )
        source = ExchangeStaffSource("b", way, mailbox=Mailbox.parse(ANNA.username), folder="Staff")
        [read] = (await source.read()).people
    assert str(read.primary) == "bob@fabrikam.example"
    assert read.aliases == ("robert@fabrikam.example",)
    assert read.texts == {
        Field.DISPLAY_NAME: "Bob",
        Field.GIVEN_NAME: "Robert",
        Field.COMPANY: "Fabrikam",
        Field.TITLE: "Cook",
        Field.PHONE: "+1 212 5550100",
        Field.MOBILE: "+1 212 5550199",
        Field.STREET: "5th Ave",
        Field.CITY: "New York",
        Field.COUNTRY: "US",
    }


async def test_what_somebody_changed_by_exchangelib_is_not_written_over(estate: Estate, tls: Authority) -> None:
    async with _world(estate, tls) as (server, way):
        target = _target(way)
        await target.write(ANNA.username, [create(WANTED)])
        [held] = [each async for each in target.held(ANNA.username)]
        name = WANTED.texts[Field.DISPLAY_NAME]
        await asyncio.to_thread(
            exchangelib_contacts.change,
            server.ews_url, ANNA.username, ANNA.password, "Contoso", name, "Theirs", ca=tls.ca,
        )  # fmt: skip
        [outcome] = await target.write(ANNA.username, [update(WANTED, held, texts=(Field.TITLE,))])
        [after] = [each async for each in target.held(ANNA.username)]
    assert isinstance(outcome, Failed)
    assert after.texts[Field.TITLE] == "Theirs"
