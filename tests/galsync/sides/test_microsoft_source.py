"""The people of a Microsoft 365 directory as a source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galsync.entries import ACCOUNTS
from galsync.side import Source
from galsync.sides.microsoft_source import MicrosoftSource
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.graph.invitations import invite
from protocols.graph.people import Asked
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.faults import Trouble
from tests.contracts.source import ANN, BOB, EVERYBODY, OURS, TEAM, SourceContract, by_anchor, somebody
from tests.galsync.sides.microsoft_world import NOW, Tenant, tenant
from tests.protocols.scripted import Peer, json, run

ALL = Asked(members=True, manager=True)


def microsoft(world: Tenant, asked: Asked = ALL) -> MicrosoftSource:
    return MicrosoftSource(
        "contoso", world.send, api_url=world.server.url, clock=lambda: NOW, sleep=world.sleep, asked=asked
    )


class TestMicrosoftSource(SourceContract):
    telling = frozenset(Field) - {
        Field.MANAGER,
        Field.INITIALS,
        Field.PAGER,
        Field.HOME_PHONE,
        Field.WEB_PAGE,
        Field.NOTES,
    }
    hidden = False

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[Source]:
        async with tenant(book) as self.world:
            self.world.desk.delta.page = 2
            yield microsoft(self.world)

    async def spoil(self) -> None:
        self.world.server.faults.trouble = Trouble.LOST_PAGE

    async def mend(self) -> None:
        self.world.server.faults.clear()

    async def stale(self, token: str) -> str:
        self.world.desk.delta.forget()
        return token


class TestMicrosoftSourceOfMemberships(TestMicrosoftSource):
    """The same where the groups of users are told, and with whatever Graph may do on the way."""

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[Source]:
        async with tenant(book) as self.world:
            delta = self.world.desk.delta
            delta.page, delta.members_a_page, delta.replays, delta.parts = 1, 1, 2, False
            self.world.desk.expired = (400, "syncStateNotFound")
            yield microsoft(self.world, Asked(members=True, memberships=True, manager=True))


BOSS = somebody("boss")
MANAGED = replace(BOB, texts={**BOB.texts, Field.MANAGER: "boss@b.example"})


async def test_an_empty_page_is_not_the_end() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        first = await microsoft(world).read()
        world.desk.delta.empty = True
        fresh = await microsoft(world).read()
        world.desk.book.put(replace(BOB, texts={Field.DISPLAY_NAME: "Robert"}))
        world.desk.delta.empty = True
        second = await microsoft(world).read(fresh.token)
    assert list(fresh.people) == list(first.people)
    assert [person.texts[Field.DISPLAY_NAME] for person in second.people if person.kind is Kind.USER] == ["Robert"]


async def test_a_property_that_is_not_told_again_is_kept_and_one_that_was_emptied_is_not() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        first = await microsoft(world).read()
        texts: dict[Field, str] = {key: text for key, text in ANN.texts.items() if key is not Field.OFFICE}
        world.desk.book.put(replace(ANN, texts={**texts, Field.CITY: "Bonn"}))
        second = await microsoft(world).read(first.token)
    [ann] = [person for person in second.people if person.anchor == ANN.anchor]
    assert ann.texts == {**texts, Field.CITY: "Bonn"}


async def test_requests_are_proportional_to_what_changed() -> None:
    crowd = [somebody(f"user{number}") for number in range(400)]
    async with tenant(AddressBook(crowd)) as world:
        source = microsoft(world, Asked(rooms=False))
        first = await source.read()
        assert len(world.requests) == 5  # four pages of users, one of no groups
        world.requests.clear()
        for person in crowd[:31]:
            world.desk.book.put(replace(person, texts={Field.DISPLAY_NAME: "Changed"}))
        second = await source.read(first.token)
        assert len(world.requests) == 2 + 3  # two rounds, and thirty-one people by fifteens
        world.requests.clear()
        third = await source.read(second.token)
        assert len(world.requests) == 2
    assert (len(second.people), len(third.people)) == (31, 0)


async def test_managers_and_groups_are_told_where_they_are_asked_for() -> None:
    async with tenant(AddressBook([*EVERYBODY, BOSS, MANAGED])) as world:
        source = microsoft(world, Asked(manager=True, memberships=True))
        first = await source.read()
        world.desk.book.put(replace(MANAGED, texts={**MANAGED.texts, Field.TITLE: "Lead"}))
        world.desk.book.put(replace(TEAM, members=("bob@b.example",)))
        second = await source.read(first.token)
        plain = await microsoft(world, Asked()).read()
    told = {person.anchor: person for person in first.people}
    assert (told[BOB.anchor].texts[Field.MANAGER], told[BOB.anchor].groups) == ("boss@b.example", ("team@b.example",))
    assert told[TEAM.anchor].members == ()
    later = {person.anchor: person for person in second.people}
    assert (later[BOB.anchor].texts[Field.MANAGER], later[BOB.anchor].groups) == ("boss@b.example", ("team@b.example",))
    assert later[ANN.anchor].groups == ()
    assert all(not person.groups and Field.MANAGER not in person.texts for person in plain.people)


async def test_a_member_with_a_new_address_is_a_change_of_the_group() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        source = microsoft(world)
        first = await source.read()
        world.desk.book.put(replace(BOB, primary=Mailbox.parse("robert@b.example")))
        world.desk.book.put(replace(TEAM, members=("ann@b.example", "robert@b.example")))
        second = await source.read(first.token)
    assert {person.anchor for person in second.people} == {BOB.anchor, TEAM.anchor}


async def test_who_becomes_somebody_else_s_is_gone() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        source = microsoft(world)
        first = await source.read()
        world.desk.book.put(replace(BOB, kind=Kind.CONTACT))
        world.desk.book.put(replace(ANN, texts={**ANN.texts, Field.EXTRA_3: OURS}))
        second = await source.read(first.token)
    assert second.gone == (ANN.anchor, BOB.anchor)
    assert second.left == {Left.CONTACT: 1, Left.OURS: 1}
    assert dict(second.named) == {"bob@b.example": Left.CONTACT, "ann@b.example": Left.OURS}


async def test_an_account_that_a_pair_made_is_theirs_once_they_can_sign_in() -> None:
    account = {Field.EXTRA_3: "busyline:merger.accounts/fabrikam:1"}
    people = [somebody("dan", texts=account), somebody("eve", texts=account, disabled=True)]
    async with tenant(AddressBook(people)) as world:
        reading = await microsoft(world).read()
    assert [person.anchor for person in reading.people] == [people[0].anchor]
    assert ACCOUNTS in reading.people[0].attributes  # the selection takes it once they have moved
    assert reading.left == {Left.OURS: 1}


async def test_an_address_that_cannot_be_read_is_named() -> None:
    entry = {"id": "1", "mail": "not an address", "displayName": "X"}
    last = {"@odata.deltaLink": "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=1"}
    peer = Peer(json({"value": [entry, {"id": "2"}], **last}))
    source = MicrosoftSource(
        "contoso",
        peer,
        api_url="https://graph.microsoft.com",
        clock=lambda: NOW,
        sleep=_never,
        asked=Asked(groups=False, rooms=False),
    )
    reading = run(source.read())
    assert reading.left == {Left.BAD_ADDRESS: 1}
    assert reading.named == (("not an address", Left.BAD_ADDRESS),)
    assert reading.unsure == ("1",), "who is there and cannot be read is not gone"
    assert [person.anchor for person in reading.people] == ["2"]  # of no address: theirs to leave out who select


async def test_graph_s_limits_are_waited_for_and_no_longer() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        world.server.faults.trouble, world.server.faults.times = Trouble.THROTTLED, 2
        world.server.faults.retry_after = 9.0
        reading = await microsoft(world).read()
        assert (len(reading.people), world.waits) == (4, [9.0, 9.0])
        world.server.faults.times = None
        with pytest.raises(PeerError) as failed:
            await microsoft(world).read()
    assert (failed.value.reason, failed.value.retry_after) == (Reason.THROTTLED, timedelta(seconds=9))


async def test_who_may_not_read_says_so() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        for roles in ((), ("User.Read.All",), ("User.Read.All", "Group.Read.All")):
            world.roles = roles
            with pytest.raises(PeerError) as failed:
                await microsoft(world).read()
            assert failed.value.reason is Reason.NO_ACCESS
        world.roles = ("User.Read.All",)
        assert len((await microsoft(world, Asked(groups=False, rooms=False)).read()).people) == 3


async def _never(seconds: float) -> None:
    raise AssertionError(f"nothing is waited for, and not {seconds} s")


NAMES = ("ann", "bob", "carl", "dora")
EDITS = st.tuples(st.sampled_from(NAMES), st.sampled_from(["gone", "there", "renamed", "guest", "room", "ours"]))


def _edited(name: str, what: str) -> Person:
    texts = {Field.DISPLAY_NAME: "Other" if what == "renamed" else name.title()}
    kind = {"guest": Kind.CONTACT, "room": Kind.ROOM}.get(what, Kind.USER)
    return somebody(name, kind, texts=texts | ({Field.EXTRA_1: OURS} if what == "ours" else {}))


@given(
    rounds=st.lists(st.tuples(st.lists(EDITS, max_size=3), st.sets(st.sampled_from(NAMES))), max_size=4),
    page=st.integers(1, 3),
    parts=st.booleans(),
    replays=st.integers(0, 2),
)
@settings(max_examples=25, deadline=None)
async def test_changes_put_upon_what_was_read_are_what_a_fresh_reading_has(
    rounds: list[tuple[list[tuple[str, str]], set[str]]], page: int, parts: bool, replays: int
) -> None:
    book = AddressBook([somebody("ann"), somebody("bob"), TEAM])
    async with tenant(book) as world:
        delta = world.desk.delta
        delta.page, delta.parts, delta.replays = page, parts, replays
        source = microsoft(world, Asked(members=True, memberships=True))
        reading = await source.read()
        people = by_anchor(reading.people)
        for edits, members in rounds:
            for name, what in edits:
                if what != "gone":
                    book.put(_edited(name, what))
                elif f"anchor-{name}" in book.people:
                    book.remove(f"anchor-{name}")
            book.put(replace(TEAM, members=tuple(sorted(f"{name}@b.example" for name in members))))
            told = await source.read(reading.token)
            people = {anchor: person for anchor, person in people.items() if anchor not in told.gone}
            people |= by_anchor(told.people)
            reading = replace(told, people=())
            assert people == by_anchor((await source.read()).people)


async def test_who_was_told_of_and_cannot_be_read_calls_for_a_whole_reading() -> None:
    async with tenant(AddressBook(EVERYBODY)) as world:
        source = microsoft(world)
        first = await source.read()
        world.desk.lag = 99
        invited = await invite(
            world.send, Mailbox.parse("new@c.example"), "New", api_url=world.server.url, as_of=NOW
        )  # fmt: skip
        second = await source.read(first.token)
    assert isinstance(invited, str)
    assert second.whole
    assert by_anchor(second.people) == by_anchor(first.people)


async def test_photos_are_read_of_people_where_they_are_asked_for() -> None:
    async with tenant(AddressBook([replace(ANN, photo=b"\xff\xd8 a photo"), BOB, TEAM])) as world:
        plain = await microsoft(world).read()
        world.requests.clear()
        source = MicrosoftSource(
            "contoso", world.send, api_url=world.server.url, clock=lambda: NOW, sleep=world.sleep, photos=True
        )
        told = await source.read()
        asked = [each.url for each in world.requests if "photo" in each.url]
        world.desk.book.put(replace(BOB, photo=b"\xff\xd8 new", texts={**BOB.texts, Field.TITLE: "Other"}))
        later = await source.read(told.token)
    assert [one.photo for one in plain.people] == [b""] * 3
    assert {one.anchor: one.photo for one in told.people} == {
        ANN.anchor: b"\xff\xd8 a photo",
        BOB.anchor: b"",
        TEAM.anchor: b"",
    }
    assert len(asked) == 2, "a group has none"
    assert [(one.anchor, one.photo) for one in later.people] == [(BOB.anchor, b"\xff\xd8 new")]


async def test_a_photo_that_does_not_come_is_an_error_and_no_photo_less() -> None:
    async with tenant(AddressBook([replace(ANN, photo=b"x")])) as world:
        source = MicrosoftSource(
            "contoso", world.send, api_url=world.server.url, clock=lambda: NOW, sleep=world.sleep, photos=True
        )
        world.server.faults.trouble = Trouble.BROKEN
        world.server.faults.only = lambda call: "photo" in call.path
        with pytest.raises(PeerError):
            await source.read()


async def test_of_changes_whose_address_is_none_by_now_is_not_gone() -> None:
    def page(values: list[dict[str, str]]) -> HttpResponse:
        link = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=1"
        return json({"value": values, "@odata.deltaLink": link})

    ann, bad = {"id": "1", "mail": "ann@b.example"}, {"id": "1", "mail": "ann@@b.example"}
    guest = {"id": "2", "mail": "x@else.example", "userType": "Guest"}
    peer = Peer(page([ann]), page([{"id": "1"}, {"id": "2"}]), json({"value": [bad, guest]}))
    asked = Asked(groups=False, rooms=False)
    source = MicrosoftSource(
        "contoso", peer, api_url="https://graph.microsoft.com", clock=lambda: NOW, sleep=_never, asked=asked
    )
    first = await source.read()
    later = await source.read(first.token)
    assert (later.whole, later.gone, later.unsure) == (False, ("2",), ("1",))
