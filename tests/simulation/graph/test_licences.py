"""The licences of a simulated organisation, counted as they are given and taken."""

from dataclasses import replace

import pytest

from protocols.errors import PeerError
from protocols.graph.licences import Assigned, Refused, assigned, give, lacking, licences, take
from simulation.graph.licences import Sku
from tests.simulation.tenant_world import Tenant, tenant

E3, E5 = "05e9a617-0261-4cee-bb44-138d3ef5d965", "06ebc4ee-1bb5-47dd-8120-11324bc54e06"


def buy(world: Tenant, **numbers: int) -> None:
    world.people.licences.skus = {E3: Sku("SPE_E3", numbers.get("e3", 1)), E5: Sku("SPE_E5", numbers.get("e5", 1))}


async def test_given_counted_and_taken() -> None:
    async with tenant() as world:
        buy(world)
        assert await give(world.send, "ann", [E3, E5], **world.where) is None
        assert await give(world.send, "ann", [E3], **world.where) is None
        told = await licences(world.send, **world.where)
        assert isinstance(told, list)
        assert [(each.part, each.enabled, each.consumed, each.free) for each in told] == [
            ("SPE_E3", 1, 1, 0),
            ("SPE_E5", 1, 1, 0),
        ]
        assert lacking(told, ["SPE_E3"], 2) == {"SPE_E3": 2}
        assert await assigned(world.send, "ann", **world.where) == Assigned(direct=frozenset({E3, E5}))
        assert await take(world.send, "ann", [E3], **world.where) is None
        assert await take(world.send, "ann", [E3], **world.where) is None
        assert world.people.licences.state == {"ann": {E5}}


async def test_one_too_many_gives_none_of_them() -> None:
    async with tenant() as world:
        buy(world, e5=0)
        assert await give(world.send, "ann", [E3, E5], **world.where) is Refused.NONE_LEFT
        assert world.people.licences.state == {}


async def test_refused_as_graph_does() -> None:
    async with tenant() as world:
        buy(world)
        assert await give(world.send, "ann", ["00000000-0000-0000-0000-000000000000"], **world.where) is Refused.UNKNOWN
        world.people.book.put(replace(world.people.book.people["ann"], attributes={}))
        assert await give(world.send, "ann", [E3], **world.where) is Refused.NO_USAGE_LOCATION
        assert isinstance(await give(world.send, "nobody", [E3], **world.where), PeerError)
        status, _ = await world.ask("/v1.0/users/ann/assignLicense", "POST", {"removeLicenses": [E3]})
        assert status == 400


async def test_what_a_group_gave_stays_with_the_group() -> None:
    async with tenant() as world:
        buy(world)
        world.people.licences.inherited["ann"] = {E3}
        assert await assigned(world.send, "ann", **world.where) == Assigned(groups=frozenset({E3}))
        assert await take(world.send, "ann", [E3], **world.where) is None
        assert world.people.licences.consumed(E3) == 1


@pytest.mark.parametrize("roles", [(), ("User.Read.All",)])
async def test_without_the_permission(roles: tuple[str, ...]) -> None:
    async with tenant() as world:
        buy(world)
        world.roles = roles
        assert isinstance(await licences(world.send, **world.where), PeerError)
        assert isinstance(await give(world.send, "ann", [E3], **world.where), PeerError)
        assert world.people.licences.state == {}


async def test_who_is_gone_has_none() -> None:
    async with tenant() as world:
        buy(world)
        await give(world.send, "ann", [E3], **world.where)
        world.people.book.remove("ann")
        assert world.people.licences.consumed(E3) == 0
        assert await take(world.send, "ann", [E3], **world.where) is None
