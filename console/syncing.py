"""The syncs that have a schedule: beside the proxy in one process, or alone in their own (`serve --only galsync`)."""

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import random
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from console.configuration import Configuration
from console.moving import Lists
from galsync.counting import Figures
from galsync.engine.holders import this_process
from galsync.wiring.schedules import Around, jobs_of
from proxy.wiring import Overseer
from service import logs
from service.addresses import ListenAddress
from service.metrics import Metrics
from service.secrets import SecretError
from service.state.errors import StateError

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)
_PAUSE: Final = 60.0
"""Seconds before a state that could not be opened is tried again."""
_log = structlog.get_logger("busyline.serve")


@asynccontextmanager
async def beside(configuration: Configuration, directory: Path, registry: CollectorRegistry) -> AsyncIterator[None]:
    """The syncs run as long as the block. Whatever fails leaves others alone: it is told, and tried again."""
    running = asyncio.create_task(_kept(configuration, directory, Figures(registry)), name="syncs")
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def alone(
    configuration: Configuration, directory: Path, lines: logs.Lines, *, metrics: ListenAddress | None
) -> None:
    """The syncs until SIGTERM or SIGINT, which end them after the calls in flight; ``metrics`` are served there.

    Raises SecretError, StateError and OSError where it cannot begin.
    """
    loop, told = asyncio.get_running_loop(), Metrics()
    logs.hear(loop)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(_served(configuration, directory, told, metrics)) if metrics else None
        around, figures = _around(configuration, directory), Figures(told.registry)
        jobs = await stack.enter_async_context(jobs_of(configuration, around, figures))
        serving = asyncio.create_task(jobs.serve(), name="syncs")
        for number in _STOPS:
            loop.add_signal_handler(number, serving.cancel)
        _log.info("syncing", syncs=[sync.name for sync in configuration.scheduled], metrics=url)
        lines.flush()
        await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()
    _log.info("stopped")


async def _kept(configuration: Configuration, directory: Path, figures: Figures) -> None:
    while True:
        try:
            async with jobs_of(configuration, _around(configuration, directory), figures) as jobs:
                await jobs.serve()
        except (SecretError, StateError) as error:
            _log.error("syncs_not_running", note=str(error))
        await asyncio.sleep(_PAUSE)


def _around(configuration: Configuration, directory: Path) -> Around:
    clock = partial(datetime.now, UTC)
    return Around(
        directory=directory,
        holder=this_process(),
        clock=clock,
        sleep=asyncio.sleep,
        chance=random,
        number=partial(secrets.token_hex, 16),
        moving=Lists(configuration=configuration, directory=directory, clock=clock).moving,
    )


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
