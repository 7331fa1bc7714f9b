"""Wires each connector's layers in order: cache, coalesce, batch, keep, spread, limit, measure, and the leaf inside."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from proxy.complaints import Complaints
from proxy.connector import Clock, Connector, Leaf
from proxy.layers.batch import Batch
from proxy.layers.breaker import Breaker
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from proxy.layers.frames import Frames
from proxy.layers.limit import Limit
from proxy.layers.measure import Measure
from proxy.layers.spread import Spread
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.peers import WINDOW, peer
from service.metrics import Metrics

_FLIGHT: Final = timedelta(seconds=30)
_GRACE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all connectors have in common."""

    directory: Path
    store: AnswerStore
    metrics: Metrics
    clock: Clock
    hop: str


async def connector(name: str, settings: ConnectorSettings, shared: Shared, stack: AsyncExitStack) -> Connector:
    """The whole stack of one connector; what it opens is closed by ``stack``. Raises SecretError, OSError."""
    asked = await peer(name, settings, shared.directory, stack, hop=shared.hop)
    breakers = [Breaker(clock=shared.clock) for _ in asked.asks]
    shared.metrics.read(
        "busyline_breaker_open",
        "Accounts held for down and not asked for a while",
        lambda: float(sum(breaker.is_open for breaker in breakers)),
        labels={"connector": name},
    )
    complaints = Complaints(name, clock=shared.clock)
    hours = settings.working_hours.working_hours() if settings.working_hours else None
    leaves = [Leaf(name, ask, shared.clock, complaints=complaints, hours=hours) for ask in asked.asks]
    lanes = [_lane(name, *pair, settings, shared) for pair in zip(leaves, breakers, strict=True)]
    lane = lanes[0] if len(lanes) == 1 else Spread(lanes)
    keep = Keep(lane, name=name, store=shared.store, clock=shared.clock)
    batch = Batch(keep, limits=asked.limits, name=name)
    coalesce = Coalesce(batch, name=name, deadline=_FLIGHT)
    stack.push_async_callback(partial(coalesce.close, grace=_GRACE))
    return Cache(coalesce, name=name, store=shared.store, clock=shared.clock, frames=Frames(longest=WINDOW))


def _lane(name: str, leaf: Leaf, breaker: Breaker, settings: ConnectorSettings, shared: Shared) -> Connector:
    """One account's way out, with limits of its own."""
    return Limit(
        Measure(leaf, name=name, metrics=shared.metrics),
        concurrency=settings.concurrency,
        deadline=settings.deadline,
        clock=shared.clock,
        breaker=breaker,
    )
