"""Simulated mailboxes for the tests of the sides that write or read contacts in them, and what they reach them by."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, Final

import aiohttp

from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from galsync.sides.mailbox_contacts_target import MailboxContactsTarget
from protocols.graph.contact_fields import EXTENDED, LIST, STAMP
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.contact_objects import Folder, Item, put
from simulation.graph.contacts import ContactsDesk
from simulation.graph.mailbox_limits import MailboxLimits
from simulation.graph.people import PeopleDesk

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNA: Final = "anna@contoso.example"
LIST_NAME: Final = "Fabrikam"
WRITER: Final = (
    "Contacts.ReadWrite",
    "User.Read.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Place.Read.All",
)


class Mailboxes:
    """A server with mailboxes, and a Send with the rights of ``roles``. ``waits`` are the seconds waited in vain."""

    def __init__(self, server: GraphServer, desk: ContactsDesk, session: aiohttp.ClientSession) -> None:
        self.server, self.desk, self._session = server, desk, session
        self.roles: tuple[str, ...] = WRITER
        self.waits: list[float] = []
        self.requests: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request with a token of its own."""
        self.requests.append(request)
        token = self.server.tokens.issue(roles=self.roles)
        headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
        async with self._session.request(
            request.method, request.url, data=request.body or None, headers=headers
        ) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)

    def target(self, *addresses: str, sync: str = "fabrikam") -> MailboxContactsTarget:
        """The target whose collection are these mailboxes."""
        return MailboxContactsTarget(
            "contoso",
            self.send,
            sync=sync,
            folder=ListFolder(LIST_NAME),
            places=Listed([Mailbox.parse(each) for each in addresses or (ANNA,)]),
            api_url=self.server.url,
            clock=lambda: NOW,
            sleep=self.sleep,
        )

    def ours(self, address: str = ANNA, sync: str = "fabrikam") -> Folder | None:
        """The folder of the list in one mailbox."""
        folders = self.desk.mailboxes[address].folders.values()
        return next((each for each in folders if each.extended.get(LIST.lower()) == sync), None)

    def folder(self, name: str, address: str = ANNA, *, mark: str = "") -> Folder:
        """A folder that somebody makes; with ``mark``, as if it were ours."""
        key = f"folder-of-{name}-{len(self.desk.mailboxes[address].folders)}"
        made = Folder({"id": key, "displayName": name}, {LIST.lower(): mark} if mark else {})
        self.desk.mailboxes[address].folders[key] = made
        return made

    @staticmethod
    def put(folder: Folder, key: str, properties: Mapping[str, Any], stamp: str = "") -> Item:
        """A contact that somebody puts there."""
        item = Item({})
        extended = {EXTENDED: [{"id": STAMP, "value": stamp}]} if stamp else {}
        put(item, {**properties, **extended}, new=True)
        item.properties["id"] = key
        folder.contacts[key] = item
        return item


@asynccontextmanager
async def mailboxes(*addresses: str, book: AddressBook | None = None) -> AsyncIterator[Mailboxes]:
    """Mailboxes with these addresses, whose limits are told by a clock that stands."""
    desk = ContactsDesk(addresses or (ANNA,), limits=MailboxLimits(clock=lambda: 0.0))
    people = PeopleDesk(book, clock=lambda: 0.0) if book is not None else None
    estate = Estate(date(2026, 11, 23))
    async with GraphServer(estate, people=people, contacts=desk) as server, aiohttp.ClientSession() as session:
        yield Mailboxes(server, desk, session)
