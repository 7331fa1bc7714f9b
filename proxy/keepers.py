"""Keep the certificate of a running server fresh: look at its files, or have it renewed; each a task of its own."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias

import structlog

from certs import acme_schedule
from certs.live import Live
from certs.pair import CertificateError, Pair
from certs.watch import Watch
from service.secrets import SecretError

LOOK: Final = timedelta(seconds=10)
_LONGEST_SLEEP: Final = timedelta(hours=1)  # a clock that was set, or a machine that slept, is noticed by then

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """``issue`` blocks for a whole order; ``keep`` writes a pair to the disk, for the next start. ``wanted``: the one
    there was taken away, which is how an operator asks for another."""

    issue: Callable[[], Pair]
    keep: Callable[[Pair], None]
    wanted: Callable[[], bool] = lambda: False


class AcmeKeeper:
    """Renews at two thirds of the life; after a failure again, ever later; meanwhile the old one stays.

    An order, the swap and the writing (of nothing but what is shown) are done in a thread. ``issued`` says whether what
    is shown came from the authority already, ``urgent`` whether it does not do although it did. When asked it renews at
    once, if the last try failed or if one is wanted: authorities count every order. ``chance`` gives numbers from 0 to
    1.
    """

    def __init__(
        self,
        live: Live,
        orders: Orders,
        *,
        issued: bool,
        urgent: bool = False,
        clock: Callable[[], datetime],
        pause: Pause,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._live, self._orders, self._clock, self._pause, self._chance = live, orders, clock, pause, chance
        self._unkept: Pair | None = None
        self.issued = issued
        self.trouble = "" if issued else "no certificate is issued yet"
        self.failures = 0
        self._in_a_row = 0
        self._due = self._next() if issued and not urgent else clock()

    @property
    def due(self) -> datetime:
        """When it is renewed next."""
        return self._due

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            left = self._due - self._clock()
            if left <= timedelta() or (await self._pause(min(left, _LONGEST_SLEEP)) and self._asked_for()):
                await self._renew()

    def _asked_for(self) -> bool:
        return bool(self.trouble) or self._orders.wanted()

    async def _renew(self) -> None:
        try:
            await _apart(self._issue_and_show)
        except (CertificateError, OSError) as error:
            self._failed(str(error))
        except Exception:  # noqa: BLE001  whatever a library met: the old one serves on, and there is a next time
            _log.exception("certificate_renewal_failed")
            self._failed("the renewal failed: the log says where")
        else:
            self.trouble, self._in_a_row = "", 0
            soonest = self._clock() + acme_schedule.pause(
                1, jitter=self._chance()
            )  # whatever the authority's clock says
            self._due = max(self._next(), soonest)

    def _issue_and_show(self) -> None:
        pair = self._unkept or self._orders.issue()
        swapped = self._live.offer(pair)
        self.issued, self._unkept = True, pair
        try:
            self._orders.keep(pair)
            self._unkept = None
        finally:
            told_swap(swapped, self._live)

    def _failed(self, words: str) -> None:
        self.failures += 1
        self._in_a_row += 1
        self.trouble = words
        self._due = self._clock() + acme_schedule.pause(self._in_a_row, jitter=self._chance())
        _log.error("certificate_not_renewed", what=words, again=f"{self._due:%Y-%m-%dT%H:%M:%SZ}")

    def _next(self) -> datetime:
        leaf = self._live.pair.leaf
        return acme_schedule.due(leaf.not_valid_before_utc, leaf.not_valid_after_utc, jitter=self._chance())


async def _apart(work: Callable[[], None]) -> None:
    """Do ``work`` in a thread that nobody waits for: an authority that is silent must delay no stop."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(None)

    def run() -> None:
        outcome: BaseException | None = None
        try:
            work()
        except BaseException as error:  # noqa: BLE001  it is raised where the end is awaited
            outcome = error
        with suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(tell, outcome)

    threading.Thread(target=run, name="certificate", daemon=True).start()
    await done


def told_swap(swapped: bool, live: Live) -> None:
    """A line in the log where another certificate is shown now, with what callers would still object to."""
    if swapped:
        notes = [each.words for each in live.objections()]
        _log.info("certificate_swapped", until=f"{live.expires:%Y-%m-%d}", notes=notes)
