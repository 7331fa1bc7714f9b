"""Builds what several workers have once: where their metrics are served, and the capture of what all of them answer."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol, Self

import structlog

from proxy.capture import relay
from proxy.capture.recorder import Recorder
from proxy.connector import Clock, utc_now
from proxy.fronts.health import HealthFront
from proxy.fronts.joined import JoinedMetricsFront
from proxy.manners import manner_of
from proxy.server import Front, Server
from proxy.settings import ProxySettings
from proxy.wiring.capture import recorder
from service.addresses import ListenAddress
from service.door import Door
from service.metrics import Metrics

_log = structlog.get_logger("busyline.workers")


class Team(Protocol):
    """The workers, as whoever watches over the service asks about them."""

    @property
    def ready(self) -> bool:
        """Whether any of them takes questions."""
        ...

    def doubts(self) -> list[str]:
        """Why callers would turn away, in words."""
        ...

    async def exposition(self) -> tuple[bytes, str]:
        """The numbers of all as those of one, in Prometheus' text format, and its Content-Type."""
        ...


class Overseer:
    """An asynchronous context: inside, the metrics of ``team`` are served, and captures are made of what it tells.

    Entering raises OSError where an address or the directory of the captures cannot be used.
    """

    def __init__(
        self, settings: ProxySettings, *, directory: Path, team: Team, metrics: Metrics, clock: Clock = utc_now
    ) -> None:
        self._settings, self._directory, self._team, self._metrics = settings, directory, team, metrics
        self._clock = clock
        self._recorder: Recorder | None = None
        self._stack = AsyncExitStack()
        self.addresses: tuple[ListenAddress, ...] = ()

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def metrics_url(self) -> str | None:
        """Where the metrics really are; None where they are served nowhere."""
        return f"http://{self.addresses[0]}" if self.addresses else None

    @property
    def listening(self) -> bool:
        """Whether a capture wants to hear what the workers answer."""
        return self._recorder is not None and self._recorder.listening

    def hear(self, message: Mapping[str, Any]) -> None:
        """A worker has answered a request that a capture may want."""
        if self._recorder is None:
            return
        try:
            self._recorder.hear(relay.read(message))
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("not_captured", error=type(error).__name__)

    async def _open(self) -> None:
        manners = {caller.name: manner_of(caller) for caller in self._settings.callers}
        self._recorder = await recorder(self._settings, self._directory, manners, clock=self._clock, stack=self._stack)
        health = HealthFront(lambda: self._team.ready, doubts=self._team.doubts)
        joined = JoinedMetricsFront(self._team.exposition)
        fronts: dict[str, Front] = {"/healthz": health, "/readyz": health, "/metrics": joined}
        server = Server(fronts, metrics=self._metrics, clock=self._clock)
        door = Door(server.handle, self._settings.server.metrics_listen, reuse_port=True)  # one follows upon another
        self.addresses = (await self._stack.enter_async_context(door)).addresses
