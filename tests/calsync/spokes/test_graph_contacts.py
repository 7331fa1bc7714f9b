"""A folder of contacts in Microsoft 365 as a spoke."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calsync.items import Item, Mark
from calsync.spoke import Act, Failed, Write, Written
from calsync.spokes.graph_contacts import GraphContacts
from protocols.errors import PeerError
from protocols.graph.card_fields import changed, fresh
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.model.card import Card, Phone
from protocols.model.freebusy import Reason
from simulation.graph.contact_objects import Folder, put
from tests.calsync.spokes.contacts_world import ANN, Lossy, Unguarded, made_once, wire
from tests.contracts.spoke_world import Reader, Stage, creation, deletion, done, failed, standing, update
from tests.contracts.spokes import ContactSpokeContract
from tests.galsync.sides.mailbox_world import ANNA, NOW, Mailboxes, mailboxes


class Owner(Unguarded):
    """Works in the folder itself, as Outlook would."""

    def __init__(self, world: Mailboxes, folder: Folder) -> None:
        self._world, self.folder, self._number = world, folder, 0

    async def create(self, content: Card) -> str:
        self._number += 1
        key = f"theirs-{self._number}="
        self._world.put(self.folder, key, self._plain(fresh(content, stamp="")))
        return key

    async def change(self, key: str, content: Card) -> None:
        self.write(key, self._plain(fresh(content, stamp="")))

    async def delete(self, key: str) -> None:
        del self.folder.contacts[key]

    async def scribble(self, key: str, text: str) -> None:
        self.write(key, {"initials": text})

    async def scribbled(self, key: str) -> str:
        return str(self.folder.contacts[key].properties.get("initials", ""))

    def write(self, key: str, properties: Mapping[str, Any]) -> None:
        """Sets properties of a contact."""
        put(self.folder.contacts[key], properties, new=False)

    @staticmethod
    def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
        """The body without a stamp."""
        extended = [each for each in body[EXTENDED] if each["id"] != STAMP]
        return {**body, EXTENDED: extended}


@asynccontextmanager
async def staged(
    *, own: bool = True, called: str = "mailbox"
) -> AsyncIterator[tuple[Stage[Card], Mailboxes, Owner, Lossy]]:
    async with mailboxes() as world:
        folders = world.desk.mailboxes[ANNA].folders
        folder = folders["contacts"] if own else world.folder("Customers")
        key = "" if own else str(folder.properties["id"])
        owner, lossy = Owner(world, folder), Lossy(world.send, lambda request: b'"method":"POST"' in request.body)
        spoke = GraphContacts(called, lossy, user=ANNA, folder=key, api_url=world.server.url, clock=lambda: NOW)

        stage = Stage(spoke=spoke, user=owner, wire=lambda: wire(world.requests), expire=world.desk.delta.forget)
        yield stage, world, owner, lossy


class TestGraphContacts(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with staged() as (stage, _, _, _):
            yield stage


class TestAFolderBelow(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with staged(own=False) as (stage, world, _, _):
            world.desk.delta.page = world.desk.page = 2
            yield stage


async def test_of_a_mailbox_that_is_not_there_no_contact_is_gone() -> None:
    async with staged() as (stage, world, owner, _):
        key = await owner.create(ANN)
        before = await standing(stage.spoke, key)
        assert await stage.spoke.look(["nothing="]) == {"nothing=": None}
        del world.desk.mailboxes[ANNA]
        with pytest.raises(PeerError):
            await stage.spoke.look([key])
        for write in (deletion(before), update(before, replace(ANN, display_name="Other"), "display_name")):
            outcome = await failed(stage.spoke, write)
            assert (outcome.reason, outcome.gone) == (Reason.NO_SUCH_MAILBOX, False)


async def test_a_lost_answer_makes_no_second_copy() -> None:
    async with staged() as (stage, _, owner, lossy):
        await made_once(stage, lossy, lambda: len(owner.folder.contacts))


async def test_a_change_touches_what_it_names_and_keeps_the_rest_of_a_list() -> None:
    async with staged() as (stage, _, owner, _):
        key = await owner.create(replace(ANN, phones={Phone.BUSINESS: "1", Phone.BUSINESS_2: "2", Phone.PAGER: "3"}))
        owner.write(
            key, {"businessPhones": ["1", "2", "9"], "emailAddresses": [{"name": "A", "address": ANN.emails[0]}]}
        )
        before = await standing(stage.spoke, key)
        wanted = replace(ANN, phones={Phone.BUSINESS: "4"}, emails=(*ANN.emails, "b@b.example"), display_name="Other")
        after = await done(stage.spoke, update(before, wanted, "phone business", "emails"))
        there = owner.folder.contacts[key].properties
        assert there["businessPhones"] == ["4", "2", "9"]
        assert there["emailAddresses"][0] == {"name": "A", "address": ANN.emails[0]}
        assert there["displayName"] == "Ann Example"
        assert isinstance(after.content, Card)
        assert after.content.phones[Phone.PAGER] == "3"
        assert after.content.emails == wanted.emails


async def test_addresses_of_the_own_organisation_are_not_told_and_never_written() -> None:
    async with staged() as (stage, _, owner, _):
        key = await owner.create(ANN)
        owner.write(key, {"emailAddresses": [{"name": "A", "address": "/o=ExchangeLabs/cn=ann"}]})
        item = await standing(stage.spoke, key)
        assert isinstance(item.content, Card)
        assert not item.content.emails
        assert item.cut == {"emails"}
        assert (await failed(stage.spoke, update(item, ANN, "emails"))).refused
        after = await done(stage.spoke, update(item, replace(ANN, display_name="Other"), "emails", "display_name"))
        assert isinstance(after.content, Card)
        assert (after.content.display_name, after.content.emails) == ("Other", ())
        assert after.cut == {"emails"}


async def test_what_bears_the_stamp_of_an_address_list_is_read_with_it() -> None:
    async with staged() as (stage, world, owner, _):
        world.put(owner.folder, "gal=", {"displayName": "Bob"}, stamp="busyline:fabrikam/guid-1")
        item = (await Reader(stage.spoke).news()).items["gal="]
        assert Mark.read(item.mark) == Mark("fabrikam", "guid-1")


async def test_what_was_thrown_away_is_gone_though_it_can_be_asked_for() -> None:
    async with staged() as (stage, _, owner, _):
        item = await done(stage.spoke, creation(ANN))
        await Reader(stage.spoke).news()
        owner.folder.contacts[item.key].properties["parentFolderId"] = "deleted"
        assert (await stage.spoke.look([item.key]))[item.key] is None


async def test_one_change_costs_as_much_in_a_large_folder() -> None:
    counts = []
    for size in (10, 200):
        async with staged() as (stage, world, owner, _):
            keys = [await owner.create(replace(ANN, nickname=f"n{number}")) for number in range(size)]
            reader = Reader(stage.spoke)
            await reader.news()
            await owner.change(keys[3], replace(ANN, company="Other"))
            before = len(world.requests)
            assert set((await reader.news()).items) == {keys[3]}
            counts.append(len(world.requests) - before)
    assert counts[0] == counts[1] == 2


async def test_a_mailbox_that_is_closed_to_us_is_told_with_what_to_do() -> None:
    async with staged() as (stage, world, _, _):
        world.desk.reached = frozenset()
        with pytest.raises(PeerError) as caught:
            await Reader(stage.spoke).news()
        assert caught.value.reason is Reason.NO_ACCESS
        outcome = await failed(stage.spoke, creation(ANN))
        assert (outcome.reason, outcome.doubt) == (Reason.NO_ACCESS, False)
        assert "Contacts.ReadWrite" in outcome.words


async def test_throttling_says_when_to_come_back() -> None:
    async with staged() as (stage, world, _, _):
        world.desk.limits.refuse = lambda method, path: 7.0 if method == "POST" else None
        outcome = await failed(stage.spoke, creation(ANN))
        assert outcome.reason is Reason.THROTTLED
        assert outcome.retry_after is not None
        assert outcome.retry_after.total_seconds() == 7


async def test_a_folder_that_vanished_is_an_error_and_no_empty_folder() -> None:
    async with staged(own=False) as (stage, world, owner, _):
        await owner.create(ANN)
        reader = Reader(stage.spoke)
        await reader.news()
        del world.desk.mailboxes[ANNA].folders[str(owner.folder.properties["id"])]
        with pytest.raises(PeerError) as caught:
            await reader.news()
        assert caught.value.reason is Reason.NO_SUCH_MAILBOX
        with pytest.raises(PeerError):
            await Reader(stage.spoke).news()


async def test_one_bad_write_spoils_no_other() -> None:
    async with staged() as (stage, _, _, _):
        good, there = creation(ANN, 1), await done(stage.spoke, creation(ANN, 2))
        bad = Write(act=Act.UPDATE, content=ANN, key="nowhere=", version="1", changes=frozenset({"company"}))
        wanted = update(there, replace(ANN, company="C"), "company")
        outcomes = await stage.spoke.write([bad, good, wanted])
        assert isinstance(outcomes[0], Failed)
        assert outcomes[0].gone
        assert isinstance(outcomes[1], Written)
        assert isinstance(outcomes[2], Written)
        assert isinstance(outcomes[2].item, Item)


def test_a_change_of_nothing_sends_nothing() -> None:
    assert changed({}, ANN, ()) == {}
