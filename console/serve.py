"""`busyline serve`: the proxy in the foreground, until somebody asks it to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvloop

from console.configuration import Configuration
from console.terminal import ConfigOption, EndingError, configured
from proxy import wiring
from service import logs

_FLUSH_SECONDS = 1.0
_STOPS = (signal.SIGINT, signal.SIGTERM)


class Style(StrEnum):
    """How the log is written."""

    JSON = "json"
    CONSOLE = "console"


def command(
    config: ConfigOption = None,
    log: Annotated[Style, typer.Option(help="One line of JSON per event, or lines for people.")] = Style.JSON,
) -> None:
    """Run the free/busy server; SIGTERM or Ctrl-C lets answers under way finish, then stops it."""
    configuration, directory = configured(config)
    lines = logs.configure(log.value)
    try:
        uvloop.run(_serve(configuration, directory, lines))
    except OSError as error:
        raise EndingError(f"Busyline cannot start: {error.strerror or error}") from None
    finally:
        lines.flush()


@asynccontextmanager
async def running(configuration: Configuration, directory: Path) -> AsyncIterator[wiring.Proxy]:
    """The proxy while it listens; what `serve` and the demo have in common."""
    async with wiring.build(configuration, directory=directory) as proxy:
        yield proxy


async def _serve(configuration: Configuration, directory: Path, lines: logs.Lines) -> None:
    log = structlog.get_logger("busyline.serve")
    stop = asyncio.Event()
    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(configuration, directory) as proxy:
        addresses = [str(address) for address in proxy.addresses]
        log.info(
            "listening", addresses=addresses, public_url=configuration.server.public_url, metrics=proxy.metrics_url
        )
        lines.flush()
        while not stop.is_set():
            await _a_moment(stop)
            lines.flush()
        log.info("stopping")
    log.info("stopped")


async def _a_moment(stop: asyncio.Event) -> None:
    """Until the log is due, or until it is time to stop."""
    try:
        async with asyncio.timeout(_FLUSH_SECONDS):
            await stop.wait()
    except TimeoutError:
        return
