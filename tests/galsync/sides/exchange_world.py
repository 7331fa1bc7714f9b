"""A simulated Exchange with mailboxes for the tests of the sides that write or read contacts in them."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Final

import aiohttp
from lxml import etree

from galsync.sides.exchange_contacts_target import ExchangeContactsTarget
from galsync.sides.exchange_way import ExchangeWay
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from protocols.ews.contact_paths import LIST, STAMP
from protocols.ews.schema import mailbox_validator
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.contact_items import Item, Path
from simulation.exchange.contact_mailboxes import ContactsDesk, Folder

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNA: Final = "anna@fabrikam.example"
LIST_NAME: Final = "Contoso"
WRITER: Final = Account("galsync@fabrikam.example", "write-lists")
READER: Final = Account("partner@fabrikam.example", "read-one-folder")
SET: Final = "9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9"


def own(name: str) -> Path:
    """The path of one of our own properties."""
    return ("ext", SET, name, "String")


class ExchangeMailboxes:
    """A server with mailboxes, and a Send that signs in as ``account``. ``waits`` are the seconds waited in vain."""

    def __init__(self, server: ExchangeServer, desk: ContactsDesk, session: aiohttp.ClientSession) -> None:
        self.server, self.desk, self._session = server, desk, session
        self.account = WRITER
        self.waits: list[float] = []
        self.requests: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request, which fits the schema."""
        self.requests.append(request)
        [asked] = etree.fromstring(request.body).iterfind("{*}Body/*")
        mailbox_validator().assertValid(asked)
        secret = base64.b64encode(f"{self.account.username}:{self.account.password}".encode()).decode()
        headers = {**dict(request.headers.fields), "Authorization": f"Basic {secret}"}
        async with self._session.request(request.method, request.url, data=request.body, headers=headers) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)

    def way(self, *, impersonates: bool = True) -> ExchangeWay:
        """The way in as ``account``."""
        return ExchangeWay(
            send=self.send, url=self.server.ews_url, clock=lambda: NOW, sleep=self.sleep, impersonates=impersonates
        )

    def target(self, *addresses: str, sync: str = "fabrikam", impersonates: bool = True) -> ExchangeContactsTarget:
        """The target whose collection are these mailboxes."""
        return ExchangeContactsTarget(
            "fabrikam",
            self.way(impersonates=impersonates),
            sync=sync,
            folder=ListFolder(LIST_NAME),
            places=Listed([Mailbox.parse(each) for each in addresses or (ANNA,)]),
        )

    def ours(self, address: str = ANNA, sync: str = "fabrikam") -> Folder | None:
        """The folder of the list in one mailbox."""
        folders = self.desk.mailboxes[address].folders.values()
        return next((each for each in folders if each.extended.get(own(LIST)) == sync), None)

    def folder(self, name: str, address: str = ANNA, *, mark: str = "") -> Folder:
        """A folder that somebody makes; with ``mark``, as if it were ours."""
        box = self.desk.mailboxes[address]
        return self.desk.new_folder(box, box.contacts.key, name, {own(LIST): mark} if mark else {})

    def put(self, folder: Folder, name: str, *addresses: str, stamp: str = "", **more: str) -> Item:
        """A contact that somebody puts there; ``more`` by the names of plain properties."""
        values: dict[Path, str] = {("contacts:DisplayName",): name}
        values |= {("contacts:EmailAddress", f"EmailAddress{number}"): each for number, each in enumerate(addresses, 1)}
        values |= {(f"contacts:{key}",): text for key, text in more.items()}
        return self.desk.put(folder, values | ({own(STAMP): stamp} if stamp else {}))


@asynccontextmanager
async def exchange_mailboxes(*addresses: str) -> AsyncIterator[ExchangeMailboxes]:
    """Mailboxes with these addresses; WRITER may act as all of them, and READER reaches into none."""
    desk = ContactsDesk(addresses or (ANNA,), impersonators=(WRITER.username,))
    estate = Estate(date(2026, 11, 23))
    async with (
        ExchangeServer(estate, accounts=(WRITER, READER), contacts=desk) as server,
        aiohttp.ClientSession() as session,
    ):
        yield ExchangeMailboxes(server, desk, session)
