"""Organization relationships and sharing policies of the simulated Exchange Online, as the protocol meets them."""

import copy
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph import organization_relationships as relationships
from protocols.graph import sharing_policies
from protocols.graph.organization_relationships import Relationship
from protocols.graph.sharing_policies import SharingPolicy
from protocols.model.freebusy import Reason
from simulation.exchange_online.refusals import RefusedError
from simulation.exchange_online.sharing import Sharing
from tests.simulation.tenant_world import NOW, Tenant, tenant

SET, NEW = "Set-OrganizationRelationship", "New-OrganizationRelationship"
OLD = {"DomainNames": ["fabrikam.example"], "FreeBusyAccessEnabled": True, "FreeBusyAccessLevel": "LimitedDetails"}


async def known(world: Tenant) -> list[Relationship]:
    told = await relationships.relationships(world.send, world.endpoint, as_of=NOW)
    assert not isinstance(told, PeerError), told
    return list(told)


async def default(world: Tenant) -> SharingPolicy:
    told = await sharing_policies.policies(world.send, world.endpoint, as_of=NOW)
    assert not isinstance(told, PeerError), told
    return next(each for each in told if each.default)


async def test_a_relationship_made_and_removed() -> None:
    async with tenant() as world:
        before = copy.deepcopy(world.sharing.state)
        shall = relationships.wanted("Busyline p", ["Fabrikam.example"], "availability")
        made = await relationships.create(world.send, world.endpoint, shall, as_of=NOW)
        assert isinstance(made, Relationship)
        assert await known(world) == [made]
        assert made.settings.items() >= shall.settings.items()
        [row] = world.sharing.naming(["FABRIKAM.example"])
        assert row["FreeBusyAccessLevel"] == "AvailabilityOnly"
        again = await relationships.create(world.send, world.endpoint, shall, as_of=NOW)
        assert isinstance(again, PeerError)
        assert again.reason is Reason.FORBIDDEN
        assert await relationships.remove(world.send, world.endpoint, made, as_of=NOW) is None
        assert await relationships.remove(world.send, world.endpoint, made, as_of=NOW) is None
        assert world.sharing.state == before


async def test_an_old_relationship_disabled_and_enabled_again() -> None:
    async with tenant() as world:
        world.sharing.put("OrganizationRelationship", "old", **OLD)
        before = copy.deepcopy(world.sharing.state)
        [old] = relationships.naming(await known(world), ["fabrikam.example"])
        did = relationships.disabled(old)
        assert await relationships.change(world.send, world.endpoint, old, did, as_of=NOW) is None
        assert world.sharing.naming(["fabrikam.example"]) == []
        [now] = await known(world)
        assert now == did
        shall = relationships.taken_back(now, was=old, did=did)
        assert await relationships.change(world.send, world.endpoint, now, shall, as_of=NOW) is None
        assert world.sharing.state == before


async def test_a_domain_belongs_to_one_relationship() -> None:
    async with tenant() as world:
        world.sharing.put("OrganizationRelationship", "old", **OLD)
        shall = relationships.wanted("Busyline p", ["fabrikam.example"], "availability")
        told = await relationships.create(world.send, world.endpoint, shall, as_of=NOW)
        assert isinstance(told, PeerError)
        assert len(world.sharing.relationships) == 1


async def test_the_default_sharing_policy_and_back() -> None:
    async with tenant() as world:
        before = copy.deepcopy(world.sharing.state)
        was = await default(world)
        shall = sharing_policies.wanted(was, ["fabrikam.example"], "reviewer")
        assert await sharing_policies.change(world.send, world.endpoint, was, shall, as_of=NOW) is None
        did = await default(world)
        assert did == shall
        back = sharing_policies.taken_back(did, was=was, did=shall)
        assert await sharing_policies.change(world.send, world.endpoint, did, back, as_of=NOW) is None
        assert await default(world) == was
        assert {each.lower() for each in world.sharing.policies[0]["Domains"]} == {
            each.lower() for each in before["SharingPolicy"]["Default Sharing Policy"]["Domains"]
        }


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (NEW, {"Name": "x"}),
        (NEW, {"Name": "", **OLD}),
        (NEW, {"Name": "x", **OLD, "Unknown": 1}),
        (NEW, {"Name": "x", **OLD, "FreeBusyAccessLevel": "All"}),
        (SET, {"Identity": "old", "Enabled": "true"}),
        (SET, {"Identity": "old", "TargetOwaURL": 1}),
        (SET, {"Identity": "none", "Enabled": True}),
        ("Remove-OrganizationRelationship", {"Identity": "old"}),
        ("Remove-SharingPolicy", {"Identity": "Default Sharing Policy", "Confirm": False}),
        ("Get-SharingPolicy", {"Identity": "none"}),
    ],
)
def test_what_a_cmdlet_does_not_take(name: str, parameters: dict[str, Any]) -> None:
    sharing = Sharing()
    sharing.put("OrganizationRelationship", "old", **{**OLD, "DomainNames": ["old.example"]})
    before = copy.deepcopy(sharing.state)
    assert sharing.has(name)
    with pytest.raises(RefusedError):
        sharing.run(name, parameters)
    assert sharing.state == before


def test_other_cmdlets_are_none_of_these() -> None:
    assert not Sharing().has("Get-Recipient")
    assert not Sharing().has("Enable-SharingPolicy")
