"""Stops asking a peer that is down, and finds out when it is back."""

from datetime import datetime, timedelta

from protocols.model.freebusy import Reason
from proxy.connector import Clock

PEER_IS_DOWN = frozenset({Reason.UNREACHABLE, Reason.TIMEOUT, Reason.UNAUTHORIZED})
"""A peer that fails or answers nonsense is up: one mailbox that it stumbles over must not cost all others theirs."""
_A_MOMENT = timedelta(seconds=1)  # while a probe is out: how it ends is not known yet


class Breaker:
    """Opens after ``failures`` whole calls failed in a row; after ``pause`` lets one call through, which decides.

    ``failures=0`` never opens.
    """

    def __init__(self, *, clock: Clock, failures: int = 5, pause: timedelta = timedelta(seconds=15)) -> None:
        self._clock, self._limit, self._pause = clock, failures, pause
        self._failures = 0
        self._reason = Reason.UNREACHABLE
        self._opened: datetime | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether the peer counts as down."""
        return self._opened is not None

    def refuses(self) -> Reason | None:
        """Why a call would not be let through now; None where it would be."""
        if self._opened is None:
            return None
        waited = self._clock() - self._opened
        return self._reason if self._probing or timedelta() <= waited < self._pause else None

    def left(self) -> timedelta:
        """How long calls are refused at least; nought where one would be let through now."""
        if self._opened is None or self.refuses() is None:
            return timedelta()
        return max(self._opened + self._pause - self._clock(), _A_MOMENT)

    def admit(self) -> Reason | None:
        """As :meth:`refuses`; a call let through while the peer counts as down is the probe."""
        reason = self.refuses()
        self._probing = self._probing or (reason is None and self.is_open)
        return reason

    def note(self, failure: Reason | None) -> None:
        """How an admitted call ended: why the peer failed as a whole, or None where it answered."""
        self._probing = False
        if failure is None or (self.is_open and failure not in PEER_IS_DOWN):  # whatever it says, it is there again
            self._failures, self._opened = 0, None
        elif failure in PEER_IS_DOWN:
            self._failures += 1
            self._reason = failure
            if self._limit and (self._failures >= self._limit or self.is_open):
                self._opened = self._clock()

    def give_up(self) -> None:
        """An admitted call was called off: nothing was learnt."""
        self._probing = False
