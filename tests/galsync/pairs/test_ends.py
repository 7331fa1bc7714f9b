"""Tests of galsync/pairs/ends.py: both that there are keep to it."""

from galsync.pairs.ends import End, Organisation, Stock
from galsync.sides.tenant_end import TenantEnd
from tests.galsync.pairs.world import TextEnd


def test_who_is_an_end() -> None:
    kinds: tuple[type[End], ...] = (TenantEnd, TextEnd)
    for kind in kinds:
        assert all(hasattr(kind, name) for name in ("organisation", "policy", "stock", "account", "piece"))


def test_values() -> None:
    assert Organisation(id="a", domains=frozenset()) == Organisation(id="a", domains=frozenset())
    assert Stock(sku="1", free=2).free == 2
