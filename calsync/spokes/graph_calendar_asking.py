"""How a calendar in Microsoft 365 is asked: in batches, and again after the time that Outlook asks to be left alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from protocols.graph.batch import MOST, Answer, Part, batch
from protocols.graph.calendar_list import preferring
from protocols.graph.calendar_requests import Place
from protocols.http import HttpRequest, HttpResponse, Send, retry_after
from protocols.model.freebusy import Reason

READING: Final = timedelta(minutes=5)
"""All waits of one reading together: it would have to begin anew otherwise."""
WRITING: Final = timedelta(seconds=30)
"""Whoever writes is told soon, and knows how to wait."""
_FIRST: Final = timedelta(seconds=1)
_MOST: Final = timedelta(seconds=64)
_LEAST: Final = timedelta(milliseconds=100)  # what a wait counts for at least
_WAITS: Final = frozenset({429, 502, 503, 504})
_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar and how it is reached. ``zone`` (an IANA name) is its own, at whose midnights days begin; ``owners``
    are the addresses of its owner beside the one in ``place``. ``sleep`` takes seconds; ``chance`` gives 0 to 1."""

    send: Send = field(repr=False)
    place: Place
    zone: str = "UTC"
    owners: frozenset[str] = frozenset()
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    chance: Callable[[], float]

    @property
    def addresses(self) -> frozenset[str]:
        """All addresses of its owner, in lower case."""
        return frozenset(each.lower() for each in (*self.owners, self.place.user))

    async def batch(self, parts: Sequence[Part], *, longest: timedelta) -> list[Answer]:
        """One answer for each, in order; those that were put off by Outlook, and surely not done, are asked again until
        ``longest`` is over. One batch after the other: a mailbox does four things at a time."""
        answers: dict[int, Answer] = {}
        rest, left, pause = list(range(len(parts))), longest, _FIRST
        while True:
            for start in range(0, len(rest), MOST):
                some = rest[start : start + MOST]
                told = await batch(
                    self.send, [parts[number] for number in some], api_url=self.place.api_url, as_of=self.clock()
                )
                answers |= dict(zip(some, told, strict=True))
            rest = [number for number in rest if _put_off(answers[number])]
            waits = [failure.retry_after for number in rest if (failure := answers[number].failure) is not None]
            wait = max((each for each in waits if each is not None), default=pause)
            if not rest or max(wait, _LEAST) > left:
                return [answers[number] for number in range(len(parts))]
            left -= max(wait, _LEAST)
            pause = min(pause * 2, _MOST)
            await self._nap(wait)

    def reading(self) -> Send:
        """A ``Send`` for one reading, which asks again after the time that Outlook asks for."""
        left, send = READING, preferring(self.send, f"odata.maxpagesize={_PAGE}")

        async def asking(request: HttpRequest) -> HttpResponse:
            nonlocal left
            pause = _FIRST
            while True:
                response = await send(request)
                told = retry_after(response.headers, self.clock())
                wait = told if told is not None else pause
                if response.status not in _WAITS or max(wait, _LEAST) > left:
                    return response
                left -= max(wait, _LEAST)
                pause = min(pause * 2, _MOST)
                await self._nap(wait)

        return asking

    async def _nap(self, wait: timedelta) -> None:
        await self.sleep(wait.total_seconds() * (1 + self.chance() / 10))  # who waited together comes back apart


def _put_off(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.reason is Reason.THROTTLED and not answer.doubt
