"""How fast a peer is written to: as fast as it allows, and slower as soon as it says so."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from protocols.model.freebusy import Reason

PASSING: Final = frozenset({Reason.THROTTLED, Reason.TIMEOUT, Reason.UNREACHABLE})
"""Failures that another try may mend even where the peer does not say when."""

LONGEST: Final = timedelta(minutes=30)
"""Who asks to be left alone for longer than this is not waited for: the next run comes soon enough."""

_FIRST: Final = timedelta(seconds=1)
_GROWN: Final = timedelta(minutes=2)
_NOTHING: Final = timedelta()
_SPREAD: Final = timedelta(seconds=1)


class Failure(Protocol):
    """What is asked of a failure, whatever else a sync says of it."""

    @property
    def reason(self) -> Reason:
        """Why."""
        ...

    @property
    def retry_after(self) -> timedelta | None:
        """How long the peer asks to be left alone."""
        ...

    @property
    def doubt(self) -> bool:
        """It may have been done or not."""
        ...


def passing(failure: Failure) -> bool:
    """Whether it may be tried again: the peer said when, or it is of the kind that passes, or in doubt."""
    if failure.retry_after is not None:
        return failure.retry_after <= LONGEST
    return failure.doubt or failure.reason in PASSING


@dataclass(slots=True)
class _Hold:
    """Since when, and for how long: a clock that is set back must not make it longer."""

    since: datetime
    length: timedelta

    def left(self, now: datetime) -> timedelta:
        self.since = min(self.since, now)
        return self.since + self.length - now


@dataclass(slots=True, kw_only=True)
class Pace:
    """When the next call may be made.

    What one place of several answers holds back that place (Graph counts by mailbox: limits of the Outlook service);
    as soon as another asks for the same meanwhile, it is the peer that has had enough, and all wait. ``random`` gives
    0 to 1: whoever waited together does not come back together.
    """

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    random: Callable[[], float]
    _all: _Hold | None = None
    _places: dict[str, _Hold] = field(default_factory=dict)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def stopped(self) -> bool:
        """Whether nobody shall begin anything more."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Wakes up all who wait: there is nothing left to wait for."""
        self._stopped.set()

    def held_back(self, place: str, *, attempt: int, after: timedelta | None) -> timedelta:
        """``place`` failed for the ``attempt``-th time and wants peace for ``after``; None where it did not say.

        Returns how long it will have.
        """
        now = self.clock()
        hold = _Hold(now, self._told(after) if after is not None else self._grown(attempt))
        alone = all(name == place or other.left(now) <= _NOTHING for name, other in self._places.items())
        if not (place and alone) and _longer(hold, self._all, now):
            self._all = hold
        if _longer(hold, self._places.get(place), now):
            self._places[place] = hold
        return hold.length

    async def ready(self, place: str) -> None:
        """Waits until ``place`` may be called again, or until all is stopped."""
        while not self.stopped and (left := self._left(place)) > _NOTHING:
            await self._nap(left.total_seconds())

    def _told(self, after: timedelta) -> timedelta:
        return after + self.random() * min(_SPREAD, after)

    def _grown(self, attempt: int) -> timedelta:
        return min(_FIRST * 2.0 ** (attempt - 1), _GROWN) * (0.5 + self.random() / 2)

    def _left(self, place: str) -> timedelta:
        now, left = self.clock(), _NOTHING
        if self._all is not None:
            left = self._all.left(now)
        mine = self._places.get(place)
        if mine is None:
            return left
        if mine.left(now) <= _NOTHING:
            del self._places[place]
        return max(left, mine.left(now))

    async def _nap(self, seconds: float) -> None:
        nap = asyncio.ensure_future(self.sleep(seconds))
        woken = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait((nap, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            woken.cancel()
            await asyncio.gather(nap, woken, return_exceptions=True)


def _longer(hold: _Hold, other: _Hold | None, now: datetime) -> bool:
    return other is None or hold.left(now) > other.left(now)
