"""The process of one worker: serves as its parent says, tells how it is, and ends when told or when left alone."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
import uvloop

from certs.pem import CertificateError
from console.configuration import Configuration, ConfigurationError
from console.start_errors import start_error
from console.workers.plan import Plan
from console.workers.sockets import handed
from proxy import wiring
from proxy.capture.relay import Relay
from proxy.list_files import ListFileError
from proxy.settings.shares import share_of
from proxy.wiring import Part, Proxy
from service import frames, logs, metrics_joined
from service.frames import Line
from service.listeners import Handed
from service.secrets import SecretError

_TOLD_EVERY: Final = 1.0  # seconds
_NUMBERS_EVERY: Final = 10  # times that: what a worker that is killed has counted since is lost

_TAKEN_WITHIN: Final = 10.0  # seconds: for the parent to take what it is told last


def main() -> None:
    """The entry point of the process; its standard input and output are the parent's."""
    incoming, outgoing = _taken(0, os.O_RDONLY), _taken(1, os.O_WRONLY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    sys.exit(_run(incoming, outgoing, int(sys.argv[1])))


def _taken(descriptor: int, flags: int) -> int:
    """The pipe that was there, at another place: what a library prints or reads must not be a message."""
    pipe = os.dup(descriptor)
    nowhere = os.open(os.devnull, flags)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return pipe


def _run(incoming: int, outgoing: int, number: int) -> int:
    for_the_end = os.dup(outgoing)
    try:
        uvloop.run(_worked(incoming, outgoing, number))
    except _NotStartedError as failed:
        frames.write_now(for_the_end, {"kind": "failed", "words": failed.words()})
        return 1
    finally:
        os.close(for_the_end)
    return 0


class _NotStartedError(Exception):
    """Why the proxy could not be opened."""

    def __init__(self, error: Exception, plan: Plan) -> None:
        super().__init__(str(error))
        self._error, self._plan = error, plan

    def words(self) -> str:
        """For whoever began the service; where an address is in use, it was not by a worker."""
        if not isinstance(self._error, OSError):
            return str(self._error)
        if self._error.errno is None:
            return str(self._error)
        if self._error.filename is not None:
            return start_error(self._error, self._plan.configuration, self._plan.directory)
        return f"{self._error}; try `busyline check`"


async def _worked(incoming: int, outgoing: int, number: int) -> None:
    line = await Line.opened(incoming, outgoing)
    told = await line.heard()
    if told is None:
        return  # the parent is gone already
    plan = Plan.told(told)
    lines = logs.configure(plan.style, worker=number)
    try:
        await _served(plan, _sockets(told), line, lines)
    except (ConfigurationError, SecretError, CertificateError, ListFileError, OSError) as error:
        raise _NotStartedError(error, plan) from None
    finally:
        lines.flush()
        with suppress(TimeoutError):
            async with asyncio.timeout(_TAKEN_WITHIN):
                await line.close()


def _sockets(told: Mapping[str, Any]) -> dict[str, Handed]:
    if "sockets" not in told:
        raise OSError("the parent is of an older version and has no sockets for its workers: restart the service")
    return handed(told["sockets"])


async def _served(plan: Plan, sockets: Mapping[str, Handed], line: Line, lines: logs.Lines) -> None:
    relay, stop = Relay(line.tell), asyncio.Event()
    loop = asyncio.get_running_loop()
    logs.hear(loop)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    part = Part(shared=True, handed=sockets, listener=relay, seen=plan.seen)
    async with wiring.build(_own(plan), directory=plan.directory, part=part) as proxy:
        loop.add_signal_handler(signal.SIGHUP, proxy.reload_certificate)
        line.tell({"kind": "listening"})
        gc.collect()
        gc.freeze()  # as in a process that serves alone: what was loaded to start with stays
        tasks = [loop.create_task(_attend(line, proxy, relay, stop)), loop.create_task(_tell(line, proxy))]
        await stop.wait()
        structlog.get_logger("busyline.serve").info("stopping")
        lines.flush()
        await proxy.drain()
    for task in tasks:
        task.cancel()
    line.tell(_numbers(proxy))  # the last requests among them


def _own(plan: Plan) -> Configuration:
    """This worker's share; the metrics and the captures are the parent's."""
    configuration = share_of(plan.configuration, plan.workers)
    server = configuration.server.model_copy(update={"metrics_listen": ()})
    return configuration.model_copy(update={"server": server, "capture": None})


async def _attend(line: Line, proxy: Proxy, relay: Relay, stop: asyncio.Event) -> None:
    while (message := await line.heard()) is not None:
        if message["kind"] == "numbers":
            line.tell(_numbers(proxy))
        elif message["kind"] == "capture":
            relay.listening = bool(message["wanted"])
        elif message["kind"] == "stand-in":
            proxy.stand_in(frozenset(map(int, message["descriptors"])))
    stop.set()  # without its parent nobody would watch over it


async def _tell(line: Line, proxy: Proxy) -> None:
    times = 0
    while True:
        line.tell({"kind": "state", "ready": proxy.ready, "doubts": proxy.doubts()})
        times += 1
        if times % _NUMBERS_EVERY == 0:
            line.tell(_numbers(proxy))
        await asyncio.sleep(_TOLD_EVERY)


def _numbers(proxy: Proxy) -> frames.Message:
    return {"kind": "numbers", "families": metrics_joined.snapshot(proxy.metrics.registry)}


if __name__ == "__main__":
    main()
