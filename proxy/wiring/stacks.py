"""Wires a connector's layers in order: cache, coalesce, second level, line, batch, hedge, keep, patience, accounts."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from proxy.connector import Clock, Connector
from proxy.layers.batch import Batch
from proxy.layers.cache import PATIENCE, AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from proxy.layers.frames import Frames
from proxy.layers.hedge import Beside
from proxy.layers.patience import Patience
from proxy.layers.refresh import Refresh
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.cache import count
from proxy.wiring.cluster import Sharing
from proxy.wiring.lanes import Ways, accounts, hedged
from proxy.wiring.peers import WINDOW, peer
from proxy.wiring.turns import ALONE, Lines
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
    patience: timedelta = PATIENCE
    sharing: Sharing | None = None
    lines: Lines = ALONE


async def connector(name: str, settings: ConnectorSettings, shared: Shared, stack: AsyncExitStack) -> Connector:
    """The whole stack of one connector; what it opens is closed by ``stack``. Raises SecretError, OSError."""
    asked = await peer(name, settings, shared.directory, stack, hop=shared.hop)
    ways = Ways(name=name, settings=settings, clock=shared.clock, metrics=shared.metrics)
    lane = accounts(asked.asks, ways)
    patience = Patience(lane, deadline=settings.deadline, clock=shared.clock)
    keep, once = (Keep(each, name=name, store=shared.store, clock=shared.clock) for each in (patience, lane))
    batch = Batch(hedged(keep, Beside(once, lane.idle), ways), limits=asked.limits, name=name)
    turns = settings.concurrency * len(asked.asks)
    fetched = shared.lines.before(batch, name, turns=turns, limits=asked.limits, metrics=shared.metrics)
    if shared.sharing is not None:
        fetched = shared.sharing.level(fetched, name, settings, store=shared.store, clock=shared.clock)
    coalesce = Coalesce(fetched, name=name, deadline=_FLIGHT, ttl=shared.store.ttl)
    stack.push_async_callback(partial(coalesce.close, grace=_GRACE))
    refresh = Refresh(coalesce, name=name, store=shared.store, clock=shared.clock)
    stack.push_async_callback(partial(refresh.close, grace=_GRACE))
    cache = Cache(
        coalesce,
        name=name,
        store=shared.store,
        clock=shared.clock,
        frames=Frames(longest=WINDOW),
        refresh=refresh,
        patience=shared.patience,
    )
    count(name, cache, refresh, shared.metrics)
    return cache
