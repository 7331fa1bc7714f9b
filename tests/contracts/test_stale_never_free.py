"""Calendars that change while their system fails: free is never older than one life, refreshed or stale as it may be.

Whatever is answered as less than Busy was so at an instant within one time to live before the question was asked.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hypothesis import event, given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.merging import merged
from protocols.model.window import TimeWindow
from proxy.connector import Leaf
from proxy.federation import Federation
from proxy.layers.batch import Batch, BatchLimits
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from proxy.layers.limit import Limit
from proxy.layers.refresh import Refresh
from proxy.layers.veil import Veil
from routing.policy import Policy
from routing.table import Route, RouteTable
from routing.ways import Ways
from tests.contracts.scripted import HOUR, Scripted, peer_down, window
from tests.contracts.virtual import elapsed, now, run

NAMES = ("ann@b.example", "bob@b.example")
TTL, STALE, DEADLINE = timedelta(seconds=60), timedelta(seconds=100), timedelta(seconds=8)
_Rows = tuple[tuple[int, int, BusyStatus], ...]
_REASONS = {
    "down": Reason.UNREACHABLE,
    "throttled": Reason.THROTTLED,
    "locked out": Reason.NO_ACCESS,
    "garbled": Reason.GARBLED,
}
_OF_A_MAILBOX = {"no access": Reason.NO_ACCESS, "one fails": Reason.PEER_FAILED, "no calendar": Reason.NO_CALENDAR}


@dataclass(frozen=True)
class Story:
    """From so many seconds on a calendar holds these blocks; from so many seconds on the system has such a mood."""

    calendars: dict[str, tuple[tuple[int, _Rows], ...]]
    moods: tuple[tuple[int, str], ...]
    unknown_as: Literal["error", "busy"]
    questions: tuple[tuple[int, tuple[str, ...], TimeWindow], ...]


@dataclass(frozen=True)
class Told:
    """What was answered, and between which seconds."""

    asked: float
    answered: float
    answers: list[Answer]


def _at(versions: Sequence[tuple[int, object]], seconds: float) -> int:
    return max(bisect_right([since for since, _ in versions], seconds) - 1, 0)


class _Moody(Scripted):
    story: Story

    async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        sent = elapsed()
        mood = self.story.moods[_at(self.story.moods, sent)][1]
        self.blocks = {
            name: [BusyInterval(window(start, hours), status) for start, hours, status in _rows(self.story, name, sent)]
            for name in NAMES
        }
        self.refusals = (
            {NAMES[0]: Unavailable(mailbox=None, reason=_OF_A_MAILBOX[mood])} if mood in _OF_A_MAILBOX else {}
        )
        self.doubts = {NAMES[0]: [window(2, 3)]} if mood == "half" else {}
        self.failure = peer_down(_REASONS[mood]) if mood in _REASONS else None
        answers = None if self.failure else [self._answer(each, question, as_of) for each in mailboxes]
        await asyncio.sleep({"slow": 5, "stalls": 50}.get(mood, 0.1))  # what it answers was true when it was asked
        return await super().ask(mailboxes, question, as_of) if answers is None else answers


def _rows(story: Story, name: str, seconds: float) -> _Rows:
    versions = story.calendars[name]
    return versions[_at(versions, seconds)][1]


def _stack(story: Story, store: AnswerStore) -> tuple[Cache, Coalesce, Refresh]:
    peer = _Moody()
    peer.story = story
    limit = Limit(Leaf("b", peer.ask, now), concurrency=3, deadline=timedelta(seconds=25), clock=now)
    keep = Keep(limit, name="b", store=store, clock=now)
    coalesce = Coalesce(Batch(keep, limits=lambda _: BatchLimits(1, 62 * 24 * HOUR), name="b"), name="b")
    refresh = Refresh(coalesce, name="b", store=store, clock=now)
    return Cache(coalesce, name="b", store=store, clock=now, refresh=refresh), coalesce, refresh


def _play(story: Story) -> list[Told]:
    async def played() -> list[Told]:
        table = RouteTable([Route(match="b.example", via=("b",))])
        store = AnswerStore(ttl=TTL, stale=STALE, refresh_asks=1)
        cache, coalesce, refresh = _stack(story, store)
        federation = Federation(ways=Ways(table), connectors={"b": cache}, deadline=DEADLINE)
        policy = Policy(may_ask=("*",), sees=Detail.BUSY, unknown_as=story.unknown_as)
        veil = Veil(federation, policy=policy, table=table, clock=now)

        async def asked(people: tuple[str, ...], wanted: TimeWindow) -> Told:
            began = elapsed()
            answers = await veil.lookup([Mailbox.parse(each) for each in people], Question(window=wanted))
            return Told(began, elapsed(), answers)

        asking = []
        for pause, people, wanted in story.questions:
            await asyncio.sleep(pause)
            asking.append(asyncio.create_task(asked(people, wanted)))
        told = [await each for each in asking]
        event(f"refreshed: {refresh.asked > 0}, stale: {cache.stale > 0}")
        for each in (federation, refresh, coalesce):
            await each.close()
        return told

    with capture_logs():
        return run(played())


statuses = st.sampled_from(BusyStatus)
whole_days = statuses.map(lambda status: ((-2, 20, status),))  # all that is asked for changes at once
rows = st.lists(st.tuples(st.integers(-2, 9), st.integers(1, 6), statuses), max_size=3).map(tuple) | whole_days
instants = st.integers(1, 60) | st.integers(1, 300)
changes = st.lists(st.tuples(instants, rows), max_size=3).map(
    lambda later: tuple(sorted(later, key=lambda one: one[0]))
)
calendars = st.builds(lambda first, later: ((0, first), *later), rows, changes)
moods = st.sampled_from(["well", "slow", "stalls", "half", *_REASONS, *_OF_A_MAILBOX])
stories = st.builds(
    Story,
    calendars=st.fixed_dictionaries(dict.fromkeys(NAMES, calendars)),
    moods=st.lists(st.tuples(instants, moods), max_size=4).map(lambda later: ((0, "well"), *sorted(later))),
    unknown_as=st.sampled_from(["error", "busy"]),
    questions=st.lists(
        st.tuples(
            st.sampled_from([0, 5, 20, 50, 61, 61, 100]),
            st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple),
            st.builds(window, st.integers(0, 4), st.integers(1, 8)),
        ),
        min_size=3,
        max_size=9,
    ).map(tuple),
)


@given(stories)
def test_free_is_never_older_than_one_life(story: Story) -> None:
    for (_, people, wanted), told in zip(story.questions, _play(story), strict=True):
        assert told.answered - told.asked <= DEADLINE.total_seconds() + 0.001
        assert [answer.mailbox and answer.mailbox.address for answer in told.answers] == list(people)
        for name, answer in zip(people, told.answers, strict=True):
            if isinstance(answer, Availability):
                assert answer.window == wanted
                assert answer.unknown == ()
                least = _least(story, name, told, wanted)
                shown = merged(answer.intervals, wanted, HOUR)
                assert all(one >= other for one, other in zip(shown, least, strict=True)), (name, told.asked)


def _least(story: Story, name: str, told: Told, wanted: TimeWindow) -> list[int]:
    """Per cell, the least that was true within one life before the question, Busy at most: doubt shows as Busy."""
    versions = story.calendars[name]
    lived = range(_at(versions, told.asked - TTL.total_seconds()), _at(versions, told.answered) + 1)
    views = [
        merged(
            Intervals.pack(BusyInterval(window(start, hours), status) for start, hours, status in held), wanted, HOUR
        )
        for held in (versions[number][1] for number in lived)
    ]
    return [min(BusyStatus.BUSY, *cells) for cells in zip(*views, strict=True)]


def test_the_property_sees_an_answer_that_is_too_old() -> None:
    story = Story(
        calendars=dict.fromkeys(NAMES, ((0, ()), (10, ((0, 9, BusyStatus.BUSY),)))),
        moods=((0, "well"), (9, "down")),
        unknown_as="error",
        questions=(),
    )
    assert _least(story, NAMES[0], Told(69.5, 69.5, []), window(0, 2)) == [0, 0]
    assert _least(story, NAMES[0], Told(71, 71, []), window(0, 2)) == [3, 3]
