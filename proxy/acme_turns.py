"""Has one of several processes renew the certificate by ACME, and the others show what that one was issued."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from certs.live import Live
from certs.pair import CertificateError, Pair
from proxy.keepers import AcmeKeeper
from service.certificate_files import Pause, told_swap
from service.turns import Turn

LOOK: Final = timedelta(seconds=2)

_log = structlog.get_logger("busyline.certificate")


class AcmeInTurn:
    """Every two seconds: takes the turn where whoever had it has ended, and ``renewing`` begins; until then it shows
    what ``kept`` brings, which another process wrote. What cannot be shown is told, once.
    """

    def __init__(
        self,
        live: Live,
        turn: Turn,
        *,
        kept: Callable[[], Pair | None],
        renewing: Callable[[], AcmeKeeper],
        issued: bool,
        pause: Pause,
    ) -> None:
        self._live, self._turn, self._kept, self._renewing = live, turn, kept, renewing
        self._issued, self._pause = issued, pause
        self._keeper: AcmeKeeper | None = None
        self._trouble = ""
        self._failures = 0

    @property
    def issued(self) -> bool:
        """Whether what is shown came from the authority."""
        return self._issued if self._keeper is None else self._keeper.issued

    @property
    def trouble(self) -> str:
        """See :class:`service.certificate_files.Keeper`."""
        return self._trouble if self._keeper is None else self._keeper.trouble

    @property
    def failures(self) -> int:
        """See :class:`service.certificate_files.Keeper`."""
        return self._failures + (self._keeper.failures if self._keeper else 0)

    async def run(self) -> None:
        """Until cancelled, when another process may have the turn."""
        try:
            while not await asyncio.to_thread(self._look):
                await self._pause(LOOK)
            self._keeper = self._renewing()
            await self._keeper.run()
        finally:
            self._turn.end()

    def _look(self) -> bool:
        """Whether this process has the turn. Never raises for what is wrong with a file."""
        try:
            taken, pair = self._turn.taken(), self._kept()
            if pair is not None:
                swapped = self._live.offer(pair)
                self._issued = True
                told_swap(swapped, self._live)
        except (CertificateError, OSError) as error:
            if str(error) != self._trouble:
                self._failures += 1
                _log.error("certificate_refused", what=str(error), kept_until=f"{self._live.expires:%Y-%m-%d}")
            self._trouble = str(error)
            return False
        self._trouble = ""
        return taken
