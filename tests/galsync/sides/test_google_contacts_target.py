"""The contacts of Google users as a target."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from galsync.entries import Form, Held, Stamp
from galsync.side import Failed, Target, Written
from galsync.sides.google_contacts_target import GoogleContactsTarget
from galsync.steps import Act
from protocols.errors import PeerError
from protocols.google import contact_person
from protocols.google.people import USERS_SCOPE
from protocols.google.personal_contacts import MY_CONTACTS, SCOPE
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from simulation.google.personal_contacts import PersonalContacts
from tests.contracts.target import WAIT, X500, TargetContract, create, remove, retire, update
from tests.galsync.sides.google_plans import Planned, settles
from tests.galsync.sides.google_world import Workspace, workspace

JACK, MIA = "jack.thompson@northwind.example", "mia.robertson@northwind.example"


def target_of(world: Workspace, scope: str = SCOPE) -> GoogleContactsTarget:
    async def users() -> Sequence[str]:
        return (JACK, MIA)

    return GoogleContactsTarget(
        "phones",
        sync="fabrikam",
        group="Fabrikam",
        users=users,
        send_as=lambda user: world.send_as(user, scope),
        pace=world.pace,
        api_url=world.server.url,
    )


def put(personal: PersonalContacts, address: str, name: str, stamp: Stamp | None = None, user: str = JACK) -> None:
    person = contact_person.blank([MY_CONTACTS])
    contact_person.put(person, {Field.DISPLAY_NAME: name})
    contact_person.put_addresses(person, address, ())
    contact_person.put_stamp(person, stamp.text if stamp else "")
    personal.put(user, person)


class TestGoogleContactsTarget(TargetContract):
    form = Form.CONTACT
    place = JACK
    telling = frozenset(Field)

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with workspace() as self.world:
            self.world.server.personal.largest_page = 1
            yield target_of(self.world)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        put(self.world.server.personal, address, name, stamp)

    async def photo(self, target: Target, key: str) -> bytes:
        return self.world.server.personal.photos.get(key, b"")

    async def meddle(self, key: str) -> None:
        personal = self.world.server.personal
        personal.put(JACK, personal.people[JACK][key], key)

    async def throttle(self) -> None:
        self.world.server.personal.wait = WAIT.total_seconds()

    async def spoil(self) -> None:
        self.world.server.personal.lost_pages = True


class TestWhereOneBadContactSpoilsItsBatch(TestGoogleContactsTarget):
    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with workspace() as self.world:
            self.world.server.personal.all_at_once = True
            self.world.server.personal.largest_page = 1
            yield target_of(self.world)


ENTRY = TestGoogleContactsTarget().entry


async def everything(target: Target, place: str = JACK) -> list[Held]:
    return [held async for held in target.held(place)]


async def test_new_contacts_are_in_the_lists_group_and_among_the_contacts() -> None:
    async with workspace() as world:
        target, personal = target_of(world), world.server.personal
        await target.write(JACK, [create(ENTRY("ann"))])
        await target.write(JACK, [create(ENTRY("bob"))])
        assert list(personal.groups[JACK].values()) == ["Fabrikam"]
        [group] = personal.groups[JACK]
        for person in personal.people[JACK].values():
            names = [one["contactGroupMembership"]["contactGroupResourceName"] for one in person["memberships"]]
            assert names == [MY_CONTACTS, group]
        assert MIA not in personal.people


async def test_a_group_that_the_user_removed_is_made_again() -> None:
    async with workspace() as world:
        target, personal = target_of(world), world.server.personal
        await target.write(JACK, [create(ENTRY("ann"))])
        personal.groups[JACK].clear()
        [failed] = await target.write(JACK, [create(ENTRY("bob"))])
        [done] = await target.write(JACK, [create(ENTRY("bob"))])
        assert isinstance(failed, Failed)
        assert isinstance(done, Written)


async def test_a_batch_of_stale_and_fresh_contacts_in_halves() -> None:
    async with workspace() as world:
        target, personal = target_of(world), world.server.personal
        entries = [ENTRY(f"p{number}") for number in range(5)]
        await target.write(JACK, [create(entry) for entry in entries])
        held = {str(one.address): one for one in await everything(target)}
        stale = held["p2@b.example"].key
        steps = [update(ENTRY(f"p{n}", title="x"), held[f"p{n}@b.example"], texts=(Field.TITLE,)) for n in range(5)]
        personal.put(JACK, personal.people[JACK][stale], stale)
        outcomes = await target.write(JACK, steps)
    assert [isinstance(one, Written) for one in outcomes] == [True, True, False, True, True]


async def test_changes_whose_answers_are_lost_are_in_doubt_and_not_doubled() -> None:
    async with workspace() as world:
        target, personal = target_of(world), world.server.personal
        personal.groups[JACK] = {"contactGroups/1": "Fabrikam"}
        personal.forgetful = True
        [outcome] = await target.write(JACK, [create(ENTRY())])
        personal.forgetful = False
        [again] = await target.write(JACK, [create(ENTRY())])
        assert isinstance(outcome, Failed)
        assert outcome.doubt
        assert isinstance(again, Failed)
        assert len(await everything(target)) == 1


async def test_what_cannot_be_looked_at_first_is_not_written() -> None:
    async with workspace() as world:
        [outcome] = await target_of(world, USERS_SCOPE).write(JACK, [create(ENTRY())])
        assert isinstance(outcome, Failed)
        assert (outcome.reason, outcome.doubt) == (Reason.NO_ACCESS, False)
        with pytest.raises(PeerError):
            await everything(target_of(world, USERS_SCOPE))


async def test_an_address_is_taken_once_and_can_be_set_free_in_the_same_batch() -> None:
    async with workspace() as world:
        target = target_of(world)
        twin = replace(ENTRY("ann"), anchor="ad:twin")
        outcomes = await target.write(JACK, [create(ENTRY("ann")), create(twin)])
        assert [isinstance(one, Written) for one in outcomes] == [True, False]
        [held] = await everything(target)
        outcomes = await target.write(JACK, [remove(held, "ad:ann"), create(twin)])
        assert all(isinstance(one, Written) for one in outcomes)
        assert [one.stamp for one in await everything(target)] == [Stamp("fabrikam", "ad:twin")]


async def test_each_user_has_contacts_of_their_own() -> None:
    async with workspace() as world:
        target = target_of(world)
        assert await target.places() == (JACK, MIA)
        for place in (JACK, MIA):
            [outcome] = await target.write(place, [create(ENTRY())])
            assert isinstance(outcome, Written)
        assert [len(await everything(target, place)) for place in (JACK, MIA)] == [1, 1]


async def test_what_the_user_added_survives_an_update() -> None:
    async with workspace() as world:
        target, personal = target_of(world), world.server.personal
        await target.write(JACK, [create(ENTRY(title="Lead"))])
        [person] = personal.people[JACK].values()
        person["birthdays"] = [{"text": "1 May"}]
        person["phoneNumbers"] = [{"type": "home", "value": "1"}]
        person["organizations"].insert(0, {"type": "school", "name": "TU"})
        [held] = await everything(target)
        [outcome] = await target.write(
            JACK, [update(ENTRY(phone="7", title="Head"), held, texts=(Field.PHONE, Field.TITLE))]
        )
        assert isinstance(outcome, Written)
        [after] = personal.people[JACK].values()
    assert after["birthdays"] == [{"text": "1 May"}]
    assert after["phoneNumbers"] == [{"type": "home", "value": "1"}, {"type": "work", "value": "7"}]
    assert after["organizations"] == [{"type": "school", "name": "TU"}, {"type": "work", "title": "Head"}]


async def test_nothing_can_be_hidden() -> None:
    async with workspace() as world:
        target = target_of(world)
        await target.write(JACK, [create(ENTRY())])
        [held] = await everything(target)
        [outcome] = await target.write(JACK, [retire(held, "ad:ann")])
        assert isinstance(outcome, Failed)
        assert target.ability.hides is False
        assert target.ability.at_once_per_place == 1
        assert Act.RETIRE.value not in outcome.words


async def test_a_photo_comes_and_goes_with_the_version_that_is_told() -> None:
    async with workspace() as world:
        target, personal = target_of(world), world.server.personal
        entry = replace(ENTRY(), photo=b"a photo")
        [made] = await target.write(JACK, [create(entry)])
        [held] = await everything(target)
        assert made == Written(held.key, held.version)
        assert personal.photos == {held.key: b"a photo"}
        for _ in range(2):
            [outcome] = await target.write(JACK, [update(ENTRY(), held, "photo")])
            [held] = await everything(target)
            assert outcome == Written(held.key, held.version)
            assert personal.photos == {}


async def test_a_contact_without_its_photo_is_in_doubt() -> None:
    async with workspace() as world:
        target = target_of(world)
        [outcome] = await target.write(JACK, [create(ENTRY("eve"))])
        assert isinstance(outcome, Written)
        [held] = await everything(target)
        world.server.personal.no_photos = True
        [outcome] = await target.write(JACK, [update(replace(ENTRY("eve"), photo=b"x"), held, "photo")])
        assert isinstance(outcome, Failed)
        assert outcome.doubt
        assert "photo" in outcome.words


async def test_a_plan_settles() -> None:
    texts = {field.value: f"{field.value} ü" for field in Field}
    async with workspace() as world:
        planned = Planned(target_of(world), JACK)
        await settles(planned, ENTRY("ann", "second@b.example", X500, **texts), ENTRY("bob"))
