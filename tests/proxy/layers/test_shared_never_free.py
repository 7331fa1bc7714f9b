"""Whatever befalls what nodes share, none shows an answer that was not true within the last time to live."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from protocols.model.freebusy import Answer, Availability, Question
from protocols.model.mailbox import Mailbox
from proxy.connector import Leaf
from proxy.layers.second_level import Cluster, Lives, SecondLevel
from proxy.layers.store import AnswerStore
from proxy.sealing import Seal
from service.secrets import Secret
from service.shared_time import TimedStore
from tests.contracts.scripted import Scripted, block, peer_down, window
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.layers.shared_memory import SharedMemory

TTL = 10.0
PEOPLE = [Mailbox.parse(f"{name}@b.example") for name in ("ann", "bob", "carl")]
ASKED = Question(window=window(0, 24 * 30))
LIVES = Lives(ttl=timedelta(seconds=TTL), negative_ttl=timedelta(seconds=TTL))


@dataclass
class Truth(Scripted):
    """Everybody has one block, whose hour is how often their calendar changed; ``since`` tells when each began."""

    since: dict[str, list[float]] = field(default_factory=lambda: {each.address: [0.0] for each in PEOPLE})

    def change(self, mailbox: Mailbox) -> None:
        self.since[mailbox.address].append(elapsed())

    async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        self.blocks = {who: [block(len(since), 1)] for who, since in self.since.items()}
        return await super().ask(mailboxes, question, as_of)

    def was_true(self, answer: Availability, lately: float) -> bool:
        """Whether this was so at any moment of the last ``lately`` seconds."""
        since = [*self.since[answer.mailbox.address], float("inf")]
        (shown,) = answer.intervals
        version = round((shown.window.start - ASKED.window.start) / timedelta(hours=1))
        return since[version] >= elapsed() - lately


class _Node:
    def __init__(self, name: str, truth: Truth, shared: SharedMemory, ahead: float) -> None:
        self._truth, self._ahead = truth, timedelta(seconds=ahead)
        timed = TimedStore(shared, steady=elapsed, wall=lambda: self._now().timestamp())
        self.cluster = Cluster(shared=timed, seal=Seal(Secret("ab" * 32)), node=name.encode())
        self.level = SecondLevel(
            self,
            self.cluster,
            name="b",
            fingerprint=b"",
            store=AnswerStore(ttl=LIVES.ttl),
            lives=LIVES,
            clock=self._now,
        )

    def _now(self) -> datetime:
        return now() + self._ahead

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        return await Leaf("b", self._truth.ask, self._now).lookup(mailboxes, question)

    async def settled(self) -> None:
        await self.cluster.flights.close(grace=timedelta(seconds=1))


def _spoil(shared: SharedMemory, how: str) -> None:
    """What a broken or hostile store could do to what it keeps."""
    keys = sorted(shared.values)
    if how == "swap" and len(keys) > 1:
        values = shared.values
        values[keys[0]], values[keys[-1]] = values[keys[-1]], values[keys[0]]
    for key in keys:
        stamp, value, end = shared.values[key]
        if how == "younger":
            shared.values[key] = shared.now(), value, shared.now() + round(TTL * 1000)
        elif how == "kept for ever":
            shared.values[key] = stamp, value, end + 10**9
        elif how == "cut":
            shared.values[key] = stamp, value[: len(value) // 2], end
        elif how == "flip":
            shared.values[key] = stamp, value[:-20] + bytes((value[-20] ^ 4,)) + value[-19:], end
        elif how == "forget":
            del shared.values[key]


everybody = st.sets(st.sampled_from(range(3)), min_size=1)
rounds = st.lists(
    st.fixed_dictionaries(
        {
            "change": everybody | st.just(set()),
            "wait": st.sampled_from([0.001, 0.5, 3.0, 9.0, TTL, 31.0]),
            "spoil": st.sampled_from(["", "", "swap", "younger", "kept for ever", "cut", "flip", "forget"]),
            "away": st.sampled_from([False, False, False, True]),
            "step": st.sampled_from([0, 0, 0, "stands", "stands", 0.8, -0.8, 2.8, -9.8, 31, -31, 600, -600, 86_400]),
            "asks": st.lists(st.tuples(st.integers(0, 2), everybody), max_size=3),
        }
    ),
    max_size=5,
)


clocks = st.lists(st.sampled_from([0, 0, 200_000, -300_000]), min_size=3, max_size=3)  # no step makes them agree


def _round(**more: Any) -> dict[str, Any]:
    return {"change": set(), "wait": 0.001, "spoil": "", "away": False, "step": 0, "asks": [], **more}


@example([_round(change={0}, wait=31.0, step="stands", asks=[(0, {0})])], 0.0, [0, 0, 0])
@example([_round(change={0}, wait=31.0, step="stands", asks=[(1, {0})])], 0.0, [0, 0, 0])
@example(
    [
        _round(step=31, wait=3.0, asks=[(0, {0})]),
        _round(wait=0.5, asks=[(0, {0})]),
        _round(change={0}, wait=31.0, step=-31, asks=[(1, {0})]),
    ],
    0.0,
    [0, 0, 0],
)
@given(rounds, st.sampled_from([0.0, 2.0, 12.0]), clocks)
def test_no_answer_is_older_than_one_life(rounds: list[dict[str, Any]], takes: float, ahead: list[int]) -> None:
    async def played() -> None:
        truth, shared = Truth(takes=takes), SharedMemory()
        nodes = [_Node(f"n{number}", truth, shared, each) for number, each in enumerate(ahead)]
        asks = [asyncio.ensure_future(_asked(nodes[0], PEOPLE, truth, takes))]
        for one in rounds:
            for person in sorted(one["change"]):
                truth.change(PEOPLE[person])
            await asyncio.sleep(one["wait"])
            shared.step(-one["wait"] if one["step"] == "stands" else one["step"])
            _spoil(shared, one["spoil"])
            shared.away = one["away"]
            for number, people in one["asks"]:
                asked = [PEOPLE[each] for each in sorted(people)]
                asks.append(asyncio.ensure_future(_asked(nodes[number], asked, truth, takes)))
        await asyncio.gather(*asks)
        for node in nodes:
            await node.settled()

    run(played())


async def _asked(node: _Node, people: list[Mailbox], truth: Truth, takes: float) -> None:
    answers = await node.level.lookup(people, ASKED)
    assert [answer.mailbox for answer in answers] == people
    for answer in answers:
        if isinstance(answer, Availability):
            assert truth.was_true(answer, max(TTL, takes) + 0.01)


def test_the_truth_is_told_apart_from_what_was() -> None:
    async def played() -> None:
        truth = Truth()
        (before,) = await truth.ask(PEOPLE[:1], ASKED, now())
        await asyncio.sleep(1)
        truth.change(PEOPLE[0])
        (after,) = await truth.ask(PEOPLE[:1], ASKED, now())
        assert isinstance(before, Availability)
        assert isinstance(after, Availability)
        assert truth.was_true(before, 1)
        await asyncio.sleep(1)
        assert not truth.was_true(before, 0.5)
        assert truth.was_true(after, 0.5)

    run(played())


def test_a_peer_that_is_down_is_no_answer() -> None:
    async def played() -> None:
        truth = Truth(failure=peer_down())
        node = _Node("n", truth, SharedMemory(), 0)
        (answer,) = await node.level.lookup(PEOPLE[:1], ASKED)
        assert not isinstance(answer, Availability)
        await node.settled()

    run(played())
