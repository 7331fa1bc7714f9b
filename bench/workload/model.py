"""Counts what questions cost the calendar systems: through the server's own cache, on a clock that runs as they say."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from bench.questions import address
from bench.workload.asked import Asked
from protocols.model.freebusy import Answer, Availability, Question
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY, TimeWindow
from proxy.layers.cache import AnswerStore, Cache

BEGINNING: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday morning
_MIDNIGHT: Final = BEGINNING.replace(hour=0)
_NOTHING: Final = Intervals.pack([])


@dataclass(slots=True)
class Upstream:
    """A calendar system that knows everybody, and counts: calls with at most ``batch`` mailboxes each."""

    batch: int
    calls: int = 0
    mailboxes: int = 0
    now: datetime = BEGINNING

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        self.calls += ceil(len(mailboxes) / self.batch)
        self.mailboxes += len(mailboxes)
        window = question.window
        return [
            Availability(mailbox=mailbox, window=window, intervals=_NOTHING, source="model", as_of=self.now)
            for mailbox in mailboxes
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What was counted after the warming: per second and per question."""

    seconds: float
    questions: int
    looked_up: int
    calls: int
    fetched: int
    kept: int

    @property
    def rate(self) -> float:
        """Questions a second."""
        return self.questions / self.seconds

    @property
    def calls_per_question(self) -> float:
        """Calls upstream for each question."""
        return self.calls / self.questions if self.questions else 0.0

    @property
    def hits(self) -> float:
        """The share of mailboxes that were answered from the cache."""
        return 1 - self.fetched / self.looked_up if self.looked_up else 0.0


async def cost(
    asked: Iterable[Asked], *, ttl: timedelta, warming: float, seconds: float, batch: int = 20, nodes: int = 1
) -> Cost:
    """What the questions of ``seconds`` cost, after those of the first ``warming`` have filled the cache.

    Each is answered before the next is asked, and nothing is asked ahead; ``kept`` is how many mailboxes were fetched
    within the last ``ttl``: what the cache must hold at least. Batches that questions share are not counted as one, so
    that the calls are the most there can be. Each question reaches one of ``nodes`` by chance, each with a cache of its
    own, who know nothing of each other.
    """
    upstream, chance = Upstream(batch), random.Random(nodes)
    stores = [AnswerStore(mailboxes=1_000_000, ttl=ttl) for _ in range(nodes)]
    caches = [Cache(upstream, name="model", store=each, clock=lambda: upstream.now) for each in stores]
    questions = looked_up = calls = fetched = 0
    warm = False
    for each in asked:
        if each.at >= seconds * 1000:
            break
        if not warm and each.at >= warming * 1000:
            warm, questions, looked_up, calls, fetched = True, 0, 0, upstream.calls, upstream.mailboxes
        upstream.now = BEGINNING + timedelta(milliseconds=each.at)
        await chance.choice(caches).lookup(
            [Mailbox.parse(address(number)) for number in each.mailboxes], _question(each)
        )
        questions, looked_up = questions + 1, looked_up + len(each.mailboxes)
    length = seconds - warming
    return Cost(
        seconds=length,
        questions=questions,
        looked_up=looked_up,
        calls=upstream.calls - calls,
        fetched=upstream.mailboxes - fetched,
        kept=round((upstream.mailboxes - fetched) / length * ttl.total_seconds()),
    )


def _question(asked: Asked) -> Question:
    start = _MIDNIGHT + asked.first_day * DAY
    return Question(window=TimeWindow(start, start + asked.days * DAY))
