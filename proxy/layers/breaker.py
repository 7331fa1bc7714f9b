"""Stops asking a peer that is down, and finds out when it is back."""

from datetime import datetime, timedelta

from protocols.model.freebusy import Reason
from proxy.connector import Clock

PEER_IS_DOWN = frozenset({Reason.UNREACHABLE, Reason.TIMEOUT, Reason.UNAUTHORIZED})
"""A peer that fails or answers nonsense is up: one mailbox that it stumbles over must not cost all others theirs."""
_A_MOMENT = timedelta(seconds=1)  # at least that long nobody asks it, whatever it says


class Breaker:
    """Opens after ``failures`` whole calls failed in a row; after ``pause`` lets one call through, which decides.

    The next such probe goes out a pause after the one before, however long that takes. A call that began before it
    opened, or before the peer last answered, is no news where it fails: a peer that is back is not held for down
    because of those that hang since before. ``failures=0`` never opens.
    """

    def __init__(self, *, clock: Clock, failures: int = 5, pause: timedelta = timedelta(seconds=15)) -> None:
        self._clock, self._limit, self._pause = clock, failures, pause
        self._wait = pause
        self._failures = 0
        self._reason = Reason.UNREACHABLE
        self._opened: datetime | None = None
        self._probe: datetime | None = None
        self.era = 0

    @property
    def is_open(self) -> bool:
        """Whether the peer counts as down."""
        return self._opened is not None

    def refuses(self) -> Reason | None:
        """Why a call would not be let through now; None where it would be."""
        return self._reason if self._to_wait() else None

    def left(self) -> timedelta:
        """How long calls are refused at least; nought where one would be let through now."""
        left = self._to_wait()
        return max(left, _A_MOMENT) if left and self._probe is None else min(left, _A_MOMENT)

    def admit(self) -> Reason | None:
        """As :meth:`refuses`; a call let through while the peer counts as down is the probe.

        With the ``era`` of this moment the call tells how it ended.
        """
        reason = self.refuses()
        if reason is None and self.is_open:
            self._probe = self._clock()
        return reason

    def note(self, failure: Reason | None, era: int | None = None, *, again: timedelta | None = None) -> None:
        """How a call admitted in ``era`` ended: why the peer failed as a whole, or None where it answered.

        ``again`` is how long the peer, or who signs in there, wants to be left alone: no longer is it held for down.
        """
        if failure is None or (self.is_open and failure not in PEER_IS_DOWN):  # whatever it says, it is there again
            self._failures, self._opened, self._probe = 0, None, None
            self.era += 1
        elif failure in PEER_IS_DOWN and era in (None, self.era):
            self._failures += 1
            self._reason = failure
            if self._limit and (self._failures >= self._limit or self.is_open):
                self._open(again)

    def give_up(self, era: int | None = None) -> None:
        """A call admitted in ``era`` was called off: nothing was learnt."""
        if era in (None, self.era):
            self._probe = None

    def _open(self, again: timedelta | None) -> None:
        if again is None:
            self._opened, self._wait = self._probe or self._clock(), self._pause
        else:
            self._opened, self._wait = self._clock(), min(self._pause, max(again, _A_MOMENT))
        self._probe = None
        self.era += 1

    def _to_wait(self) -> timedelta:
        """How long it refuses; a clock that was set back ends a pause."""
        if self._opened is None:
            return timedelta()
        since, wait = (self._opened, self._wait) if self._probe is None else (self._probe, self._pause)
        passed = self._clock() - since
        return wait - passed if timedelta() <= passed < wait else timedelta()
