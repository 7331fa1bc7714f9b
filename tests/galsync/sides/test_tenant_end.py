"""Tests of galsync/sides/tenant_end.py; what its pieces do is tested beside each of them, and whole by the command."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from galsync.pairs.ends import Organisation, Stock
from galsync.side import Failed
from galsync.sides.tenant_end import TenantEnd, Wanted, Ways
from protocols.graph import licences, tenants
from protocols.graph.accounts import STAMP
from protocols.graph.cmdlets import Endpoint
from simulation.faults import Trouble
from simulation.graph.licences import Sku
from simulation.graph.tenant import Organisation as Simulated
from simulation.graph.tenant import TenantDesk
from tests.galsync.sides.microsoft_world import NOW, Tenant, tenant
from tests.galsync.stock import person

OWN = "00000000-0000-0000-0000-000000000001"
WANTED = Wanted(
    pair="merger",
    partner="b.example",
    detail="availability",
    individual="reviewer",
    sign_in_domain="a.example",
    location="DE",
)


@pytest.fixture
async def there() -> AsyncIterator[Tenant]:
    """A tenant that says who it is."""
    async with tenant() as made:
        own = Simulated(tenant=OWN, name="A", domains=("a.example", "a.onmicrosoft.example"))
        made.server.organisation = TenantDesk(own, clock=lambda: 0.0)
        made.desk.licences.skus["sku"] = Sku("SPE_E3", 5)
        made.roles = (*tenants.PERMISSIONS, *licences.PERMISSIONS)
        yield made


def end(there: Tenant, folder: Path, *, cmdlets: bool = True, **more: Any) -> TenantEnd:
    ways = Ways(
        graph=there.send,
        api_url=there.server.url,
        cmdlets=(there.send, Endpoint(api_url="https://x.example", tenant="a")) if cmdlets else None,
        folder=folder,
        stamp_at=STAMP,
        anchors="b",
        clock=lambda: NOW,
        sleep=there.sleep,
        password=lambda: "aA1-nobody-knows-this",
        serial=lambda: "0123456789abcdef",
        **more,
    )
    return TenantEnd("source (a)", "a.example", WANTED, ways)


async def test_who_it_is_and_what_it_has(there: Tenant, tmp_path: Path) -> None:
    made = end(there, tmp_path)
    told = await made.organisation()
    assert told == Organisation(id=OWN, domains=frozenset({"a.example", "a.onmicrosoft.example"}))
    assert await made.stock() == {"SPE_E3": Stock(sku="sku", free=5)}
    there.roles = ()
    assert isinstance(await made.organisation(), Failed)
    assert isinstance(await made.stock(), Failed)


async def test_every_piece_is_found_by_its_key(there: Tenant, tmp_path: Path) -> None:
    for made in (end(there, tmp_path), end(there, tmp_path, cmdlets=False)):
        policy = made.policy(Organisation(id="tenant-b", domains=frozenset()))
        pieces = [policy, *made.beside_policy(), *made.instead_of_policy(), made.account(person("ann"), ("sku",))]
        for piece in pieces:
            found = made.piece(piece.key)
            assert found is not None
            assert (found.key, found.title, found.part) == (piece.key, piece.title, piece.part)
        assert made.piece("destination/policy/tenant-b") is None
        assert made.piece("source/nothing/b.example") is None


async def test_an_account_bears_a_stamp_and_the_same_local_part(there: Tenant, tmp_path: Path) -> None:
    piece = end(there, tmp_path).account(person("ann"), ("sku",))
    assert piece.key == "source/account/ann@a.example/b:ann"
    assert '"stamp":"busyline:merger.accounts/b:ann"' in piece.shall("")


async def test_who_asks_to_be_left_alone_is_waited_for(there: Tenant, tmp_path: Path) -> None:
    there.server.faults.trouble, there.server.faults.times, there.server.faults.retry_after = Trouble.THROTTLED, 1, 7.0
    assert isinstance(await end(there, tmp_path).organisation(), Organisation)
    assert there.waits == [7.0]
