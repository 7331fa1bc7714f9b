"""Keeps cmdlets of Exchange Online apart: no limit is documented, and who is faster for long is throttled."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from protocols.http import HttpRequest, HttpResponse, Send

PER_SECOND: Final = 2.0
"""Of one organisation, whoever calls: unconfirmed, as there is no documented number."""


class CmdletPace:
    """Whose turn it is, of all who call cmdlets of one organisation; in the order in which they came."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        per_second: float = PER_SECOND,
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self._gap = timedelta(seconds=1 / per_second)
        self._seen: datetime | None = None
        self._next: datetime | None = None

    def paced(self, send: Send) -> Send:
        """``send``, each request in its turn."""

        async def waiting(request: HttpRequest) -> HttpResponse:
            if (left := self._turn()) > timedelta():
                await self.sleep(left.total_seconds())
            return await send(request)

        return waiting

    def _turn(self) -> timedelta:
        now = self.clock()
        if self._seen is not None and self._next is not None and now < self._seen:
            self._next -= self._seen - now  # a clock that is set back must not make anybody wait longer
        self._seen = now
        turn = max(now, self._next or now)
        self._next = turn + self._gap
        return turn - now
