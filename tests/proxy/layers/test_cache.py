"""Tests of proxy/layers/cache.py."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from protocols.model.freebusy import (
    Availability,
    Detail,
    Question,
    Reason,
    Unavailable,
)
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY, TimeWindow
from proxy.connector import Connector, Leaf
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.frames import Frames
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, available, block, boxes, peer_down, reasons, window
from tests.contracts.virtual import START, now, run

DAY_ASKED = Question(window=window(0, 24))
HOME = Frames().home(START)


def _cache(peer: Scripted, store: AnswerStore | None = None, name: str = "b") -> Cache:
    return Cache(Leaf("b", peer.ask, now), name=name, store=store or AnswerStore(), clock=now)


class TestCache(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _cache(peer)


class TestWarmCache(ConnectorContract):
    """Everything is asked twice; the second answers count."""

    def around(self, peer: Scripted) -> Connector:
        return _Twice(_cache(peer))


class _Twice:
    def __init__(self, inner: Connector) -> None:
        self._inner = inner
        self.lookup = self._twice

    async def _twice(self, *asked: object) -> list[Availability | Unavailable]:
        lookup: Callable[..., Awaitable[list[Availability | Unavailable]]] = self._inner.lookup
        await lookup(*asked)
        return await lookup(*asked)


def _calls_after(peer: Scripted, *steps: float | Question, names: tuple[str, ...] = ("ann",)) -> int:
    """How often the peer was asked when numbers are waited and questions are asked."""

    async def walked() -> int:
        cache = _cache(peer)
        for step in steps:
            if isinstance(step, Question):
                await cache.lookup(boxes(*names), step)
            else:
                await asyncio.sleep(step)
        return len(peer.calls)

    return run(walked())


def test_the_home_frame_is_fetched_and_serves_every_window_in_it() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1), block(24 * 20, 1)]})
    questions = [replace(DAY_ASKED, window=window(24 * n - 24, 30)) for n in range(30)]
    assert _calls_after(peer, DAY_ASKED, *questions) == 1
    assert peer.calls[0][1] == Question(window=HOME)


def test_the_merged_interval_makes_no_difference() -> None:
    wanted = [replace(DAY_ASKED, interval=timedelta(minutes=minutes)) for minutes in (15, 30, 60)]
    assert _calls_after(Scripted(), *wanted) == 1


def test_only_what_is_missing_is_asked() -> None:
    async def asked() -> list[list[str]]:
        peer = Scripted()
        cache = _cache(peer)
        await cache.lookup(boxes("ann", "bob"), DAY_ASKED)
        await cache.lookup(boxes("carl", "ann", "dora", "bob"), DAY_ASKED)
        return [mailboxes for mailboxes, _ in peer.calls]

    assert run(asked()) == [["ann@b.example", "bob@b.example"], ["carl@b.example", "dora@b.example"]]


@pytest.mark.parametrize(("seconds", "calls"), [(59, 1), (60, 2)])
def test_an_answer_lives_one_ttl(seconds: float, calls: int) -> None:
    assert _calls_after(Scripted(), DAY_ASKED, seconds, DAY_ASKED) == calls


@pytest.mark.parametrize(("seconds", "calls"), [(49, 1), (51, 2)])
def test_it_lives_from_when_it_was_asked_for(seconds: float, calls: int) -> None:
    assert _calls_after(Scripted(takes=10), DAY_ASKED, seconds, DAY_ASKED) == calls


def test_use_does_not_prolong_a_life() -> None:
    assert _calls_after(Scripted(), DAY_ASKED, 50, DAY_ASKED, 50, DAY_ASKED, 50, DAY_ASKED) == 2


@pytest.mark.parametrize("reason", Reason)
def test_refusals_are_kept_briefly_and_doubt_never(reason: Reason) -> None:
    peer = Scripted(refusals={"ann@b.example": Unavailable(mailbox=None, reason=reason)})
    kept = reason in {Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS}
    exact_too = reason in {Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG, Reason.INCOMPLETE}
    each = 2 if exact_too else 1
    assert _calls_after(peer, DAY_ASKED, 29, DAY_ASKED) == (1 if kept else 2 * each)
    peer.calls.clear()
    assert _calls_after(peer, DAY_ASKED, 31, DAY_ASKED) == 2 * each


@pytest.mark.parametrize("reason", [Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.TIMEOUT])
def test_the_failure_of_a_whole_call_is_never_kept(reason: Reason) -> None:
    peer = Scripted(failure=peer_down(reason))
    assert _calls_after(peer, DAY_ASKED, DAY_ASKED) == 2


def test_an_answer_with_doubt_anywhere_is_never_kept() -> None:
    peer = Scripted(doubts={"ann@b.example": [window(24 * 10, 1)]})
    assert _calls_after(peer, DAY_ASKED, DAY_ASKED, names=("ann", "bob")) == 2
    assert peer.calls[1][0] == ["ann@b.example"]


def test_details_and_busy_never_serve_each_other() -> None:
    details = replace(DAY_ASKED, detail=Detail.DETAILS)
    assert _calls_after(Scripted(), DAY_ASKED, details, DAY_ASKED, details) == 2


def test_connectors_share_a_store_and_nothing_in_it() -> None:
    async def asked() -> int:
        store, left, right = AnswerStore(), Scripted(), Scripted()
        await _cache(left, store, "left").lookup(boxes("ann"), DAY_ASKED)
        await _cache(right, store, "right").lookup(boxes("ann"), DAY_ASKED)
        return len(right.calls)

    assert run(asked()) == 1


@pytest.mark.parametrize("reason", [Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG, Reason.INCOMPLETE])
def test_a_frame_the_peer_finds_too_large_is_asked_again_with_the_exact_window(reason: Reason) -> None:
    class Narrow(Scripted):
        async def ask(self, *asked: object) -> list[Availability | Unavailable]:
            question = asked[1]
            assert isinstance(question, Question)
            wide = Unavailable(mailbox=None, reason=reason)
            self.refusals = {"ann@b.example": wide} if question.window.length > DAY else {}
            lookup: Callable[..., Awaitable[list[Availability | Unavailable]]] = super().ask
            return await lookup(*asked)

    peer = Narrow({"ann@b.example": [block(1, 1)]})

    async def asked() -> None:
        cache = _cache(peer)
        answers = await cache.lookup(boxes("bob", "ann"), DAY_ASKED)
        assert reasons(answers) == [None, None]
        assert len(available(answers[1]).intervals) == 1
        assert reasons(await cache.lookup(boxes("bob", "ann"), DAY_ASKED)) == [None, None]

    run(asked())
    assert peer.calls == [
        (["bob@b.example", "ann@b.example"], Question(window=HOME)),
        (["ann@b.example"], DAY_ASKED),
    ]


def test_ready_tells_what_is_there_without_asking() -> None:
    async def asked() -> None:
        peer = Scripted()
        cache = _cache(peer)
        assert cache.ready(boxes("ann"), DAY_ASKED) == [None]
        await cache.lookup(boxes("ann"), DAY_ASKED)
        bob, ann = cache.ready(boxes("bob", "ann"), DAY_ASKED)
        assert bob is None
        assert ann is not None
        assert available(ann).window == DAY_ASKED.window
        assert len(peer.calls) == 1

    run(asked())


def test_the_store_forgets_the_longest_unused_first() -> None:
    async def asked() -> list[str]:
        store, peer = AnswerStore(mailboxes=2), Scripted()
        cache = _cache(peer, store)
        for name in ("ann", "bob", "ann", "carl", "ann", "bob"):
            await cache.lookup(boxes(name), DAY_ASKED)
        assert store.size == 2
        assert (store.hits, store.misses) == (2, 4)
        return [address for mailboxes, _ in peer.calls for address in mailboxes]

    assert run(asked()) == ["ann@b.example", "bob@b.example", "carl@b.example", "bob@b.example"]


@pytest.mark.parametrize("knobs", [{"mailboxes": 0}, {"memory": 1}])
def test_a_store_without_room_keeps_nothing_and_answers_all(knobs: dict[str, int]) -> None:
    async def asked() -> int:
        store = AnswerStore(**knobs)  # type: ignore[arg-type]
        peer = Scripted(refusals={"bob@b.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)})
        cache = _cache(peer, store)
        for _ in range(2):
            answers = await cache.lookup(boxes("ann", "bob"), DAY_ASKED)
            assert reasons(answers) == [None, Reason.NO_SUCH_MAILBOX]
        assert store.size == 0
        return len(peer.calls)

    assert run(asked()) == 2


def test_a_window_the_frame_does_not_cover_is_kept_by_itself() -> None:
    far = Question(window=TimeWindow(START + 400 * DAY, START + 401 * DAY))
    assert _calls_after(Scripted(), far, DAY_ASKED, far, DAY_ASKED) == 2


def test_windows_that_differ_by_less_than_a_second_do_not_serve_each_other() -> None:
    early = TimeWindow(START + 400 * DAY + timedelta(seconds=0.2), START + 460 * DAY)
    late = replace(early, start=early.start + timedelta(seconds=0.5))

    async def asked() -> list[tuple[TimeWindow, ...]]:
        peer = Scripted()
        cache = Cache(Leaf("b", peer.ask, now), name="b", store=AnswerStore(), clock=now, frames=Frames(longest=DAY))
        found = [await cache.lookup(boxes("ann"), Question(window=asked)) for asked in (late, early)]
        return [available(answer).unknown for [answer] in found]

    assert run(asked()) == [(), ()]


async def test_keep_keeps_what_each_call_brings() -> None:
    store, peer = AnswerStore(), Scripted()
    question = Question(window=HOME)
    await Keep(Leaf("b", peer.ask, lambda: START), name="b", store=store, clock=lambda: START).lookup(
        boxes("ann"), question
    )
    cache = Cache(Leaf("b", peer.ask, lambda: START), name="b", store=store, clock=lambda: START)
    assert reasons(await cache.lookup(boxes("ann"), DAY_ASKED)) == [None]
    assert len(peer.calls) == 1


class TestKeep(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Keep(Leaf("b", peer.ask, now), name="b", store=AnswerStore(), clock=now)


async def test_what_was_asked_before_the_clock_was_set_is_not_kept() -> None:
    class Forgetful(Scripted):
        async def ask(self, *asked: object) -> list[Availability | Unavailable]:
            store.forget()
            lookup: Callable[..., Awaitable[list[Availability | Unavailable]]] = super().ask
            return await lookup(*asked)

    store = AnswerStore()
    keep = Keep(Leaf("b", Forgetful().ask, lambda: START), name="b", store=store, clock=lambda: START)
    assert reasons(await keep.lookup(boxes("ann"), Question(window=HOME))) == [None]
    assert store.size == 0


def test_a_part_is_cut_once_and_of_the_answer_that_is_kept() -> None:
    async def asked() -> None:
        peer = Scripted({"ann@b.example": [block(1, 1)]})
        cache = _cache(peer)
        await cache.lookup(boxes("ann"), DAY_ASKED)
        first, second = (cache.ready(boxes("ann"), DAY_ASKED)[0] for _ in range(2))
        assert first is not None
        assert second is not None
        assert available(first).intervals is available(second).intervals
        peer.blocks = {}
        await asyncio.sleep(60)
        await cache.lookup(boxes("ann"), DAY_ASKED)
        [third] = cache.ready(boxes("ann"), DAY_ASKED)
        assert third is not None
        assert len(available(third).intervals) == 0

    run(asked())


def test_a_part_echoes_each_asker() -> None:
    async def asked() -> list[str]:
        cache = _cache(Scripted())
        people = [Mailbox.parse(text) for text in ("Ann@B.example", "ann@b.example", "ANN@b.example")]
        await cache.lookup(people, DAY_ASKED)
        found = [cache.ready([one], DAY_ASKED)[0] for one in people]
        return [each.mailbox.asked for each in found if each is not None and each.mailbox is not None]

    assert run(asked()) == ["Ann@B.example", "ann@b.example", "ANN@b.example"]


def test_at_once_all_is_there_or_nothing_and_who_must_wait_is_counted_once() -> None:
    peer, store = Scripted({"ann@b.example": [block(1, 1)]}), AnswerStore()

    async def asked() -> None:
        cache = _cache(peer, store)
        assert cache.at_once(boxes("ann"), DAY_ASKED) is None
        first = await cache.lookup(boxes("ann"), DAY_ASKED)
        assert cache.at_once(boxes("ann", "ann"), DAY_ASKED) == first * 2
        assert (store.hits, store.misses) == (2, 1)
        assert cache.at_once(boxes("ann", "bob"), DAY_ASKED) is None
        await cache.lookup(boxes("ann", "bob"), DAY_ASKED)
        assert (store.hits, store.misses) == (3, 2)
        await asyncio.sleep(61)
        assert cache.at_once(boxes("ann"), DAY_ASKED) is None

    run(asked())
    assert len(peer.calls) == 2
