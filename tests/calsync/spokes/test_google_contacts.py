"""The contacts of one Google user as a spoke."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calsync.items import Mark
from calsync.spoke import Watched
from calsync.spokes.google_contacts import GoogleContacts
from protocols.errors import PeerError
from protocols.google.card_person import fresh
from protocols.google.contact_person import put_stamp
from protocols.google.personal_contacts import MY_CONTACTS, SCOPE
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.card import Address, Card, Phone, Place
from protocols.model.freebusy import Reason
from simulation.google.contact_sync import Page
from simulation.google.personal_contacts import PersonalContacts
from tests.calsync.spokes.contacts_world import ANN, Lossy, Unguarded, made_once, wire
from tests.contracts.spoke_world import Reader, Stage, creation, done, failed, standing, update
from tests.contracts.spokes import ContactSpokeContract
from tests.galsync.sides.google_world import Workspace, workspace

JACK = "jack.thompson@northwind.example"


class Owner(Unguarded):
    """Works in Google Contacts itself."""

    def __init__(self, personal: PersonalContacts, group: str = "") -> None:
        self._personal, self._groups = personal, [MY_CONTACTS, *([group] if group else [])]

    @property
    def people(self) -> dict[str, Any]:
        """The contacts by their keys."""
        return self._personal.people.setdefault(JACK, {})

    async def create(self, content: Card) -> str:
        return str(self._personal.put(JACK, self._plain(content))["resourceName"])

    async def change(self, key: str, content: Card) -> None:
        self.write(key, **self._plain(content))

    async def delete(self, key: str) -> None:
        del self.people[key]

    async def scribble(self, key: str, text: str) -> None:
        self.write(key, userDefined=[{"key": "Colour", "value": text}])

    async def scribbled(self, key: str) -> str:
        return str(self.people[key]["userDefined"][0]["value"])

    def write(self, key: str, **lists: Any) -> None:
        """Sets whole lists of a contact."""
        self._personal.put(JACK, {**self.people[key], **lists}, key)

    def _plain(self, content: Card) -> dict[str, Any]:
        person = fresh(content, stamp="", groups=self._groups)
        put_stamp(person, "")
        return person


@asynccontextmanager
async def staged(
    group: str = "", *, called: str = "contacts"
) -> AsyncIterator[tuple[Stage[Card], Workspace, Owner, Lossy]]:
    async with workspace() as world:
        personal, resource = world.server.personal, "contactGroups/a1" if group else ""
        if group:
            personal.groups[JACK] = {resource: group}
        owner, lossy = (
            Owner(personal, resource),
            Lossy(world.send_as(JACK, SCOPE), lambda request: request.method == "POST"),
        )
        spoke = GoogleContacts(called, lossy, group=group, pace=world.pace, api_url=world.server.url)

        stage = Stage(spoke=spoke, user=owner, wire=lambda: wire(world.requests), expire=personal.sync.forget)
        yield stage, world, owner, lossy


class TestGoogleContacts(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with staged() as (stage, _, _, _):
            yield stage


class TestAContactGroup(ContactSpokeContract):
    spoils = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        async with staged("Customers") as (stage, world, _, _):
            world.server.personal.largest_page = 2
            yield stage


async def test_what_leaves_the_group_is_gone_and_what_is_in_no_group_is_not_told() -> None:
    async with staged("Customers") as (stage, world, owner, _):
        key = await owner.create(ANN)
        await Owner(world.server.personal).create(replace(ANN, nickname="private"))
        reader = Reader(stage.spoke)
        assert set((await reader.news()).items) == {key}
        owner.write(key, memberships=[])
        assert (await reader.news()).gone == {key}
        assert (await stage.spoke.look([key]))[key] is None


async def test_a_group_that_is_not_there_is_an_error_and_no_empty_folder() -> None:
    async with staged("Customers") as (stage, world, owner, _):
        await owner.create(ANN)
        reader = Reader(stage.spoke)
        await reader.news()
        world.server.personal.groups[JACK] = {"contactGroups/b2": "Suppliers"}
        with pytest.raises(PeerError) as caught:
            await reader.news()
        assert caught.value.reason is Reason.NO_CALENDAR
        assert "contact group" in str(caught.value)


async def test_a_lost_answer_makes_no_second_copy() -> None:
    async with staged() as (stage, _, owner, lossy):
        await made_once(stage, lossy, lambda: len(owner.people))


async def test_a_change_touches_what_it_names_and_keeps_the_rest_of_a_list() -> None:
    async with staged() as (stage, _, owner, _):
        key = await owner.create(ANN)
        phones = [
            {"value": "1", "type": "work", "formattedType": "Work"},
            {"value": "2", "type": "googleVoice"},
            {"value": "3", "type": "car"},
        ]
        addresses = [{"type": "home", "formattedValue": "Weg 1\n50667 Köln"}]
        owner.write(
            key, phoneNumbers=phones, addresses=addresses, emailAddresses=[{"value": "ann@contoso.example", "x": 1}]
        )
        before = await standing(stage.spoke, key)
        assert isinstance(before.content, Card)
        assert before.content.phones == {Phone.BUSINESS: "1", Phone.OTHER: "2"}
        assert before.content.places == {Place.HOME: Address(street="Weg 1\n50667 Köln")}
        wanted = replace(ANN, phones={Phone.BUSINESS: "4"}, emails=("ANN@contoso.example", "b@b.example"), company="X")
        await done(stage.spoke, update(before, wanted, "phone business", "emails"))
        there = owner.people[key]
        assert there["phoneNumbers"] == [{"value": "4", "type": "work"}, *phones[1:]]
        assert there["emailAddresses"][0] == {"value": "ann@contoso.example", "x": 1}
        assert there["addresses"] == addresses
        assert not there.get("organizations")


async def test_what_a_token_tells_late_is_told_as_it_is_now() -> None:
    async with staged() as (stage, world, owner, _):
        key = await owner.create(ANN)
        reader = Reader(stage.spoke)
        await reader.news()
        before = dict(owner.people[key])
        await owner.change(key, replace(ANN, company="Other"))
        page = world.server.personal.sync.page

        def late(*asked: Any) -> Page:
            told = page(*asked)
            return Page([before for _ in told.people], told.page_token, told.sync_token)

        world.server.personal.sync.page = late  # type: ignore[method-assign,assignment]
        item = (await reader.news()).items[key]
        assert isinstance(item.content, Card)
        assert item.content.company == "Other"


async def test_what_bears_the_stamp_of_an_address_list_is_read_with_it() -> None:
    async with staged() as (stage, world, owner, _):
        person = fresh(ANN, stamp="busyline:fabrikam/guid-1", groups=[MY_CONTACTS])
        key = world.server.personal.put(JACK, person)["resourceName"]
        item = (await Reader(stage.spoke).news()).items[key]
        assert Mark.read(item.mark) == Mark("fabrikam", "guid-1")
        assert key in owner.people


async def test_a_contact_that_became_part_of_another_is_gone() -> None:
    async with staged() as (stage, _, owner, _):
        first, second = await owner.create(ANN), await owner.create(replace(ANN, nickname="Annie"))
        reader = Reader(stage.spoke)
        await reader.news()
        merged = owner.people[first]
        del owner.people[second]
        owner.write(first, nicknames=[{"value": "Annie"}])
        owner.people[first]["metadata"]["previousResourceNames"] = [second]
        told = await reader.news()
        assert set(told.items) == {first}
        assert told.gone == {second}
        assert merged["resourceName"] == first


async def test_a_birthday_in_words_is_not_told_and_never_written() -> None:
    async with staged() as (stage, _, owner, _):
        key = await owner.create(ANN)
        owner.write(key, birthdays=[{"text": "in spring"}])
        item = await standing(stage.spoke, key)
        assert item.cut == {"birthday"}
        assert (await failed(stage.spoke, update(item, replace(ANN, nickname="A"), "birthday"))).refused
        after = await done(stage.spoke, update(item, replace(ANN, nickname="A"), "birthday", "nickname"))
        assert isinstance(after.content, Card)
        assert after.content.nickname == "A"
        assert after.cut == {"birthday"}


async def test_one_change_costs_as_much_among_many() -> None:
    counts = []
    for size in (10, 1500):
        async with staged() as (stage, world, owner, _):
            keys = [await owner.create(replace(ANN, nickname=f"n{number}")) for number in range(size)]
            reader = Reader(stage.spoke)
            await reader.news()
            await owner.change(keys[3], replace(ANN, company="Other"))
            before = len(world.requests)
            assert set((await reader.news()).items) == {keys[3]}
            counts.append(len(world.requests) - before)
    assert counts == [2, 2]


async def test_throttling_says_when_to_come_back() -> None:
    async with staged() as (stage, world, _, _):
        world.server.personal.wait = 7
        outcome = await failed(stage.spoke, creation(ANN))
        assert outcome.reason is Reason.THROTTLED
        assert outcome.retry_after is not None
        assert outcome.retry_after.total_seconds() == 7
        assert not outcome.doubt


async def test_what_google_refuses_is_refused_for_good() -> None:
    async with staged("Customers") as (stage, world, _, _):
        await Reader(stage.spoke).news()
        world.server.personal.groups[JACK] = {"contactGroups/b2": "Customers"}  # made anew meanwhile
        assert (await failed(stage.spoke, creation(ANN))).refused
        await Reader(stage.spoke).news()
        assert (await done(stage.spoke, creation(ANN))).key


async def test_who_may_only_read_reads() -> None:
    async with staged() as (_, world, owner, _):
        key = await owner.create(ANN)
        reading = world.send_as(JACK, f"{SCOPE}.readonly")
        spoke = GoogleContacts("contacts", reading, pace=world.pace, api_url=world.server.url, writable=False)
        assert set((await Reader(spoke).news()).items) == {key}
        assert (await spoke.look([key]))[key] is not None
        outcome = await failed(spoke, creation(ANN))
        assert (outcome.reason, outcome.doubt) == (Reason.NO_ACCESS, False)
        assert not spoke.ability.writable


async def test_nobody_can_be_told_of_contacts() -> None:
    async with staged() as (stage, _, _, _):
        assert not isinstance(stage.spoke, Watched)  # the People API has no channels


async def test_a_reading_waits_where_it_is_told_to() -> None:
    async with staged() as (_, world, owner, lossy):
        key = await owner.create(ANN)
        left = [HttpResponse(429, Headers({"Retry-After": "3"}), b"{}")] * 2

        async def busy(request: HttpRequest) -> HttpResponse:
            return left.pop() if left else await lossy(request)

        spoke = GoogleContacts("contacts", busy, pace=world.pace, api_url=world.server.url)
        assert set((await Reader(spoke).news()).items) == {key}
        assert world.waits == [3.5, 3.5]


async def test_two_hubs_see_the_stamps_of_each_other() -> None:
    async with staged() as (stage, _, _, _):
        made = await done(stage.spoke, replace(creation(ANN), mark=Mark("other", "item").text))
        assert [item async for item in stage.spoke.ours("other")] == [made]
        assert [item async for item in stage.spoke.ours("oth")] == []
        assert (await Reader(stage.spoke).news()).items[made.key].mark == "busyline:other/item"


async def test_a_page_that_does_not_come_is_an_error() -> None:
    async with staged() as (stage, world, owner, _):
        for number in range(3):
            await owner.create(replace(ANN, nickname=f"n{number}"))
        world.server.personal.largest_page = 2
        world.server.personal.lost_pages = True
        with pytest.raises(PeerError) as caught:
            await Reader(stage.spoke).news()
        assert caught.value.reason is Reason.INCOMPLETE
