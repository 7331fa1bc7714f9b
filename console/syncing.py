"""What runs by itself, syncs and hubs: beside the proxy in one process, or alone in its own (`serve --only …`)."""

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import random
from typing import Final, Protocol
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry

from calsync.counting import Figures as HubFigures
from calsync.wiring.around import Around as AroundHubs
from calsync.wiring.schedules import jobs_of as hubs_of
from certs.pair import CertificateError
from console.configuration import Configuration
from console.moving import Lists
from galsync.counting import Figures as SyncFigures
from galsync.wiring.schedules import Around as AroundSyncs
from galsync.wiring.schedules import jobs_of as syncs_of
from proxy.wiring import Overseer
from service import logs
from service.addresses import ListenAddress
from service.metrics import Metrics
from service.runs.holders import this_process
from service.secrets import SecretError
from service.state.errors import StateError

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)
_PAUSE: Final = 60.0
"""Seconds before a state that could not be opened is tried again."""
_log = structlog.get_logger("busyline.serve")


class Serves(Protocol):
    """Whoever starts runs."""

    async def serve(self) -> None:
        """Until it is cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """What runs by itself, and by which names the log calls it; ``opened`` gives whoever starts it, for a block."""

    what: str
    names: Sequence[str]
    opened: Callable[[], AbstractAsyncContextManager[Serves]]


@asynccontextmanager
async def beside(
    names: Sequence[str], configuration: Configuration, directory: Path, registry: CollectorRegistry
) -> AsyncIterator[None]:
    """These rooms run as long as the block. Whatever fails leaves others alone: it is told, and tried again."""
    rooms = [ROOMS[name](configuration, directory, registry) for name in names]
    running = [asyncio.create_task(_kept(room), name=room.what) for room in rooms]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def alone(
    name: str, configuration: Configuration, directory: Path, lines: logs.Lines, *, metrics: ListenAddress | None
) -> None:
    """The room of that name until SIGTERM or SIGINT, which end its runs after the calls in flight; ``metrics`` are
    served there.

    Raises SecretError, StateError, CertificateError and OSError where it cannot begin.
    """
    loop, told = asyncio.get_running_loop(), Metrics()
    logs.hear(loop)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(_served(configuration, directory, told, metrics)) if metrics else None
        room = ROOMS[name](configuration, directory, told.registry)
        jobs = await stack.enter_async_context(room.opened())
        serving = asyncio.create_task(jobs.serve(), name=room.what)
        for number in _STOPS:
            loop.add_signal_handler(number, serving.cancel)
        if not room.names:
            _log.warning("nothing_to_run", note=f"the configuration names no {room.what}, so this waits for nothing")
        _log.info("syncing", **{room.what: list(room.names)}, metrics=url)
        lines.flush()
        await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()
    _log.info("stopped")


async def _kept(room: Room) -> None:
    while True:
        try:
            async with room.opened() as jobs:
                await jobs.serve()
        except (SecretError, StateError, CertificateError) as error:
            _log.error(f"{room.what}_not_running", note=str(error))
        except OSError as error:
            _log.error(f"{room.what}_not_running", note=error.strerror or type(error).__name__)
        await asyncio.sleep(_PAUSE)


def _galsync(configuration: Configuration, directory: Path, registry: CollectorRegistry) -> Room:
    """The syncs of address books."""
    figures, clock = SyncFigures(registry), partial(datetime.now, UTC)
    around = AroundSyncs(
        directory=directory,
        holder=this_process(),
        clock=clock,
        sleep=asyncio.sleep,
        chance=random,
        number=partial(secrets.token_hex, 16),
        moving=Lists(configuration=configuration, directory=directory, clock=clock).moving,
    )
    names = [sync.name for sync in configuration.scheduled]
    return Room("syncs", names, lambda: syncs_of(configuration, around, figures))


def _calsync(configuration: Configuration, directory: Path, registry: CollectorRegistry) -> Room:
    """The hubs of calendars and contacts."""
    figures = HubFigures(registry)
    around = AroundHubs(
        directory=directory,
        holder=this_process(),
        clock=partial(datetime.now, UTC),
        sleep=asyncio.sleep,
        chance=random,
        number=lambda: str(uuid4()),
        random=secrets.token_hex,
    )
    return Room("hubs", [hub.name for hub in configuration.hubs], lambda: hubs_of(configuration, around, figures))


ROOMS: Final = {"galsync": _galsync, "calsync": _calsync}
"""By the words of ``serve --only``."""


class _Syncs:
    """What is told of a process that answers nobody's questions."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    @property
    def ready(self) -> bool:
        """It runs."""
        return True

    def doubts(self) -> list[str]:
        """None that anybody could turn away for."""
        return []

    async def exposition(self) -> tuple[bytes, str]:
        """Its own numbers."""
        return self._metrics.exposition()


@asynccontextmanager
async def _served(
    configuration: Configuration, directory: Path, metrics: Metrics, where: ListenAddress
) -> AsyncIterator[str | None]:
    server = configuration.server.model_copy(update={"metrics_listen": (where,)})
    alone = configuration.model_copy(update={"server": server, "capture": None})
    async with Overseer(alone, directory=directory, team=_Syncs(metrics), metrics=metrics) as overseer:
        yield overseer.metrics_url
