"""Microsoft's own client sees what we wrote into a simulated mailbox, and we what it wrote."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio

from galsync.entries import Entry, Form, Stamp
from galsync.side import Written
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from galsync.sides.mailbox_contacts_target import MailboxContactsTarget
from galsync.sides.staff_export_source import StaffExportSource
from galsync.steps import Left
from protocols.graph.contact_fields import EXPAND, STAMP
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.estate import Estate
from simulation.graph import Application, GraphServer
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import TENANT
from tests.clients import graph_contacts_client as client
from tests.clients.tls import Authority
from tests.contracts.target import TEXTS, create

pytestmark = [
    pytest.mark.client,
    # both declare classes of their own that they have deprecated
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
]
NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNA: Final = "anna@contoso.example"
APPLICATION: Final = replace(Application(), roles=("Contacts.ReadWrite",))
CREDENTIALS: Final = (TENANT, APPLICATION.client_id, APPLICATION.secret)


@pytest_asyncio.fixture
async def server(estate: Estate, tls: Authority) -> AsyncIterator[GraphServer]:
    desk = ContactsDesk([ANNA])
    async with GraphServer(estate, ssl=tls.server, applications=(APPLICATION,), contacts=desk) as server:
        yield server


class Sender:
    """A Send with a token of the application."""

    def __init__(self, server: GraphServer, session: aiohttp.ClientSession) -> None:
        self._server, self._session = server, session

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        token = self._server.tokens.issue(roles=APPLICATION.roles)
        headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
        body = request.body or None
        async with self._session.request(request.method, request.url, data=body, headers=headers, ssl=False) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())


async def test_the_client_sees_what_we_wrote(server: GraphServer, tls: Authority) -> None:
    names = ("ann", "bob", "carl")
    entries = [
        Entry(anchor=f"ad:{name}", form=Form.CONTACT, address=Mailbox.parse(f"{name}@b.example"), texts=TEXTS)
        for name in names
    ]
    async with aiohttp.ClientSession() as session:
        target = MailboxContactsTarget(
            "contoso",
            Sender(server, session),
            sync="fabrikam",
            folder=ListFolder("Fabrikam"),
            places=Listed([Mailbox.parse(ANNA)]),
            api_url=server.url,
            clock=lambda: NOW,
            sleep=asyncio.sleep,
        )
        outcomes = await target.write(ANNA, [create(entry) for entry in entries])
    assert all(isinstance(outcome, Written) for outcome in outcomes)
    found = await asyncio.to_thread(client.seen, server.url, CREDENTIALS, ANNA, "Fabrikam", EXPAND, ca=tls.ca)
    told: list[Any] = list(found)
    assert [each.email_addresses[0].address for each in told] == [f"{name}@b.example" for name in names]
    ann = told[0]
    assert (ann.display_name, ann.file_as) == (TEXTS[Field.DISPLAY_NAME], TEXTS[Field.DISPLAY_NAME])
    assert (ann.business_phones, ann.mobile_phone) == ([TEXTS[Field.PHONE]], TEXTS[Field.MOBILE])
    assert (ann.business_address.city, ann.categories) == (TEXTS[Field.CITY], ["Fabrikam"])
    stamps = [each.value for each in ann.single_value_extended_properties if each.id.lower() == STAMP.lower()]
    assert stamps == [Stamp("fabrikam", "ad:ann").text]


async def test_we_see_what_the_client_wrote(server: GraphServer, tls: Authority) -> None:
    ours = (STAMP, "busyline:another/ad:ann")
    key = await asyncio.to_thread(client.made, server.url, CREDENTIALS, ANNA, "Staff", (STAMP, "x"), ca=tls.ca)
    await asyncio.to_thread(client.made, server.url, CREDENTIALS, ANNA, "Ours", ours, ca=tls.ca)
    async with aiohttp.ClientSession() as session:
        readings = [
            await StaffExportSource(
                "b",
                Sender(server, session),
                mailbox=Mailbox.parse(ANNA),
                folder=folder,
                api_url=server.url,
                clock=lambda: NOW,
                sleep=asyncio.sleep,
            ).read()
            for folder in ("Staff", "Ours")
        ]
    [person] = readings[0].people
    assert (person.anchor, str(person.primary)) == (key, "ann@b.example")
    assert person.texts == {
        Field.DISPLAY_NAME: "Ann Åström",
        Field.GIVEN_NAME: "Ann",
        Field.SURNAME: "Åström",
        Field.TITLE: "Lead",
        Field.PHONE: "+49 (30) 5550-101",
        Field.CITY: "Köln",
        Field.COUNTRY: "Deutschland",
    }
    assert (list(readings[1].people), readings[1].left) == ([], {Left.OURS: 1})
