"""What a dialect is built with: fronts that are nowhere unless it says where."""

from proxy.fronts.outbox import WellKnownFront
from proxy.wiring.house import Fronts


def test_a_dialect_that_is_not_wanted_has_no_fronts() -> None:
    assert (dict(Fronts().paths), dict(Fronts().prefixes)) == ({}, {})
    front = WellKnownFront()
    assert Fronts(paths={"/x": front}).paths["/x"] is front
