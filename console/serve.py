"""`busyline serve`: the proxy and the syncs in the foreground, until somebody asks them to stop."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvloop

from console.configuration import Configuration, find
from console.start_errors import listened, start_error
from console.terminal import ConfigOption, EndingError
from console.workers import parent
from console.workers.plan import Plan
from proxy import wiring
from service import logs
from service.addresses import ListenAddress
from service.state.errors import StateError

_STOPS = (signal.SIGINT, signal.SIGTERM)


class Style(StrEnum):
    """How the log is written."""

    JSON = "json"
    CONSOLE = "console"


class Part(StrEnum):
    """What of the configuration runs in this process."""

    PROXY = "proxy"
    GALSYNC = "galsync"
    CALSYNC = "calsync"


def _address(text: str) -> ListenAddress:
    try:
        return ListenAddress.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def command(
    config: ConfigOption = None,
    log: Annotated[Style, typer.Option(help="One line of JSON per event, or lines for people.")] = Style.JSON,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="How many processes serve; else [server] workers.")
    ] = None,
    only: Annotated[
        Part | None,
        typer.Option(
            help="The free/busy server alone, the scheduled syncs of address books (galsync), or the hubs (calsync)."
        ),
    ] = None,
    metrics: Annotated[
        ListenAddress | None,
        typer.Option(parser=_address, metavar="HOST:PORT", help="With --only galsync or calsync: where /metrics is."),
    ] = None,
) -> None:
    """Run the free/busy server, the scheduled syncs and the hubs. SIGTERM or Ctrl-C lets what is under way finish.

    SIGHUP looks at once for a new certificate. With several workers SIGUSR1 reads the configuration and replaces them
    one by one, without a question lost.
    """
    read = partial(Plan.read, find(config), style=log.value, workers=workers)
    plan = read()
    lines = logs.configure(log.value)
    try:
        if only not in (None, Part.PROXY):
            from console import syncing  # noqa: PLC0415  the proxy starts faster without

            uvloop.run(syncing.alone(only, plan.configuration, plan.directory, lines, metrics=metrics))
        elif plan.workers > 1:
            _say_who_syncs(plan.configuration, only)
            parent.run(plan, again=read, flush=lines.flush)
        else:
            uvloop.run(_serve(plan.configuration, plan.directory, lines, syncs=only is None))
    except OSError as error:
        places = _listening(plan.configuration, only)
        words = start_error(error, plan.configuration, plan.directory, places=places)
        raise EndingError(f"Busyline cannot start: {words}") from None
    except StateError as error:
        raise EndingError(f"Busyline cannot start: {error}") from None
    finally:
        lines.flush()


def _listening(configuration: Configuration, only: Part | None) -> dict[str, Sequence[ListenAddress]]:
    """Where this process listens, by key."""
    notices = configuration.hub_notifications
    if only is Part.CALSYNC:
        return {"hub_notifications.listen": notices.listen} if notices is not None else {}
    return listened(configuration.server)


def _say_who_syncs(configuration: Configuration, only: Part | None) -> None:
    beside = [f"`busyline serve --only {name}`" for name in _by_itself(configuration)]
    if only is None and beside:
        note = f"workers serve the proxy alone: run {' and '.join(beside)} beside them"
        structlog.get_logger("busyline.serve").warning("syncs_not_running", note=note)


def _by_itself(configuration: Configuration) -> list[Part]:
    """What of the configuration has something that runs without being asked."""
    has = {Part.GALSYNC: configuration.scheduled, Part.CALSYNC: configuration.hubs}
    return [part for part, some in has.items() if some]


@asynccontextmanager
async def running(configuration: Configuration, directory: Path) -> AsyncIterator[wiring.Proxy]:
    """The proxy while it listens; what `serve` and the demo have in common."""
    async with wiring.build(configuration, directory=directory) as proxy:
        yield proxy


async def _serve(configuration: Configuration, directory: Path, lines: logs.Lines, *, syncs: bool) -> None:
    log = structlog.get_logger("busyline.serve")
    stop = asyncio.Event()
    logs.hear(asyncio.get_running_loop())
    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(configuration, directory) as proxy, AsyncExitStack() as stack:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, proxy.reload_certificate)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _not_replaced)
        addresses = [str(address) for address in proxy.addresses]
        plain = [str(address) for address in configuration.server.plain_listen]
        where = {"plain_listen": plain} if plain else {}
        url = configuration.server.public_url
        log.info("listening", addresses=addresses, public_url=url, metrics=proxy.metrics_url, **where)
        lines.flush()
        _spare_the_collector()
        if syncs and (names := _by_itself(configuration)):
            from console import syncing  # noqa: PLC0415  see above

            await stack.enter_async_context(syncing.beside(names, configuration, directory, proxy.metrics.registry))
        await stop.wait()
        log.info("stopping")
        lines.flush()
        await proxy.drain()
    log.info("stopped")


def _not_replaced() -> None:
    note = "there is one process: set [server] workers to 2 or more, or start another node and end this one"
    structlog.get_logger("busyline.serve").warning("not_replaced", note=note)


def _spare_the_collector() -> None:
    """What was loaded to start with stays until the end: walking it again and again costs an eighth of the speed."""
    gc.collect()
    gc.freeze()
