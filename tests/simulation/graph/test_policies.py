"""The cross-tenant access policy of the simulated Graph, as the protocol meets it and as Graph refuses."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.cross_tenant import AVAILABILITY, Partner, taken_back, wanted, written
from protocols.graph.cross_tenant_policy import NoPolicy, partner, write
from protocols.model.freebusy import Reason
from simulation.faults import Trouble
from simulation.graph.policies import EARLY, TRUST
from tests.simulation.tenant_world import OTHER, OWN, Tenant, tenant

BASIC, LIMITED = AVAILABILITY.values()
ROOT = "/v1.0/policies/crossTenantAccessPolicy"
PARTNER = f"{ROOT}/partners/{OTHER.tenant}"
NARROW = {"isAllowed": False, "resourceScopes": {"included": [], "excluded": []}}


async def read(world: Tenant) -> Partner:
    found = await partner(world.send, OTHER.tenant, **world.where)
    assert isinstance(found, Partner), found
    return found


async def done(world: Tenant, now: Partner, shall: Partner) -> None:
    assert await write(world.send, now, shall, **world.where) is None


async def test_written_read_and_taken_back() -> None:
    async with tenant() as world:
        policies = world.desk.policies
        was = await read(world)
        assert not was.there
        shall = wanted(was, [BASIC])
        await done(world, was, shall)
        assert policies.allows(OTHER.tenant, BASIC)
        did = await read(world)
        assert did == shall
        assert did.allows(BASIC)
        await done(world, did, taken_back(did, was=was, did=did))
        assert policies.state == {"partners": {}, "capabilities": {}}


async def test_a_partner_that_was_there_stays() -> None:
    async with tenant() as world:
        policies = world.desk.policies
        await world.ask(f"{ROOT}/partners", "POST", {"tenantId": OTHER.tenant, "inboundTrust": {"isMfaAccepted": True}})
        before = dict(policies.partners[OTHER.tenant])
        was = await read(world)
        assert (was.there, was.trust, was.more) == (True, "", True)
        await done(world, was, wanted(was, [BASIC]))
        now = await read(world)
        assert now.allows(BASIC)
        await done(world, now, taken_back(now, was=was, did=now))
        assert policies.partners[OTHER.tenant] == before
        assert policies.capabilities[OTHER.tenant] == {}


async def test_a_capability_without_the_trust_is_accepted_and_has_no_effect() -> None:
    async with tenant() as world:
        await done(
            world, Partner(tenant=OTHER.tenant), replace(wanted(Partner(tenant=OTHER.tenant), [BASIC]), trust="")
        )
        found = await read(world)
        assert list(found.capabilities) == [BASIC]
        assert not found.allows(BASIC)
        assert not world.desk.policies.allows(OTHER.tenant, BASIC)


async def test_changed_and_deleted_one_by_one() -> None:
    async with tenant() as world:
        was = await read(world)
        shall = wanted(was, AVAILABILITY.values())
        await done(world, was, shall)
        narrow = replace(shall, capabilities={BASIC: written(NARROW)})
        await done(world, await read(world), narrow)
        assert world.desk.policies.capabilities[OTHER.tenant] == {BASIC: NARROW}
        assert not world.desk.policies.allows(OTHER.tenant, BASIC)


@pytest.mark.parametrize("absent", [(400, "BadRequest", "x"), (403, "Directory_FeatureNotAvailable", "x")])
async def test_an_organisation_without_the_policy(absent: tuple[int, str, str]) -> None:
    async with tenant() as world:
        world.desk.policies.ways, world.desk.policies.absent = frozenset(), absent
        told = await partner(world.send, OTHER.tenant, **world.where)
        assert isinstance(told, NoPolicy)
        assert absent[1] in told.detail


async def test_the_early_address() -> None:
    async with tenant() as world:
        world.desk.policies.ways = EARLY
        was = await read(world)
        await done(world, was, wanted(was, [BASIC]))
        assert world.desk.policies.allows(OTHER.tenant, BASIC)
        status, told = await world.ask(PARTNER)
        assert (status, TRUST in told) == (200, False)


async def test_without_the_permission() -> None:
    async with tenant() as world:
        world.roles = ("Policy.Read.All",)
        was = await read(world)
        error = await write(world.send, was, wanted(was, [BASIC]), **world.where)
        assert isinstance(error, PeerError)
        assert error.reason is Reason.NO_ACCESS
        world.roles = ("Policy.ReadWrite.CrossTenantAccess",)
        error = await write(world.send, was, wanted(was, [BASIC]), **world.where)
        assert isinstance(error, PeerError)
        assert world.desk.policies.state["capabilities"] == {}
        world.roles = ()
        assert isinstance(await partner(world.send, OTHER.tenant, **world.where), PeerError)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{ROOT}/partners", {"tenantId": "x"}, 400),
        ("POST", f"{ROOT}/partners", {"tenantId": OWN.tenant}, 400),
        ("POST", f"{ROOT}/partners", {"tenantId": OTHER.tenant}, 409),
        ("GET", f"{ROOT}/partners", None, 200),
        ("PATCH", PARTNER, {"unknown": 1}, 400),
        ("PATCH", PARTNER, ["x"], 400),
        ("GET", f"{ROOT}/partners/{OWN.tenant}", None, 404),
        ("POST", f"{PARTNER}/m365Capabilities", {"inboundAccess": NARROW}, 400),
        ("POST", f"{PARTNER}/m365Capabilities", {"@odata.type": f"#microsoft.graph.{LIMITED}"}, 400),
        (
            "POST",
            f"{PARTNER}/m365Capabilities",
            {"@odata.type": f"#microsoft.graph.{BASIC}", "inboundAccess": NARROW},
            409,
        ),
        ("DELETE", f"{PARTNER}/m365Capabilities/crossTenantMailTipsAll", None, 404),
        ("GET", f"{PARTNER}/elsewhere", None, 400),
    ],
)
async def test_refused_as_graph_does(method: str, path: str, body: Any, status: int) -> None:
    async with tenant() as world:
        was = await read(world)
        await done(world, was, wanted(was, [BASIC]))
        before = str(world.desk.policies.state)
        told, _ = await world.ask(path, method, body)
        assert told == status
        assert str(world.desk.policies.state) == before


async def test_throttled_and_broken() -> None:
    async with tenant() as world:
        world.graph.faults.trouble, world.graph.faults.times = Trouble.THROTTLED, 1
        told = await partner(world.send, OTHER.tenant, **world.where)
        assert isinstance(told, PeerError)
        assert (told.reason, told.retry_after is None) == (Reason.THROTTLED, False)
        world.desk.writes.most = 1
        was = await read(world)
        error = await write(world.send, was, wanted(was, [BASIC]), **world.where)
        assert isinstance(error, PeerError)
        assert error.reason is Reason.THROTTLED
        assert error.retry_after is not None
        assert (await read(world)).there
