"""Has the certificate of a running server renewed by an authority, ever in time, as a task of its own."""

import asyncio
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from certs import acme_schedule
from certs.live import Live
from certs.pair import CertificateError, Pair
from service.certificate_files import Pause, told_swap

_LONGEST_SLEEP: Final = timedelta(hours=1)  # a clock that was set, or a machine that slept, is noticed by then

_log = structlog.get_logger("busyline.certificate")


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
