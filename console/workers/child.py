"""One worker as the parent sees it: a process, what it tells, and the few things that it is told."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import console
from console.workers.plan import Plan
from console.workers.sockets import Given
from proxy.capture.relay import KIND as HEARD
from service import frames, metrics_joined
from service.metrics_joined import Snapshot

Hear = Callable[[Mapping[str, Any]], None]
_MODULE: Final = "console.workers.worker"
_OURS: Final = str(Path(console.__file__).resolve().parents[1])


class WorkerFailedError(Exception):
    """A worker ended before it listened; in words, with a remedy where there is one."""


class Child:
    """A process that serves; made by :func:`started`. :attr:`last` is the last that it told of its numbers.

    :attr:`given` are the sockets that it has.
    """

    def __init__(self, number: int, process: asyncio.subprocess.Process, plan: Plan, given: Given, hear: Hear) -> None:
        loop = asyncio.get_running_loop()
        self.number, self.pid, self.given, self._process, self._hear = number, process.pid, given, process, hear
        self.ready, self.doubts, self.last = False, list[str](), Snapshot()
        self.began = self.spoke = time.monotonic()
        self._listening: asyncio.Future[None] = loop.create_future()
        self._stands_in = frozenset[int]()
        self._asked: list[asyncio.Future[None]] = []
        self._words = ""
        self._ended = loop.create_task(self._attend(), name=f"worker {number}")
        self._tell(plan.message() | {"sockets": given.message()})

    async def listening(self) -> None:
        """Wait until it serves. Raises WorkerFailedError."""
        await _either(self._listening, self._ended)
        if not self._listening.done():
            raise WorkerFailedError(self._words or f"a worker {self._ending()} before it served")

    async def ended(self) -> str:
        """Wait for its end; how that came, in words."""
        await asyncio.shield(self._ended)
        return self._words or self._ending()

    async def numbers(self, patience: float) -> None:
        """Ask for its numbers, and wait for them so many seconds at most; :attr:`last` has them."""
        if self._ended.done():
            return
        asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._tell({"kind": "numbers"})
        await _either(asked, self._ended, patience=patience)

    def capture(self, wanted: bool) -> None:
        """Whether it is to hand over what it answers."""
        self._tell({"kind": "capture", "wanted": wanted})

    def stand_in(self, descriptors: Collection[int]) -> None:
        """Have it take in who waits at these sockets of others, too, from now on, and at no others of theirs."""
        if self._stands_in != (wanted := frozenset(descriptors)):
            self._stands_in = wanted
            self._tell({"kind": "stand-in", "descriptors": sorted(wanted)})

    def send(self, number: int) -> None:
        """Pass a signal on."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def leave(self, patience: float) -> bool:
        """Have it finish what it answers, and end; one that has not after so many seconds is killed: False."""
        self.send(signal.SIGTERM)
        done, _ = await asyncio.wait({self._ended}, timeout=patience)
        if not done:
            await self.kill()
        return bool(done)

    async def kill(self) -> None:
        """End it at once, and wait for that."""
        self.send(signal.SIGKILL)
        await asyncio.wait({self._ended})

    def _tell(self, message: frames.Message) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(frames.framed(message))

    async def _attend(self) -> None:
        assert self._process.stdout is not None
        try:
            while (message := await frames.heard(self._process.stdout)) is not None:
                self.spoke = time.monotonic()
                self._take(message)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._words = "told what nobody understands, and was killed"
            self.send(signal.SIGKILL)
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _take(self, message: Mapping[str, Any]) -> None:
        kind = message["kind"]
        if kind == HEARD:
            self._hear(message)
        elif kind == "state":
            self.ready, self.doubts = bool(message["ready"]), [str(each) for each in message["doubts"]]
        elif kind == "numbers":
            self.last = metrics_joined.read(message["families"])
            for asked in self._asked:
                if not asked.done():
                    asked.set_result(None)
            self._asked.clear()
        elif kind == "failed":
            self._words = str(message["words"])
        elif kind == "listening" and not self._listening.done():
            self.ready = True
            self._listening.set_result(None)

    def _ending(self) -> str:
        code = self._process.returncode or 0
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


async def _either(*futures: asyncio.Future[Any], patience: float | None = None) -> None:
    await asyncio.wait(futures, timeout=patience, return_when=asyncio.FIRST_COMPLETED)


async def started(plan: Plan, number: int, given: Given, hear: Hear) -> Child:
    """A new process for ``plan``, which inherits the sockets that it is ``given``. Raises OSError.

    ``hear`` gets what it answers while somebody captures. It has a session of its own: a Ctrl-C is the parent's, who
    tells everybody in order. Its program is found where this one was, whatever lies in the working directory.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        _MODULE,
        str(number),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (_OURS, os.environ.get("PYTHONPATH"))))},
        start_new_session=True,
        pass_fds=given.descriptors,
    )
    return Child(number, process, plan, given, hear)
