"""The simulated feed of shared contacts holds what comes to the limits that Google names."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lxml import etree

from protocols.google import contact_entry
from protocols.google.shared_contacts import Act, Operation, SharedContact, batch, contacts
from protocols.google.writing import STALE, Refusal
from protocols.http import HttpRequest
from protocols.model.person import Field
from simulation.google.shared_contacts import MOST_BYTES, SCOPE, is_feed
from tests.galsync.sides.google_world import ADMIN, NOW, Workspace, workspace

DOMAIN = "northwind.example"


@pytest_asyncio.fixture
async def world() -> AsyncIterator[Workspace]:
    async with workspace() as world:
        yield world


def entry(**texts: str) -> etree._Element:
    made = contact_entry.blank()
    for key, text in texts.items():
        contact_entry.put(made, Field(key), text)
    return made


async def done(world: Workspace, *operations: Operation) -> list[SharedContact | Refusal | None]:
    return await batch(world.send_as(ADMIN, SCOPE), DOMAIN, operations, api_url=world.server.url, as_of=NOW)


async def test_each_change_is_a_new_version(world: Workspace) -> None:
    [made] = await done(world, Operation(Act.INSERT, entry=entry(display_name="Ann")))
    assert isinstance(made, SharedContact)
    [changed] = await done(world, Operation(Act.UPDATE, made.key, made.etag, entry(display_name="Anne")))
    assert isinstance(changed, SharedContact)
    assert (changed.key, changed.etag != made.etag) == (made.key, True)
    assert await done(world, Operation(Act.UPDATE, made.key, made.etag, entry())) == [STALE]
    assert await done(world, Operation(Act.DELETE, made.key, made.etag)) == [STALE]
    [none] = await done(world, Operation(Act.UPDATE, made.key, "", entry()))
    assert isinstance(none, Refusal)
    await done(world, Operation(Act.DELETE, made.key, "*"))
    assert await done(world, Operation(Act.QUERY, made.key)) == [None]
    since = [
        (one.key, one.gone)
        async for page in contacts(world.send_as(ADMIN, SCOPE), DOMAIN, since=NOW, api_url=world.server.url, as_of=NOW)
        for one in page
    ]
    assert since == [(made.key, True)]


@pytest.mark.parametrize(
    "bad",
    [
        entry(notes="x" * (MOST_BYTES + 1)),
        etree.Element(f"{contact_entry.ATOM}entry"),
    ],
)
async def test_what_is_too_large_or_not_a_contact_is_refused_alone(world: Workspace, bad: etree._Element) -> None:
    first, second = await done(world, Operation(Act.INSERT, entry=bad), Operation(Act.INSERT, entry=entry(title="x")))
    assert isinstance(first, Refusal)
    assert isinstance(second, SharedContact)


async def test_ten_extended_properties_and_a_hundred_operations(world: Workspace) -> None:
    many = entry(title="x")
    for number in range(11):
        etree.SubElement(many, f"{contact_entry.GD}extendedProperty", name=str(number), value="x")
    assert isinstance((await done(world, Operation(Act.INSERT, entry=many)))[0], Refusal)
    results = await done(world, *[Operation(Act.QUERY, "k")] * 101)
    assert {type(one) for one in results} == {Refusal}


async def test_the_version_of_the_protocol_is_asked_for(world: Workspace) -> None:
    url = f"{world.server.url}/m8/feeds/contacts/{DOMAIN}/full"
    assert (await world.send_as(ADMIN, SCOPE)(HttpRequest("GET", url))).status == 400
    assert (await world.send_as(ADMIN, "other")(HttpRequest("GET", url))).status == 403
    assert (await world.send_as(ADMIN, SCOPE)(HttpRequest("PUT", url))).status in (400, 405)
    assert is_feed("/m8/feeds/contacts/b.example/full/batch")
    assert not is_feed("/m8/feeds/groups/b.example/full")
