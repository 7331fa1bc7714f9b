"""`busyline serve`: the proxy in the foreground, until somebody asks it to stop."""

import asyncio
import gc
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
from console.start_errors import start_error
from console.terminal import ConfigOption, EndingError, configured
from proxy import wiring
from service import logs

_STOPS = (signal.SIGINT, signal.SIGTERM)


class Style(StrEnum):
    """How the log is written."""

    JSON = "json"
    CONSOLE = "console"


def command(
    config: ConfigOption = None,
    log: Annotated[Style, typer.Option(help="One line of JSON per event, or lines for people.")] = Style.JSON,
) -> None:
    """Run the free/busy server. SIGTERM or Ctrl-C lets answers under way finish, then stops it.

    SIGHUP looks at once for a new certificate.
    """
    configuration, directory = configured(config)
    lines = logs.configure(log.value)
    try:
        uvloop.run(_serve(configuration, directory, lines))
    except OSError as error:
        raise EndingError(f"Busyline cannot start: {start_error(error, configuration, directory)}") from None
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
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, proxy.reload_certificate)
        addresses = [str(address) for address in proxy.addresses]
        plain = [str(address) for address in configuration.server.plain_listen]
        where = {"plain_listen": plain} if plain else {}
        url = configuration.server.public_url
        log.info("listening", addresses=addresses, public_url=url, metrics=proxy.metrics_url, **where)
        lines.flush()
        _spare_the_collector()
        await stop.wait()
        log.info("stopping")
    log.info("stopped")


def _spare_the_collector() -> None:
    """What was loaded to start with stays until the end: walking it again and again costs an eighth of the speed."""
    gc.collect()
    gc.freeze()
