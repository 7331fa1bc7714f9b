"""Opens what a node shares with the others, and gives each connector its second level."""

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from proxy.connector import Clock, Connector
from proxy.layers.second_level import Cluster, Lives, SecondLevel
from proxy.layers.store import AnswerStore
from proxy.sealing import Seal
from proxy.settings import ProxySettings
from proxy.settings.cluster import ClusterSettings
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.deciding import deciding
from service.metrics import Metrics
from service.secrets import SecretError, resolve
from service.shared_store import RedisStore
from service.shared_time import TimedStore

_GRACE: Final = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What this node shares with others: a second level for each connector, and what an operator should know."""

    cluster: Cluster
    lives: Lives
    shared: RedisStore
    directory: Path

    def level(
        self, inner: Connector, name: str, settings: ConnectorSettings, *, store: AnswerStore, clock: Clock
    ) -> Connector:
        """``inner`` behind what the nodes share. Raises OSError where a file that ``settings`` name is not there."""
        parts = (name.encode(), deciding(settings, self.directory), str(self.lives).encode(), _release())
        fingerprint = self.cluster.seal.name(*parts)
        return SecondLevel(
            inner, self.cluster, name=name, fingerprint=fingerprint, store=store, lives=self.lives, clock=clock
        )

    def notes(self) -> list[str]:
        """That this node is alone, and why; nothing where it is not. No caller is turned away for it."""
        return [] if self.shared.up else [f"the shared cache is away, this node is alone: {self.shared.trouble}"]


async def sharing(
    settings: ProxySettings, directory: Path, *, metrics: Metrics, stack: AsyncExitStack
) -> Sharing | None:
    """What is shared, closed by ``stack``; None where nothing is. Raises SecretError, and OSError for a missing file.

    A Redis that cannot be reached is no error: the node goes on alone and says so.
    """
    if (written := settings.cluster) is None:
        return None
    shared = await stack.enter_async_context(_store(written, directory))
    seal = seal_of(written, directory)
    timed, node = TimedStore(shared), os.urandom(8)
    await timed.look([], token=node)  # from now on it is known how its clock goes
    cluster = Cluster(shared=timed, seal=seal, node=node, details=written.details, wait=written.wait)
    stack.push_async_callback(partial(cluster.flights.close, grace=_GRACE))
    _count(cluster, shared, metrics)
    return Sharing(cluster, Lives(ttl=settings.cache.ttl, negative_ttl=settings.cache.negative_ttl), shared, directory)


def seal_of(settings: ClusterSettings, directory: Path) -> Seal:
    """What seals all that is shared. Raises SecretError where its key is not there, or is none."""
    try:
        return Seal(resolve(settings.key, directory))
    except SecretError:
        raise
    except ValueError as error:
        raise SecretError(f"{settings.key}: {error}") from None


def _store(settings: ClusterSettings, directory: Path) -> RedisStore:
    ca = None if settings.ca is None else directory / settings.ca
    if ca is not None:
        ca.read_bytes()  # what is missing is said now, and not when the first question comes
    return RedisStore(
        settings.redis,
        username=settings.username,
        password=resolve(settings.password, directory) if settings.password else None,
        ca=None if ca is None else str(ca),
        timeout=settings.timeout,
    )


def _release() -> bytes:
    try:
        return version("busyline").encode()
    except PackageNotFoundError:
        return b""


def _count(cluster: Cluster, shared: RedisStore, metrics: Metrics) -> None:
    tally, read = cluster.tally, metrics.read
    read("busyline_cluster_up", "Whether the shared store is reached; 0: this node is alone", lambda: float(shared.up))
    read("busyline_cluster_failures_total", "Failures of the shared store", lambda: float(shared.failures))
    read("busyline_cluster_hits_total", "Mailboxes that another node had fetched", lambda: float(tally.hits))
    read(
        "busyline_cluster_waited_total", "Mailboxes waited for while another node fetched", lambda: float(tally.waited)
    )
    read(
        "busyline_cluster_vain_waits_total",
        "Questions that waited for another node to the end, for nothing",
        lambda: float(tally.vain),
    )
    read(
        "busyline_cluster_clock_steps_total",
        "How often the shared store's clock was found to have been set",
        lambda: float(cluster.shared.steps),
    )
    read("busyline_cluster_misses_total", "Mailboxes that no other node had fetched", lambda: float(tally.misses))
