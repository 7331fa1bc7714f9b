"""A folder of contacts in another company's Exchange mailbox as a source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from galsync.side import Source, Written
from galsync.sides.exchange_staff_source import ExchangeStaffSource
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.ews.contact_fields import FIELDS
from protocols.ews.contact_paths import STAMP
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.exchange.contact_items import Path as Property
from simulation.exchange.contact_mailboxes import Folder
from simulation.faults import Trouble
from tests.contracts.source import OURS, SourceContract, by_anchor
from tests.contracts.target import create
from tests.galsync.sides.exchange_world import ANNA, LIST_NAME, READER, ExchangeMailboxes, exchange_mailboxes, own
from tests.galsync.sides.test_exchange_contacts_target import entry

EXPORT = "export@fabrikam.example"
_PLACES: dict[Field, Property] = {
    Field.DISPLAY_NAME: ("contacts:DisplayName",),
    Field.GIVEN_NAME: ("contacts:GivenName",),
    Field.SURNAME: ("contacts:Surname",),
    Field.COMPANY: ("contacts:CompanyName",),
    Field.DEPARTMENT: ("contacts:Department",),
    Field.TITLE: ("contacts:JobTitle",),
    Field.OFFICE: ("contacts:OfficeLocation",),
    Field.PHONE: ("contacts:PhoneNumber", "BusinessPhone"),
    Field.MOBILE: ("contacts:PhoneNumber", "MobilePhone"),
    Field.CITY: ("contacts:PhysicalAddress:City", "Business"),
}


def source(
    world: ExchangeMailboxes, folder: str = "Staff", *takes: str, mailbox: str = EXPORT, impersonates: bool = True
) -> ExchangeStaffSource:
    return ExchangeStaffSource(
        "b",
        world.way(impersonates=impersonates),
        mailbox=Mailbox.parse(mailbox),
        folder=folder,
        takes=frozenset(takes),
    )


def fill(world: ExchangeMailboxes, folder: Folder, book: AddressBook) -> None:
    """The folder has the people of the book and nobody else; who was there keeps their id."""
    before = {item.values[("test:anchor",)]: item for item in folder.items.values()}
    folder.items.clear()
    for person in book.people.values():
        values = {_PLACES[key]: text for key, text in person.texts.items() if key in _PLACES}
        for number, address in enumerate((str(person.primary), *person.aliases), 1):
            values[("contacts:EmailAddress", f"EmailAddress{number}")] = address
        if stamp := person.attributes.get("stamp"):
            values[own(STAMP)] = stamp
        values[("test:anchor",)] = person.anchor
        if person.anchor in before:
            item = before[person.anchor]
            item.values = values
            folder.items[item.key] = item
        else:
            world.desk.put(folder, values)


class TestExchangeStaffSource(SourceContract):
    kinds = frozenset({Kind.USER})
    telling = FIELDS
    x500 = False
    members = False
    changes = False
    disabled = False
    hidden = False
    leaves = frozenset({Left.OURS})

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[Source]:
        async with exchange_mailboxes(EXPORT) as self.world:
            self.world.desk.page = 1
            self.folder = self.world.folder("Staff", EXPORT)
            fill(self.world, self.folder, book)
            yield source(self.world)

    async def settle(self, book: AddressBook) -> None:
        fill(self.world, self.folder, book)

    async def spoil(self) -> None:
        self.world.server.faults.trouble = Trouble.LOST_PAGE

    async def mend(self) -> None:
        self.world.server.faults.clear()

    def ours(self, person: Person) -> Person:
        return replace(person, attributes={"stamp": OURS})


async def test_another_mailbox_of_that_company_is_out_of_reach() -> None:
    """The account reaches the export mailbox and nothing else: the negative test of its right."""
    async with exchange_mailboxes(EXPORT, ANNA) as world:
        world.account = READER
        world.desk.mailboxes[EXPORT].delegates = frozenset({READER.username})
        world.put(world.folder("Staff", EXPORT), "Ann", "ann@b.example")
        world.folder("Staff", ANNA)
        assert len((await source(world, impersonates=False).read()).people) == 1
        for impersonates in (False, True):
            with pytest.raises(PeerError) as raised:
                await source(world, mailbox=ANNA, impersonates=impersonates).read()
            assert raised.value.reason is (Reason.UNAUTHORIZED if impersonates else Reason.NO_ACCESS)


@pytest.mark.parametrize(("folder", "mailbox"), [("Nothing", EXPORT), ("Staff", "nobody@fabrikam.example")])
@pytest.mark.parametrize("impersonates", [True, False])
async def test_what_is_not_there_is_never_nobody(folder: str, mailbox: str, impersonates: bool) -> None:
    async with exchange_mailboxes(EXPORT) as world:
        world.desk.mailboxes[EXPORT].delegates = frozenset({world.account.username})
        world.folder("Staff", EXPORT)
        with pytest.raises(PeerError) as raised:
            await source(world, folder, mailbox=mailbox, impersonates=impersonates).read()
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX


async def test_the_mailbox_s_own_contacts_are_read_where_no_folder_is_named() -> None:
    async with exchange_mailboxes(EXPORT) as world:
        world.put(world.desk.mailboxes[EXPORT].contacts, "Ann", "ann@b.example")
        reading = await source(world, "").read()
    assert [str(person.primary) for person in reading.people] == ["ann@b.example"]


async def test_addresses_that_are_none_are_counted_and_named() -> None:
    """A contact that was taken from the address book of Exchange has the DN of a mailbox as its address."""
    async with exchange_mailboxes(EXPORT) as world:
        folder = world.folder("Staff", EXPORT)
        world.put(folder, "Bad", "/o=B/cn=Recipients/cn=bad")
        world.put(folder, "None")
        world.put(folder, "Half", "no address", "Half@B.example")
        reading = await source(world).read()
    assert (reading.left, reading.named) == (
        {Left.BAD_ADDRESS: 1},
        (("/o=B/cn=Recipients/cn=bad", Left.BAD_ADDRESS),),
    )
    told = [(str(each.primary or ""), each.texts[Field.DISPLAY_NAME]) for each in reading.people]
    assert told == [("", "None"), ("half@b.example", "Half")]


async def test_an_export_that_the_other_company_fills_is_read_where_it_is_named() -> None:
    """What a target of theirs wrote is left out, unless their sync is named; made anew, it is the same person."""
    async with exchange_mailboxes(EXPORT) as world:
        theirs = world.target(EXPORT, sync="theirs")
        [outcome] = await theirs.write(EXPORT, [create(entry("ann", phone="1", notes="one\ntwo"))])
        assert isinstance(outcome, Written)
        assert (await source(world, LIST_NAME).read()).left == {Left.OURS: 1}
        before = await source(world, LIST_NAME, "theirs").read()
        ours = world.ours(EXPORT, "theirs")
        assert ours is not None
        world.desk.put(ours, ours.items.pop(outcome.key).values)
        after = await source(world, LIST_NAME, "theirs").read()
    assert by_anchor(before.people) == by_anchor(after.people)
    assert before.people[0].anchor == "theirs/ad:ann"
    assert before.people[0].texts[Field.NOTES] == "one\ntwo"


async def test_a_busy_server_is_waited_for_and_no_longer_than_a_reading_may_take() -> None:
    async with exchange_mailboxes(EXPORT) as world:
        world.put(world.folder("Staff", EXPORT), "Ann", "ann@b.example")
        world.server.faults.trouble, world.server.faults.retry_after = Trouble.THROTTLED, 120
        with pytest.raises(PeerError) as raised:
            await source(world).read()
    assert raised.value.reason is Reason.THROTTLED
    assert raised.value.retry_after is not None
    assert world.waits == [120.0, 120.0]
