"""The shared cache goes away and comes back: a real Redis, killed and started again while the server is asked."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from bench.chaos.trial import Beside, Scenario, Trial
from bench.machine import free_port
from bench.soak.ground import Plan

REDIS: Final = "redis-server"
_UP: Final = "busyline_cluster_up"


@dataclass(slots=True)
class Redis:
    """A Redis of our own, which keeps nothing on the disk."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns once it listens."""
        command = [REDIS, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        for _ in range(500):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                await writer.wait_closed()
                return

    async def kill(self) -> None:
        """At once, without a word to anybody."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def redis(folder: Path) -> AsyncIterator[Beside]:
    """A Redis, and the section that leads to it."""
    beside = Redis(folder, free_port())
    await beside.start()
    try:
        section = f'\n[cluster]\nredis = "redis://127.0.0.1:{beside.port}"\nkey = "env:CHAOS_CLUSTER"\n'
        yield Beside(env={"CHAOS_CLUSTER": secrets.token_hex(32)}, more=section, handle=beside)
    finally:
        await beside.kill()


async def _killed(trial: Trial) -> None:
    async with trial.meanwhile() as tally:
        before = tally.asked
        await trial.until(lambda: tally.asked >= before + trial.questions)
        await trial.handle.kill()
        before = tally.asked
        await trial.until(lambda: tally.asked >= before + trial.questions)
        up = await trial.ground.metric(_UP)
        await trial.handle.start()
        again = await _up_again(trial)
    trial.all_right("Redis killed and started again under load: the truth about everybody", tally)
    trial.must("the server says that it is alone", up == 0, f"{_UP} {up:g}")
    trial.must("and that it no longer is", again, f"{_UP} {await trial.ground.metric(_UP):g}")
    await trial.recovers()


async def _nonsense(trial: Trial) -> None:
    """What takes the place of Redis speaks nothing that anybody understands, and then nothing at all."""
    await trial.handle.kill()
    for words in (b"-NONSENSE \xff\xfe\r\n" * 3, b""):
        async with _impostor(trial.handle.port, words):
            trial.all_right("something else in the place of Redis: the truth about everybody", await trial.ask())
    await trial.handle.start()
    await trial.recovers()


_TURNS: Final = 10  # of the event loop


class _Babbler(asyncio.Protocol):
    """Says ``words`` to whatever is said to it; ``callers`` are the connections that stand."""

    def __init__(self, words: bytes, callers: set[asyncio.Transport]) -> None:
        self._words, self._callers = words, callers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of no common kind
        self._callers.add(self._transport)

    def data_received(self, _: bytes) -> None:
        self._transport.write(self._words)

    def connection_lost(self, _: Exception | None) -> None:
        self._callers.discard(self._transport)


@asynccontextmanager
async def _impostor(port: int, words: bytes) -> AsyncIterator[None]:
    callers: set[asyncio.Transport] = set()
    arrivals: list[asyncio.Task[object]] = []
    loop = asyncio.get_running_loop()

    def take_in() -> None:
        with suppress(BlockingIOError, ConnectionError):
            connection, _ = listener.accept()
            connection.setblocking(False)
            arrivals.append(
                loop.create_task(loop.connect_accepted_socket(lambda: _Babbler(words, callers), connection))
            )

    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.setblocking(False)
        # no asyncio.Server, and nothing that is called off: both lose whoever they have just taken in
        loop.add_reader(listener, take_in)
        try:
            yield
        finally:
            loop.remove_reader(listener)
    await asyncio.gather(*arrivals, return_exceptions=True)
    for transport in tuple(callers):
        transport.abort()
    for _ in range(_TURNS):  # until all of them are gone
        await asyncio.sleep(0)


async def _up_again(trial: Trial) -> bool:
    for _ in range(120):
        if await trial.ground.metric(_UP) > 0:
            return True
        await asyncio.sleep(0.25)
    return False


KILLED: Final = Scenario(
    name="redis-killed",
    holds="a server that loses Redis goes on alone at once, says so, and shares again when it is back",
    play=_killed,
    plan=Plan(ttl=1.0, period=1.5),
    beside=redis,
    programs=(REDIS,),
)
NONSENSE: Final = Scenario(
    name="redis-nonsense",
    holds="what speaks nonsense, or nothing, in the place of Redis is no reason to wait or to believe it",
    play=_nonsense,
    plan=Plan(ttl=0.5, period=1.0),
    beside=redis,
    programs=(REDIS,),
)
