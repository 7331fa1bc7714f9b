"""Tests of galsync/sides/tenant_policy.py at the simulated Graph."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import aiohttp
import pytest

from galsync.pairs.pieces import Absent
from galsync.side import Failed, Written
from galsync.sides.tenant_policy import PolicyPiece
from protocols.graph import cross_tenant_policy
from protocols.graph.cross_tenant import AVAILABILITY
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.people import PeopleDesk
from simulation.graph.policies import Policies
from simulation.graph.tenant import Organisation, TenantDesk
from tests.galsync.sides.microsoft_world import Tenant

OWN, PARTNER = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "12")
BASIC = AVAILABILITY["availability"]


@dataclass(slots=True)
class There:
    """The tenant, its policies, and the piece."""

    tenant: Tenant
    policies: Policies
    piece: PolicyPiece

    async def text(self) -> str:
        """What stands there."""
        told = await self.piece.read()
        assert isinstance(told, str)
        return told


@pytest.fixture
async def there() -> AsyncIterator[There]:
    """A tenant without partners."""
    own = Organisation(tenant=OWN, name="A", domains=("a.example",))
    desk, people = TenantDesk(own, clock=lambda: 0.0), PeopleDesk(AddressBook(), clock=lambda: 0.0)
    server = GraphServer(Estate(date(2026, 11, 23)), people=people, organisation=desk)
    async with server, aiohttp.ClientSession() as session:
        tenant = Tenant(server, people, session)
        tenant.roles = cross_tenant_policy.PERMISSIONS
        piece = PolicyPiece(
            "source (a)",
            tenant.send,
            PARTNER,
            (BASIC,),
            api_url=server.url,
            clock=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )
        yield There(tenant, desk.policies, piece)


async def test_forth_and_back(there: There) -> None:
    piece, was = there.piece, await there.text()
    shall = piece.shall(was)
    assert isinstance(await piece.write(was, shall), Written)
    assert there.policies.allows(PARTNER, BASIC)
    now = await there.text()
    assert piece.shall(now) == now
    assert [change.field for change in piece.changes(was, shall)] == ["partner", "m365CollaborationInbound", BASIC]
    back = await piece.back(now, was=was, did=shall)
    assert (piece.same(back.shall, was), back.words) == (True, "")
    assert isinstance(await piece.write(now, back.shall), Written)
    assert there.policies.state == {"partners": {}, "capabilities": {}}


async def test_what_somebody_set_stays(there: There) -> None:
    piece, was = there.piece, await there.text()
    shall = piece.shall(was)
    await piece.write(was, shall)
    there.policies.capabilities[PARTNER][BASIC]["isAllowed"] = False
    now = await there.text()
    assert piece.notes(now) == (f"{BASIC} is set otherwise there, and stays so: free/busy may not be shared",)
    assert piece.shall(now) == now
    back = await piece.back(now, was=was, did=shall)
    assert "somebody changed it since" in back.words


async def test_no_policy_is_no_failure(there: There) -> None:
    there.policies.ways = frozenset()
    assert isinstance(await there.piece.read(), Absent)


async def test_no_right_is_one(there: There) -> None:
    there.tenant.roles = ()
    assert isinstance(await there.piece.read(), Failed)
    there.tenant.roles = cross_tenant_policy.PERMISSIONS
    was = await there.text()
    there.tenant.roles = ()
    assert isinstance(await there.piece.write(was, there.piece.shall(was)), Failed)
