"""A domain's own people as what may be in the way."""

import pytest

from galsync.sides.google_own_people import KEY, OwnPeople
from protocols.errors import PeerError
from protocols.google.people import USERS_SCOPE
from simulation.address_book import AddressBook
from tests.contracts.source import ANN, BOB, ROOM, TEAM
from tests.galsync.sides.google_world import ADMIN, Workspace, workspace


def own(world: Workspace, *scopes: str) -> OwnPeople:
    return OwnPeople(world.send_as(ADMIN, *scopes), pace=world.pace, api_url=world.server.url)


async def test_users_and_groups_with_all_their_addresses() -> None:
    async with workspace(AddressBook([ANN, BOB, ROOM, TEAM])) as world:
        found = {held.key: held async for held in own(world).everybody()}
    assert set(found) == {f"{KEY}{one.anchor}" for one in (ANN, BOB, TEAM)}
    ann = found[f"{KEY}{ANN.anchor}"]
    assert ann.addresses == {"ann@b.example", "ann.alias@b.example"}
    assert (ann.form, ann.stamp) == (None, None)


async def test_some_by_address_or_key() -> None:
    async with workspace(AddressBook([ANN, BOB, TEAM])) as world:
        keys, addresses = [f"{KEY}{BOB.anchor}", "elsewhere"], ["ann.alias@b.example", "team@b.example", "x500:/o=b"]
        found = await own(world).among(keys, addresses)
        assert {one.key for one in found} == {f"{KEY}{one.anchor}" for one in (ANN, BOB, TEAM)}
        asked = len(world.requests)
        many = await own(world).among([], [*addresses, *(f"n{number}@b.example" for number in range(99))])
        assert {one.key for one in many} == {f"{KEY}{one.anchor}" for one in (ANN, TEAM)}
        assert len(world.requests) - asked == 2
        assert await own(world).among(["elsewhere"], ["sip:ann@b.example"]) == []


async def test_nobody_is_in_the_way_where_nobody_may_be_read() -> None:
    async with workspace(AddressBook([ANN])) as world:
        blind = OwnPeople(None, pace=world.pace)
        assert [held async for held in blind.everybody()] == []
        assert await blind.among([f"{KEY}1"], ["ann@b.example"]) == []
        with pytest.raises(PeerError):
            await own(world, USERS_SCOPE).among([], ["nobody@b.example"])
