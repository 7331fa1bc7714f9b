"""Notices that the machine's clock was set: how old anything kept is, nobody knows any more."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from proxy.connector import Clock

_SLACK: Final = 0.5  # seconds by which it may be set unnoticed
_DRIFT: Final = 1e-3  # of the time that passed; NTP slews by half of that at most


class Steps:
    """``clock``, and ``forget`` is called once it has been set by more than half a second, before it tells the time.

    ``wall`` and ``steady`` tell seconds: the one is set with the clock, the other never is.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        forget: Callable[[], None],
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._forget, self._wall, self._steady = clock, forget, wall, steady
        self._since = steady()
        self._apart = wall() - self._since

    def __call__(self) -> datetime:
        """The time now, aware and in UTC."""
        now = self._clock()
        if not -_SLACK < self._wall() - self._steady() - self._apart < _SLACK:
            self._moved_apart()
        return now

    def _moved_apart(self) -> None:
        steady = self._steady()
        apart = self._wall() - steady
        if abs(apart - self._apart) > _SLACK + _DRIFT * (steady - self._since):
            self._forget()
        self._apart, self._since = apart, steady
