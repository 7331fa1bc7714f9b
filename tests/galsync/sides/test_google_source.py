"""The people of a Google Workspace as a source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from galsync.side import Source
from galsync.sides.google_source import GoogleSource, Wishes
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.google import people
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind
from simulation.address_book import AddressBook
from tests.contracts.source import ANN, BOB, EVERYBODY, TEAM, SourceContract, somebody
from tests.galsync.sides.google_world import ADMIN, Workspace, workspace

ALL = Wishes(groups=True, members=True, memberships=True, rooms=True)


def google(world: Workspace, wishes: Wishes = ALL, *scopes: str) -> GoogleSource:
    return GoogleSource(
        "northwind",
        world.send_as(ADMIN, *(scopes or wishes.scopes)),
        wishes,
        pace=world.pace,
        api_url=world.server.url,
    )


class TestGoogleSource(SourceContract):
    telling = SourceContract.telling - {Field.INITIALS} - {key for key in Field if key.value.startswith("extra_")}
    x500 = False
    changes = False

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[Source]:
        async with workspace(book) as self.world:
            self.world.server.largest_page = 1
            yield google(self.world)

    async def spoil(self) -> None:
        self.world.server.lost_pages = True

    async def mend(self) -> None:
        self.world.server.lost_pages = False


async def test_who_is_a_member_of_what_is_told_where_it_is_asked_for() -> None:
    async with workspace(AddressBook(EVERYBODY)) as world:
        reading = await google(world).read()
        plain = await google(world, Wishes(groups=True)).read()
    by_anchor = {one.anchor: one for one in reading.people}
    assert by_anchor[ANN.anchor].groups == ("team@b.example",)
    assert by_anchor[TEAM.anchor].members == ("ann@b.example", "bob@b.example")
    assert {(one.groups, one.members) for one in plain.people} == {((), ())}


async def test_no_more_is_asked_for_than_is_wished() -> None:
    async with workspace(AddressBook(EVERYBODY)) as world:
        reading = await google(world, Wishes(groups=False, rooms=False)).read()
        assert {one.kind for one in reading.people} == {Kind.USER}
        assert [request.url.partition("?")[0].rpartition("/")[2] for request in world.requests] == ["users"]
    assert Wishes(groups=False, rooms=False).scopes == (people.USERS_SCOPE,)
    assert set(ALL.scopes) == {people.USERS_SCOPE, people.GROUPS_SCOPE, people.MEMBERS_SCOPE, people.ROOMS_SCOPE}


async def test_one_domain_of_several() -> None:
    zoe = somebody("zoe", primary=Mailbox.parse("zoe@c.example"))
    async with workspace(AddressBook([ANN, zoe])) as world:
        reading = await google(world, Wishes(groups=False, rooms=False, domain="c.example")).read()
    assert [one.anchor for one in reading.people] == ["anchor-zoe"]


async def test_a_group_of_everybody() -> None:
    async with workspace(AddressBook([ANN, BOB, replace(TEAM, members=("*", "x@c.example"))])) as world:
        reading = await google(world).read()
    [team] = [one for one in reading.people if one.kind is Kind.GROUP]
    assert team.members == ("ann@b.example", "bob@b.example", "x@c.example")


@pytest.mark.parametrize("status", [403, 429, 500])
async def test_it_waits_where_google_asks_for_it_and_gives_up_in_the_end(status: int) -> None:
    async with workspace(AddressBook([ANN])) as world:
        source = google(world, Wishes(groups=False, rooms=False))
        world.server.refusing = status, 2
        assert len((await source.read()).people) == 1
        assert world.waits == [1.5, 2.5]
        world.server.refusing = status, 99
        with pytest.raises(PeerError) as caught:
            await source.read()
    assert caught.value.reason is (Reason.PEER_FAILED if status == 500 else Reason.THROTTLED)


async def test_a_right_that_is_missing_is_no_empty_list() -> None:
    async with workspace(AddressBook([ANN])) as world:
        with pytest.raises(PeerError) as caught:
            await google(world, ALL, people.USERS_SCOPE).read()
    assert caught.value.reason is Reason.NO_ACCESS


async def test_who_is_left_out_is_named() -> None:
    guest = somebody("guest", Kind.CONTACT)
    async with workspace(AddressBook([ANN, guest])) as world:
        reading = await google(world).read()
    assert reading.named == (("guest@b.example", Left.CONTACT),)


async def test_photos_are_read_of_those_who_have_one_where_they_are_asked_for() -> None:
    async with workspace(AddressBook([replace(ANN, photo=b"\xff\xd8 a photo"), BOB])) as world:
        plain = await google(world, Wishes(groups=False, rooms=False)).read()
        before = len(world.requests)
        told = await google(world, Wishes(groups=False, rooms=False, photos=True)).read()
    assert [one.photo for one in plain.people] == [b"", b""]
    assert [one.photo for one in told.people] == [b"\xff\xd8 a photo", b""]
    assert len(world.requests) - before == 2
