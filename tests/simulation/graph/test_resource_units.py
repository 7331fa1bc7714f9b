"""Costs and limits as Graph documents them."""

import pytest

from simulation.graph.resource_units import Bucket, cost, quota


@pytest.mark.parametrize(
    ("method", "kind", "query", "units"),
    [
        ("GET", "users", {}, 2),
        ("GET", "users", {"$select": "id"}, 1),
        ("GET", "users", {"$select": "id", "$top": "5"}, 1),
        ("GET", "users", {"$expand": "manager"}, 3),
        ("GET", "groups/members", {}, 3),
        ("GET", "groups/transitiveMembers", {"$top": "19"}, 4),
        ("GET", "groups/delta", {}, 1),
        ("PATCH", "users/one", {}, 1),
    ],
)
def test_what_a_request_costs(method: str, kind: str, query: dict[str, str], units: int) -> None:
    assert cost(method, kind, query) == units


def test_what_a_tenant_is_given() -> None:
    assert [quota(users) for users in (1, 50, 51, 500, 501, 100_000)] == [3500, 3500, 5000, 5000, 8000, 8000]


def test_a_bucket_fills_again() -> None:
    now = 0.0
    bucket = Bucket(10, 5, lambda: now)
    assert (bucket.take(8), bucket.share) == (0.0, 0.8)
    now = 2.0
    assert bucket.take(3) == 3.0  # until the first eight are given back
    assert bucket.take(2) == 0.0
    now = 5.0
    assert (bucket.take(8), bucket.share) == (0.0, 1.0)
    assert Bucket(0, 5, lambda: now).take(1) == 5
    assert Bucket(0, 5, lambda: now).share == 1.0
