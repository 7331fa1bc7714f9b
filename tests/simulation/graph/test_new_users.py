"""Users created in the simulated directory, as the protocol does it and as Graph refuses."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.licences import give
from protocols.graph.new_users import Made, NewUser, Taken, User, create, delete, find, read, signed_in
from simulation.faults import Trouble
from simulation.graph.licences import Sku
from tests.simulation.tenant_world import Tenant, tenant

BOB = NewUser(sign_in="bob@contoso.example", name="Bob", alias="bob", location="DE", stamp="busyline:p/bob")
PASSWORD = "Long-enough-1"
BODY = {
    "accountEnabled": False,
    "displayName": "Bob",
    "mailNickname": "bob",
    "passwordProfile": {"password": PASSWORD},
    "userPrincipalName": "bob@contoso.example",
}


async def made(world: Tenant, user: NewUser = BOB) -> User:
    told = await create(world.send, user, PASSWORD, **world.where)
    assert isinstance(told, Made), told
    return told.user


async def test_created_once_found_and_deleted() -> None:
    async with tenant() as world:
        one = await made(world)
        again = await create(world.send, BOB, PASSWORD, **world.where)
        assert again == Made(one, new=False)
        assert await find(world.send, "BOB@contoso.example", **world.where) == one
        assert await read(world.send, one.key, **world.where) == one
        assert (one.enabled, one.location, one.stamp) == (False, "DE", "busyline:p/bob")
        assert await delete(world.send, one.key, **world.where) is None
        assert await delete(world.send, one.key, **world.where) is None
        assert await read(world.send, one.key, **world.where) is None
        assert list(world.people.book.people) == ["ann"]


async def test_another_with_the_name_is_left_alone() -> None:
    async with tenant() as world:
        told = await create(world.send, replace(BOB, sign_in="ann@contoso.example"), PASSWORD, **world.where)
        assert isinstance(told, Taken)
        assert told.user is not None
        assert told.user.key == "ann"
        assert len(world.people.book.people) == 1


async def test_a_licence_gives_a_mailbox() -> None:
    async with tenant() as world:
        one = await made(world)
        assert world.people.book.people[one.key].primary is None
        world.people.licences.skus["a1"] = Sku("SPE_E3", 1)
        assert await give(world.send, one.key, ["a1"], **world.where) is None
        primary = world.people.book.people[one.key].primary
        assert primary is not None
        assert primary.address == "bob@contoso.example"


async def test_killed_before_the_answer_came() -> None:
    """The user is there and nobody was told: the repetition knows its own."""
    async with tenant() as world:
        world.graph.faults.trouble, world.graph.faults.times = Trouble.TRUNCATED, 1
        assert isinstance(await create(world.send, BOB, PASSWORD, **world.where), PeerError)
        told = await create(world.send, BOB, PASSWORD, **world.where)
        assert isinstance(told, Made)
        assert not told.new
        assert len(world.people.book.people) == 2


async def test_whether_anybody_signed_in() -> None:
    async with tenant() as world:
        one = await made(world)
        assert await signed_in(world.send, one.key, **world.where) is False
        person = world.people.book.people[one.key]
        world.people.book.put(
            replace(person, attributes={**person.attributes, "lastSignIn": "2026-11-22T08:00:00Z"})
        )  # fmt: skip
        assert await signed_in(world.send, one.key, **world.where) is True
        world.roles = ("User.ReadWrite.All",)
        assert isinstance(await signed_in(world.send, one.key, **world.where), PeerError)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("users", {**BODY, "displayName": ""}, 400),
        ("users", {**BODY, "passwordProfile": {"password": "short"}}, 400),
        ("users", {**BODY, "passwordProfile": "x"}, 400),
        ("users", {**BODY, "userPrincipalName": "Ann@contoso.example"}, 400),
        ("users", BODY, 201),
        ("contacts", BODY, 403),
    ],
)
async def test_refused_as_graph_does(path: str, body: dict[str, Any], status: int) -> None:
    async with tenant() as world:
        told, _ = await world.ask(f"/v1.0/{path}", "POST", body)
        assert told == status
        assert len(world.people.book.people) == 1 + (status == 201)
