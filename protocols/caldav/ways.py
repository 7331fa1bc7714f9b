"""Which way of asking a server works, and how sure that is: a failure is no reason to ask in another way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

_SURE: Final = timedelta(days=1)  # then better ways, which the server did not offer, are tried again
_UNSURE: Final = timedelta(minutes=5)  # the same where a better way may only have failed
_REFUSALS: Final = 3
_APART: Final = timedelta(seconds=20)  # questions that come together are refused together
_IN_A_ROW: Final = timedelta(minutes=10)


class Strategy(Enum):
    """The ways of asking, in the order in which they are tried."""

    OUTBOX = "outbox"
    REPORT = "report"
    EXPAND = "expand"
    IFB = "ifb"


class Ways:
    """What is known of one server's ways. ``now`` is always the caller's clock, aware and in UTC.

    A way that has answered is proven, and stays so until the server has refused it three times in a row, some time
    apart; ``notice`` is told of that.
    """

    def __init__(self, notice: Callable[[str], None]) -> None:
        self.proven: Strategy | None = None
        self._notice = notice
        self._again: tuple[datetime, datetime] | None = None  # from when until when no better way is tried
        self._refused: list[datetime] = []

    def order(self, now: datetime) -> tuple[Strategy, ...]:
        """The ways to try: what is proven first, but from time to time after those that would be better."""
        if self.proven is None or self._is_due(now):
            return tuple(Strategy)
        return tuple(dict.fromkeys((self.proven, *Strategy)))

    def works(self, strategy: Strategy, now: datetime, *, sure: bool) -> None:
        """To be told when a way has answered; ``sure``: whatever goes before it is not offered."""
        if strategy is self.proven:
            self._refused.clear()
            if not self._is_due(now):
                return
        elif self.proven is not None and not self._is_due(now):
            return
        self.proven = strategy
        self._again = now, now + (_SURE if sure else _UNSURE)

    def refuses(self, strategy: Strategy, now: datetime, why: str) -> None:
        """To be told when the server says that it does not offer a way."""
        if strategy is not self.proven:
            return
        if self._refused and not timedelta() <= now - self._refused[-1] < _IN_A_ROW:
            self._refused.clear()
        if self._refused and now - self._refused[-1] < _APART:
            return
        self._refused.append(now)
        if len(self._refused) >= _REFUSALS:
            self.proven = self._again = None
            self._refused.clear()
            self._notice(f"the server has stopped offering {strategy.value}, the others are tried: {why}")

    def _is_due(self, now: datetime) -> bool:
        return self._again is None or not self._again[0] <= now < self._again[1]
