"""At most one run of a sync at a time, over all nodes; whoever dies hands the sync over when the lease runs out."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from galsync.ledger.ledger import Ledger


class BusyError(Exception):
    """Another run of this sync goes on, here or on another node: nothing was done."""


class LeaseLostError(Exception):
    """The lease ran out and another node has taken the sync over: nothing more may be written here."""


class Lease:
    """The right to write in the name of ``sync``: taken for ``length``, renewed while the run goes on.

    ``holder`` is a name that no other process bears. Who comes back under the same name after a crash goes on at once;
    anybody else waits until the lease has run out.
    """

    def __init__(
        self, ledger: Ledger, sync: str, holder: str, *, clock: Callable[[], datetime], length: timedelta
    ) -> None:
        self._ledger, self._sync, self._holder = ledger, sync, holder
        self._clock, self._length = clock, length
        self._until: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def take(self) -> None:
        """Raises BusyError where another run has it."""
        if not await self._renewed():
            raise BusyError(f"another run of {self._sync} goes on: wait for its end, or look at the history")

    async def keep(self) -> None:
        """Before every call that writes: renews the lease when half of it is over. Raises LeaseLostError."""
        async with self._one_at_a_time:
            if self._until is not None and self._until - self._clock() > self._length / 2:
                return
            if not await self._renewed():
                raise LeaseLostError(f"another node has taken {self._sync} over: this run ends here, that one goes on")

    async def give_back(self) -> None:
        """The next run may begin at once."""
        self._until = None
        await self._ledger.release(self._sync, self._holder)

    async def _renewed(self) -> bool:
        until = self._clock() + self._length
        if not await self._ledger.hold(self._sync, self._holder, until):
            return False
        self._until = until
        return True
