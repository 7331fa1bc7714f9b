"""Waits and asks again where Google says that it is asked too often, or is out of order for a moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from protocols.google.errors import problem
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

TRIES: Final = 6
LONGEST: Final = timedelta(seconds=64)
"""Of one wait. The quota pages of the Directory, People and Calendar APIs ask for truncated exponential back-off:
min(2^n seconds and up to one more at random, 32 or 64 seconds)."""
_SAFE: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock, how to wait for some seconds, and numbers from 0 to 1 by chance."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]


def patient(send: Send, pace: Pace, *, tries: int = TRIES) -> Send:
    """``send``, asking again up to ``tries`` times in all; the last answer is given as it came.

    A quota that is used up (403 with its reason, 429) was no work done and is asked again whatever it was; an error of
    the server (5xx) only where the question changes nothing. What ``send`` raises is raised.
    """

    async def asked(request: HttpRequest) -> HttpResponse:
        for number in range(tries - 1):
            response = await send(request)
            wait = _wait(request, response, pace.clock(), number)
            if wait is None:
                return response
            await pace.sleep(wait.total_seconds() + pace.chance())
        return await send(request)

    return asked


def _wait(request: HttpRequest, response: HttpResponse, now: datetime, number: int) -> timedelta | None:
    failure = problem(response, now)
    if failure is None:
        return None
    again = failure.reason is Reason.THROTTLED or (response.status >= 500 and request.method in _SAFE)
    if not again:
        return None
    told = failure.retry_after if failure.retry_after is not None else timedelta()
    return min(max(told, timedelta(seconds=2**number)), LONGEST)
