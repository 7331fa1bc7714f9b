"""Tests of galsync.sides.admin_cmdlets_groups."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from galsync.entries import Entry, Form, Stamp
from galsync.side import Failed, Written
from galsync.sides.admin_cmdlets_groups import ONE_BY_ONE, Members, described, undescribed
from galsync.sides.microsoft_source import MicrosoftSource
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.graph.people import Asked
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from simulation.faults import Trouble
from tests.contracts.steps import create, update
from tests.galsync.sides.exchange_online_world import (
    NOW,
    Organisation,
    all_of,
    cmdlet_of,
    cmdlets,
    organisation,
    written,
)
from tests.galsync.sides.microsoft_world import Tenant, tenant

NEW = {"Name": "sales", "Alias": "sales", "PrimarySmtpAddress": "sales@c.example", "Type": "Distribution"}


@pytest.fixture
async def world() -> AsyncIterator[Organisation]:
    async with organisation() as there:
        yield there


def members(world: Organisation) -> Members:
    return Members(again=lambda: world.send, endpoint=world.endpoint, clock=world.clock)


def group(world: Organisation, *names: str) -> str:
    """A group of these, who are there as well."""
    key = str(world.recipients.run("New-DistributionGroup", NEW)[0]["Guid"])
    world.recipients.members.of[key] = [person(world, name) for name in names]
    return key


def person(world: Organisation, name: str) -> str:
    address = f"{name}@b.example"
    return str(world.recipients.put("MailContact", address, ExternalEmailAddress=f"SMTP:{address}")["Guid"])


def called(world: Organisation) -> list[str]:
    return [name for name in world.server.cmdlets if not name.startswith("Get-")]


async def told(world: Organisation, key: str) -> list[str]:
    found = await members(world).of(key)
    assert isinstance(found, list)
    return sorted(each.address.local for each in found if each.address)


async def test_some_come_and_some_go_one_by_one(world: Organisation) -> None:
    key = group(world, "ann", "bob")
    person(world, "cy")
    missing = await members(world).change(key, ["cy@b.example", "no@b.example", "ann@b.example"], ["Bob@B.example"])
    assert missing == ("no@b.example",)
    assert await told(world, key) == ["ann", "cy"]
    assert called(world) == ["Add-DistributionGroupMember", "Remove-DistributionGroupMember"]


async def test_many_come_by_the_whole_list_and_who_has_no_address_stays(world: Organisation) -> None:
    key = group(world, "ann")
    nameless = str(world.recipients.put("User", "x@c.example", EmailAddresses=[], PrimarySmtpAddress="")["Guid"])
    world.recipients.members.of[key].append(nameless)
    names = [f"p{number}" for number in range(ONE_BY_ONE + 1)]
    for name in names:
        person(world, name)
    assert await members(world).change(key, [f"{name}@b.example" for name in names], ["ann@b.example"]) == ()
    assert await told(world, key) == sorted(names)
    assert nameless in world.recipients.members.of[key]
    assert called(world) == ["Update-DistributionGroupMember"]


async def test_whoever_is_there_already_is_not_added_again(world: Organisation) -> None:
    key = group(world, "ann")
    assert await members(world).change(key, ["ann@b.example"], ["bob@b.example"]) == ()
    assert called(world) == []


async def test_a_group_that_is_gone_is_told(world: Organisation) -> None:
    told = await members(world).change("00000000-0000-0000-0000-000000000000", ["ann@b.example"], [])
    assert isinstance(told, PeerError)
    assert told.reason is Reason.NO_SUCH_MAILBOX


@pytest.mark.parametrize("cmdlet", ["Get-DistributionGroupMember", "Get-Recipient", "Add-DistributionGroupMember"])
async def test_a_failure_is_a_value(world: Organisation, cmdlet: str) -> None:
    key = group(world)
    person(world, "ann")
    world.server.faults.trouble = Trouble.BROKEN
    world.server.faults.only = lambda call: cmdlet_of(call) == cmdlet
    assert isinstance(await members(world).change(key, ["ann@b.example"], []), PeerError)
    assert world.recipients.members.of.get(key, []) == []


async def test_nobody_is_looked_for_where_nobody_comes(world: Organisation) -> None:
    assert await members(world).who([]) == {}
    assert world.requests == []


SALES = Entry(anchor="ad:sales", form=Form.GROUP, address=Mailbox.parse("sales@c.example"))
STAMP = Stamp("fabrikam", "ad:sales").text


async def left_out(graph: Tenant) -> Mapping[Left, int]:
    """Whom the people of this directory, as a source, do without."""
    source = MicrosoftSource(
        "contoso", graph.send, api_url=graph.server.url, clock=lambda: NOW, sleep=graph.sleep, asked=Asked()
    )
    return (await source.read()).left


def description(world: Organisation) -> str:
    [row] = [row for row in world.recipients.rows.values() if "Description" in row]
    return "".join(row["Description"])


async def test_a_group_that_one_sync_made_is_left_out_by_the_source_of_another() -> None:
    async with tenant() as graph, organisation(graph.desk.book) as world:
        assert isinstance(await written(cmdlets(world), create(SALES)), Written)
        assert description(world) == STAMP
        assert await left_out(graph) == {Left.OURS: 1}


async def test_what_somebody_typed_stays_and_the_stamp_comes_again_with_the_next_update() -> None:
    async with tenant() as graph, organisation(graph.desk.book) as world:
        target = cmdlets(world)
        await written(target, create(SALES))
        [row] = world.recipients.rows.values()
        mine = {"Identity": row["Guid"], "BypassSecurityGroupManagerCheck": True}
        world.recipients.run("Set-DistributionGroup", {**mine, "Description": "All of us\nSince 1999"})
        assert await left_out(graph) == {}
        for step in (update, update):
            [held] = await all_of(target)
            outcome = await written(target, step(replace(SALES, hidden=True), held, "hidden"))
            assert isinstance(outcome, Written)
            assert description(world) == f"All of us\r\nSince 1999\r\n{STAMP}"
        assert await left_out(graph) == {Left.OURS: 1}


async def test_a_group_whose_making_broke_off_gets_its_description_as_well(world: Organisation) -> None:
    world.server.faults.trouble = Trouble.BROKEN
    world.server.faults.only = lambda call: cmdlet_of(call) == "Set-DistributionGroup"
    assert isinstance(await written(cmdlets(world), create(SALES)), Failed)
    world.server.faults.clear()
    [row] = world.recipients.rows.values()
    row["Description"] = []
    assert isinstance(await written(cmdlets(world), create(SALES)), Written)
    assert (description(world), row["CustomAttribute15"]) == (STAMP, STAMP)


async def test_where_the_cmdlets_know_no_description_the_group_is_written_without(world: Organisation) -> None:
    world.recipients.describes = False
    target = cmdlets(world)
    assert isinstance(await written(target, create(SALES)), Written)
    [held] = await all_of(target)
    assert isinstance(await written(target, update(replace(SALES, hidden=True), held, "hidden")), Written)
    [after] = await all_of(target)
    assert (after.hidden, description(world)) == (True, "")


def test_what_is_not_told_is_not_written_over() -> None:
    assert described(None, STAMP) == {}
    assert described("", STAMP) == {"Description": STAMP}
    assert described(STAMP, STAMP) == {}


def test_another_refusal_is_not_tried_again() -> None:
    unknown = PeerError(Reason.PEER_FAILED, "HTTP 400 ParameterBindingException")
    assert undescribed({"Name": "x", "Description": STAMP}, unknown) == {"Name": "x"}
    assert undescribed({"Name": "x"}, unknown) is None
    assert undescribed({"Description": STAMP}, PeerError(Reason.FORBIDDEN, "HTTP 400 Some.Other")) is None
    assert undescribed({"Description": STAMP}, []) is None
