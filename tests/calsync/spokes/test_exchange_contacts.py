"""A folder of contacts on an Exchange server as a spoke."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from lxml import etree

from calsync.items import Mark
from calsync.spoke import Lists
from calsync.spokes.exchange_contacts import ExchangeContacts, ExchangePublicContacts
from calsync.spokes.exchange_public_folder import Route
from protocols.errors import PeerError
from protocols.ews.card_fields import fresh
from protocols.ews.names import M, T
from protocols.http import HttpRequest
from protocols.model.card import Card, Phone
from protocols.model.freebusy import Reason
from simulation.exchange.contact_items import Item, values_of
from simulation.exchange.contact_mailboxes import ContactsDesk, Folder
from tests.calsync.spokes.contacts_world import ANN, Lossy, Unguarded, exchange, made_once, wire
from tests.contracts.spoke_world import NOW, Reader, Stage, creation, deletion, done, failed, standing, update
from tests.contracts.spokes import ContactSpokeContract
from tests.galsync.sides.exchange_world import ANNA, WRITER, ExchangeMailboxes, exchange_mailboxes, own

ASSISTANT = ("contacts:AssistantName",)


class Owner(Unguarded):
    """Works in the folder itself, as Outlook would."""

    def __init__(self, desk: ContactsDesk, folder: Folder) -> None:
        self.desk, self.folder = desk, folder

    async def create(self, content: Card) -> str:
        return self.desk.put(self.folder, self._values(content)).key

    async def change(self, key: str, content: Card) -> None:
        item = self.folder.items[key]
        item.values = self._values(content)
        self.desk.touch(item)

    async def delete(self, key: str) -> None:
        self.desk.remove(self.folder, self.folder.items[key])

    async def scribble(self, key: str, text: str) -> None:
        self.folder.items[key].values[ASSISTANT] = text
        self.desk.touch(self.folder.items[key])

    async def scribbled(self, key: str) -> str:
        return self.folder.items[key].values.get(ASSISTANT, "")

    @staticmethod
    def _values(content: Card) -> dict[tuple[str, ...], str]:
        contact = fresh(content, stamp="", token="").replace("<t:Contact>", f'<t:Contact xmlns:t="{T}" xmlns:m="{M}">')
        return {path: text for path, text in values_of(etree.fromstring(contact)).items() if path[0] != "ext"}


def _is_creation(request: HttpRequest) -> bool:
    return b"<m:CreateItem" in request.body


def _clock() -> Iterator[datetime]:
    return (NOW.replace(tzinfo=UTC) + timedelta(seconds=number) for number in count())


@asynccontextmanager
async def staged(
    name: str = "", *, called: str = "mailbox"
) -> AsyncIterator[tuple[Stage[Card], ExchangeMailboxes, Owner, Lossy]]:
    async with exchange_mailboxes() as world:
        folder = world.folder(name) if name else world.desk.mailboxes[ANNA].contacts
        owner, way = Owner(world.desk, folder), Lossy(world.send, _is_creation)
        at = exchange(way, url=world.server.ews_url, mailbox=ANNA, clock=lambda: NOW + way.passed)
        spoke = ExchangeContacts(called, at, folder=folder.key if name else "")
        told = Stage(spoke=spoke, user=owner, wire=lambda: wire(world.requests), expire=world.desk.sync.forget)
        yield told, world, owner, way


@asynccontextmanager
async def public(
    every: timedelta = timedelta(), later: Sequence[timedelta] = ()
) -> AsyncIterator[tuple[Stage[Card], ExchangeMailboxes, Owner, Lossy]]:  # fmt: skip
    async with exchange_mailboxes() as world:
        times = _clock()
        world.desk.clock = lambda: next(times)
        shared = world.desk.new_folder(world.desk.public, "public-folders/root", "Shared")
        folder = world.desk.new_folder(world.desk.public, shared.key, "Customers")
        owner, way = Owner(world.desk, folder), Lossy(world.send, _is_creation)
        at = exchange(
            way,
            url=world.server.ews_url,
            mailbox=WRITER.username,
            impersonates=False,
            clock=lambda: next(times) + sum(later, way.passed),
        )
        spoke = ExchangePublicContacts("public", at, route=Route(path="/Shared/Customers"), deletions_every=every)
        told = Stage(spoke=spoke, user=owner, wire=lambda: wire(world.requests), expire=lambda: None)
        yield told, world, owner, way


class TestExchangeContacts(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with staged() as (stage, _, _, _):
            yield stage


class TestAFolderBelow(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with staged("Customers") as (stage, world, _, _):
            world.desk.page, world.desk.sync.most = 2, 2
            yield stage


class TestAPublicFolder(ContactSpokeContract):
    spoils = tokens = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with public() as (stage, world, _, _):
            world.desk.page = 2
            yield stage


async def test_a_lost_answer_makes_no_second_copy() -> None:
    async with staged() as (stage, _, owner, lossy):
        await made_once(stage, lossy, lambda: len(owner.folder.items))


async def test_a_change_touches_what_it_names() -> None:
    async with staged() as (stage, _, owner, _):
        key = await owner.create(replace(ANN, phones={Phone.BUSINESS: "1", Phone.PAGER: "3"}))
        item: Item = owner.folder.items[key]
        item.values |= {
            ("contacts:PhoneNumber", "CarPhone"): "9",
            ("contacts:EmailAddress", "EmailAddress2"): "b@b.example",
        }
        owner.desk.touch(item)
        before = await standing(stage.spoke, key)
        wanted = replace(ANN, phones={Phone.BUSINESS: "4"}, emails=("c@c.example",), display_name="Other")
        after = await done(stage.spoke, update(before, wanted, "phone business", "emails"))
        assert item.values["contacts:PhoneNumber", "BusinessPhone"] == "4"
        assert item.values["contacts:PhoneNumber", "Pager"] == "3"
        assert item.values["contacts:PhoneNumber", "CarPhone"] == "9"
        assert ("contacts:EmailAddress", "EmailAddress2") not in item.values
        assert item.values["contacts:DisplayName",] == "Ann Example"
        assert isinstance(after.content, Card)
        assert after.content.emails == ("c@c.example",)


async def test_the_name_to_file_under_follows_the_name_to_show() -> None:
    async with staged() as (stage, _, owner, _):
        before = await done(stage.spoke, creation(ANN))
        item = owner.folder.items[before.key]
        after = await done(stage.spoke, update(before, replace(ANN, display_name="Ann B."), "display_name"))
        assert item.values["contacts:FileAs",] == "Ann B."
        item.values["contacts:FileAs",] = "B., Ann"
        await done(stage.spoke, update(after, replace(ANN, display_name="Ann C."), "display_name"))
        assert item.values["contacts:FileAs",] == "B., Ann"


async def test_addresses_of_the_own_organisation_are_not_told_and_never_written() -> None:
    async with staged() as (stage, _, owner, _):
        key = await owner.create(ANN)
        owner.folder.items[key].values["contacts:EmailAddress", "EmailAddress1"] = "/o=Fabrikam/cn=ann"
        item = await standing(stage.spoke, key)
        assert isinstance(item.content, Card)
        assert not item.content.emails
        assert item.cut == {"emails"}
        assert (await failed(stage.spoke, update(item, ANN, "emails"))).refused
        after = await done(stage.spoke, update(item, replace(ANN, display_name="Other"), "emails", "display_name"))
        assert isinstance(after.content, Card)
        assert (after.content.display_name, after.content.emails) == ("Other", ())
        assert after.cut == {"emails"}


async def test_what_bears_the_stamp_of_an_address_list_is_read_with_it_and_lists_are_nobody() -> None:
    async with staged() as (stage, world, owner, _):
        item = world.put(owner.folder, "Bob", "bob@b.example", stamp="busyline:fabrikam/guid-1")
        world.desk.put(owner.folder, {("contacts:DisplayName",): "Everybody"}, "DistributionList")
        told = (await Reader(stage.spoke).news()).items
        assert set(told) == {item.key}
        assert Mark.read(told[item.key].mark) == Mark("fabrikam", "guid-1")
        assert own("BusylineStamp") in item.values


async def test_one_change_costs_as_much_in_a_large_folder() -> None:
    counts = []
    for size in (10, 600):
        async with staged() as (stage, world, owner, _):
            keys = [await owner.create(replace(ANN, nickname=f"n{number}")) for number in range(size)]
            reader = Reader(stage.spoke)
            assert len((await reader.news()).items) == size
            await owner.change(keys[3], replace(ANN, company="Other"))
            before = len(world.requests)
            assert set((await reader.news()).items) == {keys[3]}
            counts.append(len(world.requests) - before)
    assert counts == [2, 2]


async def test_a_mailbox_that_is_closed_to_us_is_told_with_what_to_do() -> None:
    async with staged() as (stage, world, _, _):
        world.desk.scope = frozenset()
        with pytest.raises(PeerError) as caught:
            await Reader(stage.spoke).news()
        assert caught.value.reason is Reason.UNAUTHORIZED
        outcome = await failed(stage.spoke, creation(ANN))
        assert not outcome.doubt
        assert "ApplicationImpersonation" in outcome.words


async def test_throttling_says_when_to_come_back() -> None:
    async with staged() as (stage, world, _, _):
        world.desk.refuse = lambda operation: 7.0 if operation == "CreateItem" else None
        outcome = await failed(stage.spoke, creation(ANN))
        assert outcome.reason is Reason.THROTTLED
        assert outcome.retry_after == timedelta(seconds=7)
        assert not outcome.doubt


async def test_one_malformed_contact_spoils_no_other() -> None:
    async with staged() as (stage, _, owner, _):
        bad = replace(ANN, web_page="no page at all")
        outcomes = await stage.spoke.write([creation(ANN, 1), creation(bad, 2), creation(ANN, 3)])
        assert [getattr(each, "refused", False) for each in outcomes] == [False, True, False]
        assert len(owner.folder.items) == 2
        fitting, _ = stage.spoke.ability.fit(bad)
        assert isinstance(fitting, Card)
        assert fitting.web_page == "no%20page%20at%20all"


async def test_what_is_deleted_in_a_mailbox_can_be_had_back_and_public_folders_keep_it_for_a_while() -> None:
    for world_of, word in ((staged, b"MoveToDeletedItems"), (public, b"SoftDelete")):
        async with world_of() as (stage, world, _, _):
            await stage.spoke.write([deletion(await done(stage.spoke, creation(ANN)))])
            assert word in next(each.body for each in world.requests if b"<m:DeleteItem" in each.body)


async def test_a_public_folder_is_asked_for_what_changed_and_now_and_then_for_everything() -> None:
    later: list[timedelta] = []
    async with public(timedelta(minutes=15), later) as (stage, world, owner, _):
        keys = [await owner.create(replace(ANN, nickname=f"n{number}")) for number in range(3)]
        reader = Reader(stage.spoke)
        assert set((await reader.news()).items) == set(keys)
        await owner.change(keys[0], replace(ANN, company="Other"))
        await owner.delete(keys[1])
        before = len(world.requests)
        told = await reader.news()
        assert (set(told.items), set(told.gone)) == ({keys[0]}, set())
        assert any(b"IsGreaterThanOrEqualTo" in each.body for each in world.requests[before:])
        later.append(timedelta(hours=1))
        assert (await reader.news()).gone == {keys[1]}
        await owner.delete(keys[2])
        assert isinstance(stage.spoke, Lists)
        stage.spoke.list_all()
        assert (await reader.news()).gone == {keys[2]}
        assert world.desk.public.address == "public-folders"


async def test_a_public_folder_that_vanished_is_an_error_and_no_empty_folder() -> None:
    async with public() as (stage, world, owner, _):
        await owner.create(ANN)
        reader = Reader(stage.spoke)
        await reader.news()
        del world.desk.public.folders[owner.folder.key]
        with pytest.raises(PeerError) as caught:
            await reader.news()
        assert caught.value.reason is Reason.NO_CALENDAR


async def test_a_public_folder_of_something_else_is_refused() -> None:
    async with public() as (stage, _, owner, _):
        owner.folder.kind = "IPF.Appointment"
        with pytest.raises(PeerError, match="holds no contacts"):
            await Reader(stage.spoke).news()
