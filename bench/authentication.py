"""What authentication adds to a cached answer: the same front and bodies behind the real entrance and behind none."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import structlog

from bench.questions import EVENTS, HEADERS, address, body, first_day
from bench.rows import Row
from bench.served import Served, WrongAnswerError
from console.configuration import FILE_NAME, load
from protocols.model.caller import Caller
from proxy.auth import Knock
from proxy.connector import utc_now
from proxy.fragments import Fragments
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews import EwsFront
from proxy.fronts.schema import SchemaFront
from proxy.server import Server
from proxy.settings import ProxySettings
from proxy.wiring import build
from proxy.wiring.exchange_front import EWS_PATH
from proxy.wiring.gate import entry
from service.addresses import ListenAddress
from service.door import Door
from service.logs import configure
from service.metrics import Metrics

ROUNDS, QUESTIONS = 15, 400
_MAILBOXES = 100
_UPSTREAM_PASSWORD = {"BENCH_UPSTREAM_PASSWORD": "upstream"}


class _Anybody:
    """In place of the gate: whoever asks is the caller of the benchmark."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def identify(self, _: Knock) -> Caller:
        """The caller, whatever was shown."""
        return self._caller

    def recall(self, _: Knock) -> Caller:
        """The same at once."""
        return self._caller

    def admit(self, caller: Caller, _: Knock) -> Caller:
        """``caller``."""
        return caller


class _Line:
    """One connection that is kept alive, spoken without a client's own costs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. WrongAnswerError where it is not 200."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await self._reader.readexactly(length)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise WrongAnswerError(f"{head!r} {answer[:1000]!r}")
        return answer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


async def rows(
    served: Served, *, rounds: int = ROUNDS, questions: int = QUESTIONS, headers: Mapping[str, str] = HEADERS
) -> list[Row]:
    """authentication_added_us: Basic, warm, with a caller's networks and rate. Raises WrongAnswerError.

    Both doors are in this process and asked in turn, question by question, so that whatever else the machine does is
    the same for both; the figure is the median over the rounds of the difference of their medians.
    """
    today = datetime.now(UTC).date()
    bodies = [body([address(number, "auth")], first_day(number, today)) for number in range(_MAILBOXES)]
    async with _both(served.folder) as (with_it, without):
        for each in bodies:  # warms the cache, the rendered answers and the passwords
            for line in (with_it, without):
                if (answer := await line.ask(_request(each, headers))).count(b"CalendarEvent>") // 2 != EVENTS:
                    raise WrongAnswerError(f"not {EVENTS} events: {answer[:1000]!r}")
        asked = await served.upstream_calls()
        requests = [_request(bodies[number % _MAILBOXES], headers) for number in range(questions)]
        found = [await _round(with_it, without, requests) for _ in range(rounds)]
        if (calls := await served.upstream_calls()) != asked:
            raise WrongAnswerError(f"not from the cache: the upstream was asked {calls - asked} times")
    added = median(ours - bare for ours, bare in found) * 1e6
    note = f"{median(ours for ours, _ in found) * 1e6:.0f} us in all, client included"
    return [Row(name="authentication_added_us", value=round(added, 1), unit="us", at_most=60, note=note)]


async def _round(with_it: _Line, without: _Line, requests: Sequence[bytes]) -> tuple[float, float]:
    """The median times of one answer, in seconds."""
    ours: list[float] = []
    bare: list[float] = []
    for number, request in enumerate(requests):
        for line, times in ((with_it, ours), (without, bare))[:: 1 if number % 2 else -1]:
            start = perf_counter()
            await line.ask(request)
            times.append(perf_counter() - start)
    return median(ours), median(bare)


@asynccontextmanager
async def _both(folder: Path) -> AsyncIterator[tuple[_Line, _Line]]:
    """A line to a door with the entrance of ``folder``'s configuration, and one to a door that admits anybody."""
    os.environ.update(_UPSTREAM_PASSWORD)
    logs = structlog.get_config()
    configure(stream=io.BytesIO())  # as `serve` writes them, but nobody reads these
    try:
        async with AsyncExitStack() as stack:
            yield await _lines(folder, stack)
    finally:
        structlog.configure(**logs)


async def _lines(folder: Path, stack: AsyncExitStack) -> tuple[_Line, _Line]:
    settings = _fenced(load(folder / FILE_NAME))
    caller = Caller(settings.callers[0].name, "", "basic")
    proxy = await stack.enter_async_context(build(settings, directory=folder, listen=False))
    desk = Desk(connector=proxy.asker(caller.name), fragments=Fragments(settings.cache.fragments))
    real = (await entry(settings, folder, stack)).entrance
    lines = []
    for entrance in (real, Entrance(_Anybody(caller))):
        schema = SchemaFront(settings.server.public_url)
        front = EwsFront(entrance=entrance, desks={caller.name: desk}, schema=schema, max_body=1 << 20)
        server = Server({EWS_PATH: front}, metrics=Metrics(), clock=utc_now)
        door = await stack.enter_async_context(Door(server.handle, [ListenAddress("127.0.0.1", 0)]))
        line = _Line(*await asyncio.open_connection("127.0.0.1", door.addresses[0].port))
        stack.push_async_callback(line.close)
        lines.append(line)
    return lines[0], lines[1]


def _fenced(settings: ProxySettings) -> ProxySettings:
    """With all that may follow the proof: a network, and a rate that is never reached."""
    caller = settings.callers[0].model_copy(update={"networks": ("127.0.0.0/8",), "rate": 1e6})
    return settings.model_copy(update={"callers": (caller,)})


def _request(content: bytes, headers: Mapping[str, str]) -> bytes:
    head = [f"POST {EWS_PATH} HTTP/1.1", "Host: busyline", f"Content-Length: {len(content)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*head, "\r\n"]).encode() + content
