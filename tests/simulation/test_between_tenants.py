"""What the people of one simulated organisation see of the other's calendars."""

import copy

import pytest

from protocols.errors import PeerError
from protocols.graph import organization_relationships as relationships
from protocols.graph.cross_tenant import AVAILABILITY as CAPABILITIES
from protocols.graph.cross_tenant import Partner, taken_back, wanted
from protocols.graph.cross_tenant_policy import partner, write
from simulation.between_tenants import AVAILABILITY, DETAILS, NOTHING, seen
from simulation.exchange_online.sharing import Sharing
from simulation.graph.policies import TRUST, Policies
from tests.simulation.tenant_world import NOW, OTHER, OWN, Tenant, tenant

ID = "22222222-2222-2222-2222-222222222222"
TRUSTED = {"users": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}}
ALL = {"isAllowed": True, "resourceScopes": {"included": [{"resourceId": "All", "resourceType": "user"}]}}
BASIC, LIMITED = "crossTenantCalendarAvailabilityBasic", "crossTenantCalendarAvailabilityLimitedDetails"


def world(*capabilities: str, trusted: bool = True, **relationship: object) -> str:
    sharing, policies = Sharing(), Policies("own")
    policies.partners[ID] = {TRUST: TRUSTED if trusted else None}
    policies.capabilities[ID] = dict.fromkeys(capabilities, ALL)
    if relationship:
        sharing.put("OrganizationRelationship", "old", DomainNames=["fabrikam.example"], **relationship)
    return seen(sharing, policies, tenant=ID, domains=["Fabrikam.example"])


@pytest.mark.parametrize(
    ("capabilities", "level"), [((), NOTHING), ((BASIC,), AVAILABILITY), ((BASIC, LIMITED), DETAILS)]
)
def test_as_the_policy_says(capabilities: tuple[str, ...], level: str) -> None:
    assert world(*capabilities) == level


def test_a_capability_without_the_trust_shows_nothing() -> None:
    assert world(BASIC, LIMITED, trusted=False) == NOTHING


def test_an_enabled_relationship_wins_even_where_it_shows_less() -> None:
    assert world(LIMITED, FreeBusyAccessEnabled=True, FreeBusyAccessLevel="AvailabilityOnly") == AVAILABILITY
    assert world(LIMITED, FreeBusyAccessEnabled=False) == NOTHING
    assert world(LIMITED, FreeBusyAccessEnabled=True, FreeBusyAccessLevel="None") == NOTHING


def test_a_disabled_one_does_not() -> None:
    assert world(LIMITED, Enabled=False, FreeBusyAccessEnabled=True, FreeBusyAccessLevel="AvailabilityOnly") == DETAILS


def shown(world: Tenant, to: str, *domains: str) -> str:
    return seen(world.sharing, world.desk.policies, tenant=to, domains=domains)


async def policy(world: Tenant, domain: str) -> Partner:
    whose = next(each.tenant for each in (OWN, OTHER) if domain in each.domains)
    found = await partner(world.send, whose, **world.where)
    assert isinstance(found, Partner)
    return found


async def test_both_tenants_are_prepared_and_put_back() -> None:
    """The whole way over HTTP: the policy, the old relationship, and back again."""
    async with tenant() as contoso, tenant(OTHER) as fabrikam:
        old = {"DomainNames": ["fabrikam.example"], "FreeBusyAccessEnabled": False}
        contoso.sharing.put("OrganizationRelationship", "old", **old)
        before = copy.deepcopy([contoso.sharing.state, contoso.desk.policies.state, fabrikam.desk.policies.state])
        was = {}
        for world, domain in ((contoso, "fabrikam.example"), (fabrikam, "contoso.example")):
            was[domain] = await policy(world, domain)
            shall = wanted(was[domain], [CAPABILITIES["availability"]])
            assert await write(world.send, was[domain], shall, **world.where) is None
        assert shown(fabrikam, OWN.tenant, "contoso.example") == AVAILABILITY
        assert shown(contoso, OTHER.tenant, "fabrikam.example") == NOTHING
        there = await relationships.relationships(contoso.send, contoso.endpoint, as_of=NOW)
        assert not isinstance(there, PeerError)
        [one] = relationships.naming(there, ["fabrikam.example"])
        off = relationships.disabled(one)
        assert await relationships.change(contoso.send, contoso.endpoint, one, off, as_of=NOW) is None
        assert shown(contoso, OTHER.tenant, "fabrikam.example") == AVAILABILITY
        again = relationships.taken_back(off, was=one, did=off)
        assert await relationships.change(contoso.send, contoso.endpoint, off, again, as_of=NOW) is None
        for world, domain in ((contoso, "fabrikam.example"), (fabrikam, "contoso.example")):
            now = await policy(world, domain)
            shall = taken_back(now, was=was[domain], did=wanted(was[domain], [CAPABILITIES["availability"]]))
            assert await write(world.send, now, shall, **world.where) is None
        assert [contoso.sharing.state, contoso.desk.policies.state, fabrikam.desk.policies.state] == before
