"""Limits for the tests of proxy/layers/limit.py."""

from datetime import timedelta

from proxy.connector import Leaf
from proxy.layers.breaker import Breaker
from proxy.layers.budget import Budget, Rate
from proxy.layers.limit import Limit
from tests.contracts.scripted import Scripted
from tests.contracts.virtual import elapsed, now


def limited(
    peer: Scripted,
    *,
    concurrency: int = 4,
    deadline: float = 5,
    breaker: Breaker | None = None,
    budget: Budget | None = None,
) -> Limit:
    """A limit before ``peer``, in seconds of the virtual clock."""
    leaf = Leaf("b", peer.ask, now)
    seconds = timedelta(seconds=deadline)
    return Limit(leaf, concurrency=concurrency, deadline=seconds, clock=now, breaker=breaker, budget=budget)


def budgeted(calls: int, seconds: float) -> Budget:
    """So many calls in so many seconds."""
    return Budget([Rate(calls, timedelta(seconds=seconds))], timer=elapsed)
