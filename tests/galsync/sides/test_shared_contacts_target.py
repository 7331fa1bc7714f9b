"""The shared contacts of a Google domain as a target."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from galsync.entries import Form, Held, Stamp
from galsync.side import Failed, Target, Written
from galsync.sides.google_own_people import OwnPeople
from galsync.sides.shared_contacts_target import SharedContactsTarget
from galsync.steps import Act
from protocols.errors import PeerError
from protocols.google import contact_entry, people
from protocols.google.shared_contacts import SCOPE
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from simulation.address_book import AddressBook
from simulation.google.shared_contacts import SharedContacts
from tests.contracts.source import ANN, TEAM
from tests.contracts.target import WAIT, X500, TargetContract, create, remove, retire, update
from tests.galsync.sides.google_plans import Planned, settles
from tests.galsync.sides.google_world import ADMIN, NOW, Workspace, workspace


def target_of(world: Workspace, sync: str = "fabrikam") -> SharedContactsTarget:
    own = OwnPeople(
        world.send_as(ADMIN, people.USERS_SCOPE, people.GROUPS_SCOPE), pace=world.pace, api_url=world.server.url
    )
    return SharedContactsTarget(
        "shared",
        sync=sync,
        domain="northwind.example",
        send=world.send_as(ADMIN, SCOPE),
        own=own,
        pace=world.pace,
        api_url=world.server.url,
    )


def put(shared: SharedContacts, address: str, name: str, stamp: Stamp | None = None) -> str:
    entry = contact_entry.blank()
    contact_entry.put(entry, Field.DISPLAY_NAME, name)
    contact_entry.put_addresses(entry, address, ())
    contact_entry.put_stamp(entry, stamp.text if stamp else "")
    return shared.put(entry)


class TestSharedContactsTarget(TargetContract):
    form = Form.SHARED_CONTACT
    telling = frozenset(Field)

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with workspace() as self.world:
            self.world.server.shared.largest_page = 1
            yield target_of(self.world)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        put(self.world.server.shared, address, name, stamp)

    async def meddle(self, key: str) -> None:
        shared = self.world.server.shared
        shared.put(shared.entries[key], key)

    async def throttle(self) -> None:
        self.world.server.shared.wait = WAIT.total_seconds()

    async def spoil(self) -> None:
        self.world.server.shared.lost_pages = True


CONTRACT = TestSharedContactsTarget()
ENTRY = CONTRACT.entry


async def everything(target: Target) -> list[Held]:
    return [held async for held in target.held("")]


async def test_people_of_the_domain_stand_in_the_way_and_are_never_written() -> None:
    async with workspace(AddressBook([ANN, TEAM])) as world:
        target = target_of(world)
        held = {one.key: one for one in await everything(target)}
        looked = await target.look("", [], ["ann.alias@b.example", "nobody@b.example"])
        own = held[f"directory:{ANN.anchor}"]
        assert await target.look("", [own.key], []) == [own]
        assert looked == [own]
        assert set(held) == {own.key, f"directory:{TEAM.anchor}"}
        assert (own.form, own.stamp, own.address) == (None, None, ANN.primary)
        assert own.addresses == {"ann@b.example", "ann.alias@b.example"}
        assert own.readonly
        for step in (remove(own, "x:y"), update(ENTRY(), own, "address")):
            assert isinstance((await target.write("", [step]))[0], Failed)


async def test_many_addresses_are_looked_up_by_reading_everybody() -> None:
    async with workspace(AddressBook([ANN])) as world:
        found = await target_of(world).look("", [], ["ann@b.example", *(f"x{n}@b.example" for n in range(60))])
        asked = [request.url for request in world.requests if "/admin/" in request.url]
    assert [one.address for one in found] == [ANN.primary]
    assert len(asked) == 2


async def test_an_address_is_taken_once_even_where_two_batches_are_on_their_way() -> None:
    async with workspace() as world:
        target = target_of(world)
        other = replace(ENTRY("ann"), anchor="ad:other")
        outcomes = await asyncio.gather(target.write("", [create(ENTRY("ann"))]), target.write("", [create(other)]))
        [twice] = await target.write("", [create(ENTRY("bob")), create(replace(ENTRY("bob"), anchor="ad:b2"))][1:])
        assert sorted(isinstance(outcome, Written) for [outcome] in outcomes) == [False, True]
        assert isinstance(twice, Written)
        assert len(await everything(target)) == 2


async def test_an_address_that_is_set_free_in_the_same_batch_can_be_taken() -> None:
    async with workspace() as world:
        target = target_of(world)
        await target.write("", [create(ENTRY("ann"))])
        [held] = await everything(target)
        new = replace(ENTRY("ann"), anchor="ad:new")
        outcomes = await target.write("", [remove(held, "ad:ann"), create(new)])
        assert all(isinstance(one, Written) for one in outcomes)
        assert [one.stamp for one in await everything(target)] == [Stamp("fabrikam", "ad:new")]


async def test_a_batch_whose_answer_is_lost_is_in_doubt_and_is_not_doubled() -> None:
    async with workspace() as world:
        target = target_of(world)
        world.server.shared.forgetful = True
        [outcome] = await target.write("", [create(ENTRY())])
        assert isinstance(outcome, Failed)
        assert outcome.doubt
        world.server.shared.forgetful = False
        [again] = await target.write("", [create(ENTRY())])
        assert isinstance(again, Failed)
        assert not again.doubt
        [held] = await target.look("", [], ["ann@b.example"])
        assert held.stamp == Stamp("fabrikam", "ad:ann")


async def test_what_others_wrote_since_is_seen_without_reading_everything_again() -> None:
    async with workspace() as world:
        shared, target = world.server.shared, target_of(world)
        shared.clock = lambda: NOW - timedelta(days=1)
        put(shared, "old@b.example", "Old")
        await everything(target)
        shared.clock = lambda: NOW
        put(shared, "new@b.example", "New")
        first, read = len(world.requests), await target.look("", [], ["new@b.example", "old@b.example"])
        lists = [request.url for request in world.requests[first:] if request.url.endswith("showdeleted=true")]
    assert [one.texts[Field.DISPLAY_NAME] for one in read] == ["New", "Old"]
    assert ["updated-min=2026-11-23T07%3A50%3A00Z" in url for url in lists] == [True]


async def test_a_contact_that_is_too_large_is_made_smaller_and_keeps_what_counts() -> None:
    entry = ENTRY("ann", **{field.value: "ü" * 200 for field in Field})
    async with workspace() as world:
        target = target_of(world)
        [outcome] = await target.write("", [create(entry)])
        [held] = await everything(target)
    assert isinstance(outcome, Written)
    assert held.address == entry.address
    assert held.stamp == Stamp("fabrikam", "ad:ann")
    assert Field.DISPLAY_NAME in held.texts
    assert Field.NOTES not in held.texts


async def test_what_somebody_added_by_hand_survives_an_update() -> None:
    async with workspace() as world:
        target, shared = target_of(world), world.server.shared
        await target.write("", [create(ENTRY())])
        [key] = shared.entries
        entry = shared.entries[key]
        entry.append(entry.makeelement(f"{contact_entry.GCONTACT}birthday", {"when": "2000-01-01"}))
        [held] = await everything(target)
        [outcome] = await target.write("", [update(ENTRY(title="Lead"), held, texts=(Field.TITLE,))])
        assert isinstance(outcome, Written)
        assert shared.entries[key].find(f"{contact_entry.GCONTACT}birthday") is not None


async def test_nothing_can_be_hidden() -> None:
    async with workspace() as world:
        target = target_of(world)
        await target.write("", [create(ENTRY())])
        [held] = await everything(target)
        [outcome] = await target.write("", [retire(held, "ad:ann")])
        assert isinstance(outcome, Failed)
        assert target.ability.hides is False
        assert Act.RETIRE.value not in outcome.words


@pytest.mark.parametrize("trouble", ["cut", "scope"])
async def test_half_a_feed_is_no_feed(trouble: str) -> None:
    async with workspace() as world:
        put(world.server.shared, "ann@b.example", "Ann")
        world.server.shared.cut = trouble == "cut"
        target = target_of(world)
        if trouble == "scope":
            target = SharedContactsTarget(
                "shared",
                sync="x",
                domain="northwind.example",
                send=world.send_as(ADMIN, people.USERS_SCOPE),
                own=OwnPeople(None, pace=world.pace),
                pace=world.pace,
                api_url=world.server.url,
            )
        with pytest.raises(PeerError) as caught:
            await everything(target)
    assert caught.value.reason is (Reason.INCOMPLETE if trouble == "cut" else Reason.NO_ACCESS)


async def test_a_plan_settles() -> None:
    texts = {field.value: f"{field.value} ü" for field in Field}
    async with workspace() as world:
        await settles(Planned(target_of(world)), ENTRY("ann", "second@b.example", X500, **texts), ENTRY("bob"))


async def test_a_user_of_the_domain_is_a_conflict() -> None:
    async with workspace(AddressBook([ANN])) as world:
        found = await Planned(target_of(world)).plan(ENTRY("ann"))
    assert [(step.act, step.against) for step in found.steps] == [(Act.CONFLICT, (f"directory:{ANN.anchor}",))]


async def test_where_nobody_knows_who_is_there_nothing_is_written() -> None:
    async with workspace() as world:
        shared = world.server.shared
        put(shared, "old@b.example", "Old")
        shared.cut = True
        [outcome] = await target_of(world).write("", [create(ENTRY())])
        assert isinstance(outcome, Failed)
        assert (outcome.reason, outcome.doubt) == (Reason.INCOMPLETE, False)
        assert len(shared.entries) == 1
