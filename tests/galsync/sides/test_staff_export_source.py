"""A folder of contacts in another company's mailbox as a source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from galsync.entries import Stamp
from galsync.side import Source
from galsync.sides.staff_export_source import StaffExportSource
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.graph.contact_fields import FIELDS, fresh
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.faults import Trouble
from simulation.graph.contact_objects import Folder
from tests.contracts.source import OURS, SourceContract, by_anchor, somebody
from tests.contracts.target import create
from tests.galsync.sides.mailbox_world import ANNA, NOW, Mailboxes, mailboxes
from tests.galsync.sides.test_mailbox_contacts_target import entry

EXPORT = "export@contoso.example"


def source(world: Mailboxes, folder: str = "Staff", *takes: str, mailbox: str = EXPORT) -> StaffExportSource:
    return StaffExportSource(
        "b",
        world.send,
        mailbox=Mailbox.parse(mailbox),
        folder=folder,
        api_url=world.server.url,
        clock=lambda: NOW,
        sleep=world.sleep,
        takes=frozenset(takes),
    )


def fill(world: Mailboxes, folder: Folder, book: AddressBook) -> None:
    """The folder has the people of the book and nobody else."""
    folder.contacts.clear()
    for person in book.people.values():
        body: dict[str, Any] = fresh(person.texts, str(person.primary), stamp=person.attributes.get("stamp", ""))
        body["emailAddresses"] += [{"name": "", "address": alias} for alias in person.aliases]
        world.put(folder, person.anchor, body)


class TestStaffExportSource(SourceContract):
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
        async with mailboxes(EXPORT) as self.world:
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
    """The account reaches the export mailbox and nothing else: the negative test of its scope."""
    async with mailboxes(EXPORT, ANNA) as world:
        world.desk.reached = frozenset({EXPORT})
        world.roles = ("Contacts.Read",)
        world.folder("Staff", EXPORT)
        world.folder("Staff", ANNA)
        assert (await source(world).read()).people == []
        with pytest.raises(PeerError) as raised:
            await source(world, mailbox=ANNA).read()
        assert raised.value.reason is Reason.NO_ACCESS
        [outcome] = await world.target(EXPORT).write(EXPORT, [create(entry("ann"))])
        assert type(outcome).__name__ == "Failed"


@pytest.mark.parametrize(("folder", "mailbox"), [("Nothing", EXPORT), ("Staff", "nobody@contoso.example")])
async def test_what_is_not_there_is_never_nobody(folder: str, mailbox: str) -> None:
    async with mailboxes(EXPORT) as world:
        world.folder("Staff", EXPORT)
        with pytest.raises(PeerError) as raised:
            await source(world, folder, mailbox=mailbox).read()
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX


async def test_the_mailbox_s_own_contacts_are_read_where_no_folder_is_named() -> None:
    async with mailboxes(EXPORT) as world:
        fill(world, world.desk.mailboxes[EXPORT].folders["contacts"], AddressBook([somebody("ann")]))
        reading = await source(world, "").read()
    assert [str(person.primary) for person in reading.people] == ["ann@b.example"]


async def test_addresses_that_are_none_are_counted_and_named() -> None:
    async with mailboxes(EXPORT) as world:
        folder = world.folder("Staff", EXPORT)
        world.put(folder, "1", {"displayName": "Bad", "emailAddresses": [{"address": "no address"}]})
        world.put(folder, "2", {"displayName": "None", "emailAddresses": []})
        reading = await source(world).read()
    assert (reading.left, reading.named) == ({Left.BAD_ADDRESS: 1}, (("no address", Left.BAD_ADDRESS),))
    assert [(each.primary, each.texts[Field.DISPLAY_NAME]) for each in reading.people] == [(None, "None")]


async def test_an_export_that_the_other_company_fills_is_read_where_it_is_named() -> None:
    """What a target of theirs wrote is left out, unless their sync is named; made anew, it is the same person."""
    async with mailboxes(EXPORT) as world:
        theirs = world.target(EXPORT, sync="theirs")
        await theirs.write(EXPORT, [create(entry("ann", phone="1"))])
        ours = world.ours(EXPORT, "theirs")
        assert ours is not None
        name = ours.properties["displayName"]
        assert (await source(world, name).read()).left == {Left.OURS: 1}
        before = await source(world, name, "theirs").read()
        [item] = ours.contacts.values()
        ours.contacts = {"another": item}
        item.properties["id"] = "another"
        after = await source(world, name, "theirs").read()
    assert by_anchor(before.people) == by_anchor(after.people)
    assert before.people[0].anchor == f"theirs/{entry('ann').anchor}"
    assert Stamp.read(item.extended[next(iter(item.extended))]) == Stamp("theirs", "ad:ann")
