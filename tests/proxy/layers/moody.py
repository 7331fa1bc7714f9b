"""A peer with a mood for each call, and lanes to it that a test holds back or lets go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, Leaf
from tests.contracts.scripted import Scripted, boxes, peer_down, reasons, window
from tests.contracts.virtual import elapsed, now

QUESTION = Question(window=window(0, 24))


class Moody(Scripted):
    """Shows a mood per call: an exception, a mailbox refused, seconds taken, or None; content when out of moods."""

    moods: list[Exception | str | float | None]
    retry_after: timedelta | None = None

    async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        mood = self.moods.pop(0) if self.moods else None
        self.failure = mood if isinstance(mood, Exception) else None
        self.takes = mood if isinstance(mood, float) else 0
        throttled = Unavailable(mailbox=None, reason=Reason.THROTTLED, retry_after=self.retry_after)
        self.refusals = {mood: throttled} if isinstance(mood, str) else {}
        return await super().ask(mailboxes, question, as_of)


def moody(*moods: Exception | str | float | None) -> Moody:
    """A peer with these moods in turn."""
    peer = Moody()
    peer.moods = list(moods)
    return peer


class Slow(Scripted):
    """Takes as long as the slowest of the mailboxes asked: ``needs`` by address, else ``usual``; ``began``: when."""

    usual: float
    needs: dict[str, float]
    began: list[float]

    async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        self.began.append(elapsed())
        self.takes = max((self.needs.get(mailbox.address, self.usual) for mailbox in mailboxes), default=0)
        return await super().ask(mailboxes, question, as_of)


def slow(usual: float, **needs: float) -> Slow:
    """A peer that takes so long, but for some of b.example."""
    peer = Slow()
    peer.began = []
    peer.usual, peer.needs = usual, {f"{name}@b.example": seconds for name, seconds in needs.items()}
    return peer


def throttled(seconds: float | None) -> Exception:
    """The failure of a call that came too early by so much."""
    return peer_down(Reason.THROTTLED, retry_after=None if seconds is None else timedelta(seconds=seconds))


@dataclass
class Held:
    """A lane that is held back for as long as the test says."""

    inner: Connector
    holds: timedelta = timedelta()

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        return await self.inner.lookup(mailboxes, question)

    def held(self) -> timedelta:
        return self.holds

    def idle(self) -> bool:
        return not self.holds


def lane(peer: Scripted, holds: float = 0) -> Held:
    """A lane to ``peer``, held back for so many seconds."""
    return Held(Leaf("b", peer.ask, now), timedelta(seconds=holds))


async def timed(connector: Connector, *names: str) -> tuple[list[Reason | None], float]:
    """How each mailbox ended, and how long it took."""
    started = elapsed()
    answers = await connector.lookup(boxes(*names), QUESTION)
    return reasons(answers), round(elapsed() - started, 6)
