"""How a calendar in Microsoft 365 is asked: in batches, and again after the time that Outlook asks to be left alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from calsync.spokes.patience import READING, WRITING, Patience, Rest
from protocols.graph.batch import MOST, Answer, Part, batch
from protocols.graph.calendar_list import preferring
from protocols.graph.calendar_requests import Place
from protocols.http import Send
from protocols.model.freebusy import Reason

__all__ = ["READING", "WRITING", "Calendar"]

_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar and how it is reached. ``zone`` (an IANA name) is its own, at whose midnights days begin; ``owners``
    are the addresses of its owner beside the one in ``place``. ``sleep`` takes seconds; ``chance`` gives 0 to 1;
    ``rest`` tells how long Outlook asked to be left alone."""

    send: Send = field(repr=False)
    place: Place
    zone: str = "UTC"
    owners: frozenset[str] = frozenset()
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    chance: Callable[[], float]
    rest: Rest = field(default_factory=Rest)

    @property
    def addresses(self) -> frozenset[str]:
        """All addresses of its owner, in lower case."""
        return frozenset(each.lower() for each in (*self.owners, self.place.user))

    async def batch(self, parts: Sequence[Part], *, longest: timedelta) -> list[Answer]:
        """One answer for each, in order; those that were put off by Outlook, and surely not done, are asked again until
        ``longest`` is over. One batch after the other: a mailbox does four things at a time."""
        answers: dict[int, Answer] = {}
        rest, waits = list(range(len(parts))), self._patience.waits(longest)
        while True:
            for start in range(0, len(rest), MOST):
                some = rest[start : start + MOST]
                told = await batch(
                    self.send, [parts[number] for number in some], api_url=self.place.api_url, as_of=self.clock()
                )
                answers |= dict(zip(some, told, strict=True))
            rest = [number for number in rest if _put_off(answers[number])]
            asked = [failure.retry_after for number in rest if (failure := answers[number].failure) is not None]
            wait = max((each for each in asked if each is not None), default=None)
            if not rest or not await waits.over(wait):
                return [answers[number] for number in range(len(parts))]

    def reading(self) -> Send:
        """A ``Send`` for one reading, which asks again after the time that Outlook asks for."""
        return self._patience.reading(preferring(self.send, f"odata.maxpagesize={_PAGE}"))

    @property
    def _patience(self) -> Patience:
        return Patience(clock=self.clock, sleep=self.sleep, chance=self.chance, rest=self.rest)


def _put_off(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.reason is Reason.THROTTLED and not answer.doubt
