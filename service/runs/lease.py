"""At most one run of a sync at a time, over all nodes; whoever dies hands the sync over at once, or a minute later."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, TypeVar

from service.runs.holders import provably_dead
from service.runs.leases import Leases
from service.state.errors import StateError

T = TypeVar("T")

_BEATS: Final = 4
"""How often a lease is renewed in its length; when the last of them would come too late, it counts as over."""
_OVERTAKEN: Final = "another node has taken {} over: this run ends here, that one goes on"
_UNTOLD: Final = "{}: the lease could not be renewed in time, and another node may begin: this run ends here"


class BusyError(Exception):
    """Another run of this sync goes on, here or on another node: nothing was done."""


class LeaseLostError(Exception):
    """The lease ran out and another node has taken the sync over, or may: nothing more may be written here."""


class Lease:
    """The right to write in the name of ``name``: taken for ``length``, renewed while the run goes on.

    ``holder`` is a name that no other process bears. Who comes back under the same name after a crash goes on at once,
    and so does anybody where the holder is ``dead`` beyond doubt; else they wait until the lease has run out. ``nap``
    takes seconds.
    """

    def __init__(
        self,
        leases: Leases,
        name: str,
        holder: str,
        *,
        clock: Callable[[], datetime],
        length: timedelta,
        dead: Callable[[str], bool] = provably_dead,
        nap: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._leases, self._name, self._holder = leases, name, holder
        self._clock, self._length, self._dead, self._nap = clock, length, dead, nap
        self._until: datetime | None = None
        self._one_at_a_time = asyncio.Lock()
        self._over = asyncio.Event()
        self._why = ""

    async def take(self) -> None:
        """Raises BusyError where another run has it."""
        if await self._renewed():
            return
        other = await self._leases.holder(self._name)
        if other is None or not self._dead(other) or not await self._renewed(instead_of=other):
            raise BusyError(f"another run of {self._name} goes on: wait for its end, or look at the history")

    async def keep(self) -> None:
        """Before every call that writes: renews the lease when half of it is over. Raises LeaseLostError."""
        async with self._one_at_a_time:
            if self._over.is_set():
                raise LeaseLostError(self._why)
            if self._left() > self._length / 2:
                return
            if not await self._renewed():
                self._lost(_OVERTAKEN)
                raise LeaseLostError(self._why)

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Renews the lease again and again as long as the block lasts, whatever the run waits for meanwhile."""
        heart = asyncio.ensure_future(self._beat())
        try:
            yield
        finally:
            heart.cancel()
            await asyncio.wait([heart])

    async def during(self, call: Awaitable[T]) -> T:
        """What ``call`` gives. As soon as the lease is over it is cancelled: raises LeaseLostError."""
        working, over = asyncio.ensure_future(call), asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((working, over), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise LeaseLostError(self._why)
            return working.result()
        finally:
            working.cancel()
            over.cancel()
            await asyncio.gather(working, over, return_exceptions=True)

    async def give_back(self) -> None:
        """The next run may begin at once."""
        self._until = None
        await self._leases.release(self._name, self._holder)

    async def _beat(self) -> None:
        beat = self._length / _BEATS
        while not self._over.is_set():
            await self._nap(beat.total_seconds())
            async with self._one_at_a_time:
                try:
                    async with asyncio.timeout(beat.total_seconds()):
                        if not await self._renewed():
                            self._lost(_OVERTAKEN)
                except (StateError, TimeoutError):
                    if self._left() <= beat:
                        self._lost(_UNTOLD)

    def _lost(self, why: str) -> None:
        self._why = why.format(self._name)
        self._over.set()

    def _left(self) -> timedelta:
        return self._until - self._clock() if self._until is not None else timedelta()

    async def _renewed(self, *, instead_of: str | None = None) -> bool:
        until = self._clock() + self._length
        if not await self._leases.hold(self._name, self._holder, until, instead_of=instead_of):
            return False
        self._until = until
        return True
