"""How Microsoft 365 and Exchange are waited for: where they ask to be left alone, for as long as is worth while."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final, TypeAlias

from protocols.http import Headers, HttpRequest, HttpResponse, Send, retry_after

READING: Final = timedelta(minutes=5)
"""All waits of one reading together: it would have to begin anew otherwise."""
ONE: Final = timedelta(seconds=100)
"""All waits for one answer: a run gives up on a page after two minutes (calsync.hubs), and would forget for how long it
was asked to wait."""
WRITING: Final = timedelta(seconds=30)
"""Whoever writes is told soon, and knows how to wait."""
_FIRST: Final = timedelta(seconds=1)
_MOST: Final = timedelta(seconds=64)
_LEAST: Final = timedelta(milliseconds=100)  # what a wait counts for at least
_ROUNDING: Final = timedelta(seconds=1)  # what we told ourselves (Rest.answer) puts nothing off
_WAITS: Final = frozenset({429, 502, 503, 504})

Asks: TypeAlias = Callable[[HttpResponse, datetime], tuple[bool, timedelta | None]]
"""Whether an answer that came at an instant asks to be left alone, and for how long; None where it does not tell."""


def by_status(response: HttpResponse, as_of: datetime) -> tuple[bool, timedelta | None]:
    """See :data:`Asks`: as Microsoft 365 asks, which says it by the status alone."""
    return response.status in _WAITS, retry_after(response.headers, as_of)


@dataclass(slots=True)
class Rest:
    """``until`` when a server asked to be left alone, where that is longer than a reading waits; None for nothing.
    Later readings are told so without asking, in later runs too."""

    until: datetime | None = None

    def asked(self, told: timedelta | None, now: datetime) -> None:
        """It was asked for ``told``, and nobody waits for that; None changes nothing."""
        if told is not None and now + told >= (self.until or now) + _ROUNDING:
            self.until = now + told

    def answer(self, now: datetime) -> HttpResponse | None:
        """What the server would say; None where it may be asked."""
        rest = self.until - now if self.until is not None else timedelta()
        if rest <= timedelta():
            return None
        return HttpResponse(429, Headers({"Retry-After": str(ceil(rest.total_seconds()))}), b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``sleep`` takes seconds; ``chance`` gives 0 to 1; ``rest`` outlives the reading; ``asks`` reads an answer."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    chance: Callable[[], float]
    rest: Rest = field(default_factory=Rest)
    asks: Asks = by_status

    def waits(self, longest: timedelta) -> "Waits":
        """Those of one thing that is done."""
        return Waits(self, left=longest)

    def reading(self, send: Send) -> Send:
        """``send`` for one reading, which asks again after the time that the server asks for; where that is too long,
        the answer is given as it came, and nobody is asked before that time is over."""
        waits = self.waits(READING)

        async def asking(request: HttpRequest) -> HttpResponse:
            waits.begin()
            while True:
                response = self.rest.answer(self.clock()) or await send(request)
                busy, told = self.asks(response, self.clock())
                if not busy or not await waits.over(told):
                    return response

        return asking


@dataclass(slots=True)
class Waits:
    """The waits of one thing that is done, of which ``left`` is what they may still take; those for one answer ONE."""

    patience: Patience
    left: timedelta
    _pause: timedelta = field(default=_FIRST, init=False)
    _one: timedelta = field(default=ONE, init=False)

    def begin(self) -> None:
        """Something else is asked now: who says nothing of the time is asked again soon."""
        self._pause, self._one = _FIRST, ONE

    async def over(self, told: timedelta | None) -> bool:
        """Waits as long as was ``told``, or longer each time where nothing was; False, and at once, where that would be
        longer than is worth while."""
        wait = told if told is not None else self._pause
        if max(wait, _LEAST) > min(self.left, self._one):
            self.patience.rest.asked(told, self.patience.clock())
            return False
        self.left -= max(wait, _LEAST)
        self._one -= max(wait, _LEAST)
        self._pause = min(self._pause * 2, _MOST)
        # who waited together comes back apart
        await self.patience.sleep(wait.total_seconds() * (1 + self.patience.chance() / 10))
        return True
