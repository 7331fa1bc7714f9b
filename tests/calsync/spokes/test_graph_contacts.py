"""A folder of contacts in Microsoft 365 as a spoke."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from calsync.items import Item, Mark
from calsync.spoke import Act, Failed, Watched, Write, Written
from calsync.spokes.graph_contacts import GraphContacts
from calsync.spokes.patience import ONE, Patience
from protocols.errors import PeerError
from protocols.graph.card_fields import changed, fresh
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.graph.subscriptions import Notification, Sort
from protocols.model.card import Card, Phone
from protocols.model.freebusy import Reason
from simulation.faults import Trouble
from simulation.graph.contact_objects import Folder
from tests.calsync.spokes.contacts_world import ANN, Lossy, Unguarded, made_once, wire
from tests.calsync.spokes.test_graph_calendar import listening
from tests.contracts.spoke_world import Reader, Stage, creation, deletion, done, failed, standing, update
from tests.contracts.spokes import ContactSpokeContract
from tests.galsync.sides.mailbox_world import ANNA, NOW, Mailboxes, mailboxes

UNTIL = NOW + timedelta(days=3)


class Owner(Unguarded):
    """Works in the folder itself, as Outlook would."""

    def __init__(self, world: Mailboxes, folder: Folder) -> None:
        self._world, self.folder, self._number = world, folder, 0

    async def create(self, content: Card) -> str:
        self._number += 1
        key = f"theirs-{self._number}="
        self._world.desk.plant(ANNA, key, self._plain(fresh(content, stamp="")), self._id)
        return key

    async def change(self, key: str, content: Card) -> None:
        self.write(key, self._plain(fresh(content, stamp="")))

    async def delete(self, key: str) -> None:
        self._world.desk.drop(ANNA, key, self._id)

    async def scribble(self, key: str, text: str) -> None:
        self.write(key, {"initials": text})

    async def scribbled(self, key: str) -> str:
        return str(self.folder.contacts[key].properties.get("initials", ""))

    def write(self, key: str, properties: Mapping[str, Any]) -> None:
        """Sets properties of a contact."""
        self._world.desk.alter(ANNA, key, properties, self._id)

    @property
    def _id(self) -> str:
        return str(self.folder.properties["id"])

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
        spoke = GraphContacts(
            called,
            lossy,
            user=ANNA,
            folder=key,
            api_url=world.server.url,
            patience=Patience(clock=lambda: NOW + lossy.passed, sleep=world.sleep, chance=lambda: 0.0),
        )

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


async def test_a_reading_waits_where_it_is_told_to() -> None:
    async with staged() as (stage, world, owner, _):
        key = await owner.create(ANN)
        left = [2.0, 3.0]
        world.desk.limits.refuse = lambda method, path: left.pop(0) if left else None
        reader = Reader(stage.spoke)
        assert set((await reader.news()).items) == {key}
        assert world.waits == [2.0, 3.0]
        await owner.change(key, replace(ANN, company="Other"))
        left += [4.0, 5.0]  # the changes, and the contact in its batch
        assert set((await reader.news()).items) == {key}
        assert world.waits == [2.0, 3.0, 4.0, 5.0]


async def test_nobody_waits_longer_than_is_worth_while() -> None:
    async with staged() as (stage, world, owner, _):
        key = await owner.create(ANN)
        world.desk.limits.refuse = lambda method, path: 60.0
        for asking in (stage.spoke.look([key]), Reader(stage.spoke).news()):
            with pytest.raises(PeerError) as caught:
                await asking
            assert caught.value.reason is Reason.THROTTLED
        # each of them once, since a run would not wait for twice; then as long as the first one was told, too
        assert world.waits[0] == 60.0
        assert sum(world.waits) <= 2 * ONE.total_seconds()


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.LOST_PAGE, Reason.INCOMPLETE),
        (Trouble.TRUNCATED, Reason.GARBLED),
        (Trouble.HTML, Reason.GARBLED),
    ],
)
async def test_a_part_is_never_all(trouble: Trouble, reason: Reason) -> None:
    async with staged() as (stage, world, owner, _):
        for number in range(3):
            await owner.create(replace(ANN, nickname=f"n{number}"))
        world.desk.delta.page = world.desk.page = 2
        world.server.faults.trouble = trouble
        with pytest.raises(PeerError) as caught:
            await Reader(stage.spoke).news()
        assert caught.value.reason is reason


async def test_two_hubs_see_the_stamps_of_each_other() -> None:
    async with staged() as (stage, _, _, _):
        made = await done(stage.spoke, replace(creation(ANN), mark=Mark("other", "item").text))
        assert [item async for item in stage.spoke.ours("other")] == [made]
        assert [item async for item in stage.spoke.ours("oth")] == []
        assert (await Reader(stage.spoke).news()).items[made.key].mark == "busyline:other/item"


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


async def test_two_batches_at_once_wait_for_each_other() -> None:
    async with staged() as (stage, world, owner, _):
        assert stage.spoke.ability.at_once == 2
        batches = ([creation(ANN, 20 * batch + each) for each in range(20)] for batch in range(2))
        told = await asyncio.gather(*map(stage.spoke.write, batches))
        assert [len(each) for each in told] == [20, 20]
        assert len(owner.folder.contacts) == 40
        assert world.desk.limits.answered == {201: 40}  # nobody was told that there was too much


@pytest.mark.parametrize(("own", "of_others"), [(True, 1), (False, 0)])
async def test_a_change_is_told_to_whoever_watches(own: bool, of_others: int) -> None:
    async with staged(own=own) as (stage, world, owner, _), listening() as (listener, url):
        world.desk.clock = lambda: NOW
        spoke, desk = stage.spoke, world.desk.subscriptions
        assert isinstance(spoke, Watched)
        watch = await spoke.watch(url, "secret", UNTIL)
        assert (watch.until, watch.key in desk.subscriptions) == (UNTIL, True)
        key = await owner.create(ANN)
        await owner.change(key, replace(ANN, company="Other"))
        await owner.delete(key)
        await desk.settled()
        assert listener.told == [Notification(subscription=watch.key, sort=Sort.CHANGED, secret="secret")] * 3
        other = world.folder("Another")
        world.desk.plant(ANNA, "x=", {"displayName": "X"}, str(other.properties["id"]))
        await desk.settled()
        assert len(listener.told) == 3 + of_others  # the mailbox's own folder is watched by the whole mailbox
        listener.told.clear()
        for event in ("reauthorizationRequired", "missed"):
            desk.life(watch.key, event)
            await desk.settled()
        assert [each.sort for each in listener.told] == [Sort.REAUTHORISE, Sort.MISSED]
        await spoke.unwatch(watch)
        await spoke.unwatch(watch)
        await owner.create(ANN)
        await desk.settled()
        assert len(listener.told) == 2


async def test_what_we_write_is_told_as_well() -> None:
    async with staged() as (stage, world, _, _), listening() as (listener, url):
        world.desk.clock = lambda: NOW
        assert isinstance(stage.spoke, Watched)
        await stage.spoke.watch(url, "secret", UNTIL)
        made = await done(stage.spoke, creation(ANN))
        changed_one = await done(stage.spoke, update(made, replace(ANN, company="C"), "company"))
        assert await stage.spoke.write([deletion(changed_one)]) == [Written(None)]
        await world.desk.subscriptions.settled()
        assert len(listener.told) == 3


async def test_nobody_is_told_who_does_not_prove_itself_or_may_not_read() -> None:
    async with staged() as (stage, world, _, _), listening() as (listener, url):
        assert isinstance(stage.spoke, Watched)
        listener.proves = False
        with pytest.raises(PeerError):
            await stage.spoke.watch(url, "secret", UNTIL)
        listener.proves, world.roles = True, ("Calendars.ReadWrite",)
        with pytest.raises(PeerError) as caught:
            await stage.spoke.watch(url, "secret", UNTIL)
        assert caught.value.reason is Reason.NO_ACCESS
        assert world.desk.subscriptions.subscriptions == {}


def test_a_change_of_nothing_sends_nothing() -> None:
    assert changed({}, ANN, ()) == {}
