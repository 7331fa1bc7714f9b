"""Keeps a certificate fresh whose files somebody else writes: looked at every few seconds, shown when it can serve."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final, Protocol, TypeAlias

import structlog

from certs.live import Live
from certs.pair import CertificateError
from certs.watch import Watch
from service.secrets import SecretError

LOOK: Final = timedelta(seconds=10)

_log = structlog.get_logger("busyline.certificate")

Pause: TypeAlias = Callable[[timedelta], Awaitable[bool]]
"""Waits so long; True where somebody asked to go on at once."""


class Bell:
    """The :data:`Pause` of a running server: :meth:`ring` ends it early."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Whoever waits goes on at once; whoever waits next does, where nobody waits now."""
        self._rung.set()

    async def wait(self, length: timedelta) -> bool:
        """Wait ``length``, or until it rings."""
        try:
            await asyncio.wait_for(self._rung.wait(), length.total_seconds())
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Keeper(Protocol):
    """What keeps a certificate fresh."""

    @property
    def trouble(self) -> str:
        """What keeps the certificate from being replaced, in words; "" where nothing does."""
        ...

    @property
    def failures(self) -> int:
        """How often replacing it has failed so far."""
        ...

    async def run(self) -> None:
        """Until cancelled. Never raises for what is wrong with a certificate."""
        ...


class FileKeeper:
    """Looks at the files every ten seconds, and at once when asked; what cannot serve is told, the old one stays."""

    def __init__(self, live: Live, watch: Watch, *, pause: Pause, every: timedelta = LOOK) -> None:
        self._live, self._watch, self._pause, self._every = live, watch, pause, every
        self.trouble = ""
        self.failures = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            asked = await self._pause(self._every)
            await asyncio.to_thread(self._look, asked)

    def _look(self, asked: bool) -> None:
        try:
            pair = self._watch.look(now=asked)
            if pair is not None:
                told_swap(self._live.offer(pair), self._live)
                self.trouble = ""
        except (CertificateError, SecretError) as error:
            self.failures += 1
            self.trouble = str(error)
            _log.error("certificate_refused", what=self.trouble, kept_until=f"{self._live.expires:%Y-%m-%d}")
        except Exception:  # noqa: BLE001  a parser that met what it does not know must not end the watch
            self.failures += 1
            self.trouble = "the new certificate cannot be read"
            _log.exception("certificate_refused", what=self.trouble)


@asynccontextmanager
async def kept(keeper: Keeper | None) -> AsyncIterator[None]:
    """Inside, ``keeper`` keeps its certificate fresh."""
    task = asyncio.create_task(keeper.run()) if keeper else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def told_swap(swapped: bool, live: Live) -> None:
    """A line in the log where another certificate is shown now, with what callers would still object to."""
    if swapped:
        notes = [each.words for each in live.objections()]
        _log.info("certificate_swapped", until=f"{live.expires:%Y-%m-%d}", notes=notes)
