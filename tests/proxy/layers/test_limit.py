"""Tests of proxy/layers/limit.py."""

import asyncio
from datetime import timedelta

import pytest

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from proxy.connector import Connector, Leaf
from proxy.layers.breaker import Breaker
from proxy.layers.limit import Limit
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, boxes, peer_down, reasons, window
from tests.contracts.virtual import elapsed, now, run

QUESTION = Question(window=window(0, 24))


def _limit(peer: Scripted, *, concurrency: int = 4, deadline: float = 5, breaker: Breaker | None = None) -> Limit:
    leaf = Leaf("b", peer.ask, now)
    return Limit(leaf, concurrency=concurrency, deadline=timedelta(seconds=deadline), clock=now, breaker=breaker)


async def _asked(limit: Limit, *names: str) -> tuple[list[Reason | None], float]:
    """How each mailbox ended, and how long it took."""
    started = elapsed()
    answers = await limit.lookup(boxes(*names), QUESTION)
    return reasons(answers), round(elapsed() - started, 6)


class _Moody(Scripted):
    """Shows a mood per call: an exception, a mailbox refused, seconds taken, or None; content when out of moods."""

    moods: list[Exception | str | float | None]
    retry_after: timedelta | None = None

    async def ask(self, *asked: object) -> list[Answer]:
        mood = self.moods.pop(0) if self.moods else None
        self.failure = mood if isinstance(mood, Exception) else None
        self.takes = mood if isinstance(mood, float) else 0
        throttled = Unavailable(mailbox=None, reason=Reason.THROTTLED, retry_after=self.retry_after)
        self.refusals = {mood: throttled} if isinstance(mood, str) else {}
        mailboxes, question, as_of = asked
        return await super().ask(mailboxes, question, as_of)  # type: ignore[arg-type]


def _moody(*moods: Exception | str | float | None) -> _Moody:
    peer = _Moody()
    peer.moods = list(moods)
    return peer


def _throttled(seconds: float | None) -> Exception:
    return peer_down(Reason.THROTTLED, retry_after=None if seconds is None else timedelta(seconds=seconds))


class TestLimit(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _limit(peer, deadline=1000)


@pytest.mark.parametrize(("takes", "expected"), [(4.9, ([None], 4.9)), (5.1, ([Reason.TIMEOUT], 5))])
def test_the_call_is_cut_at_the_deadline(takes: float, expected: tuple[list[Reason | None], float]) -> None:
    peer = Scripted(takes=takes)
    assert run(_asked(_limit(peer), "ann")) == expected
    assert peer.under_way == 0


def test_no_more_at_once_than_allowed_and_the_others_wait_their_turn() -> None:
    peer = Scripted(takes=1)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = _limit(peer, concurrency=4)
        return await asyncio.gather(*(_asked(limit, f"u{n}") for n in range(10)))

    found = run(asked())
    assert [reason for reason, _ in found] == [[None]] * 10
    assert [seconds for _, seconds in found] == [1] * 4 + [2] * 4 + [3] * 2
    assert peer.most_at_once == 4


def test_waiting_for_a_turn_counts_for_the_deadline() -> None:
    peer = Scripted(takes=3)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = _limit(peer, concurrency=1)
        return await asyncio.gather(*(_asked(limit, f"u{n}") for n in range(3)))

    assert run(asked()) == [([None], 3), ([Reason.TIMEOUT], 5), ([Reason.TIMEOUT], 5)]
    assert len(peer.calls) == 2


def test_a_turn_comes_back_from_calls_that_were_cut_or_cancelled() -> None:
    peer = _moody(100.0, 100.0)

    async def asked() -> tuple[list[Reason | None], float]:
        limit = _limit(peer, concurrency=1)
        await _asked(limit, "ann")
        task = asyncio.create_task(_asked(limit, "ann"))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await _asked(limit, "ann")

    assert run(asked()) == ([None], 0)


def test_a_throttled_call_is_made_again_when_the_peer_says() -> None:
    peer = _moody(_throttled(2), _throttled(1))
    assert run(_asked(_limit(peer), "ann", "bob")) == ([None, None], 3)
    assert len(peer.calls) == 3


def test_a_throttled_call_that_cannot_end_in_time_is_told_at_once() -> None:
    peer = _moody(_throttled(6))

    async def asked() -> list[Answer]:
        answers = await _limit(peer).lookup(boxes("ann"), QUESTION)
        assert elapsed() == 0
        return answers

    [answer] = run(asked())
    assert answer == Unavailable(mailbox=answer.mailbox, reason=Reason.THROTTLED, retry_after=timedelta(seconds=6))


def test_where_the_peer_does_not_say_how_long_pauses_grow() -> None:
    peer = _moody(_throttled(None), _throttled(None), _throttled(None))
    assert run(_asked(_limit(peer), "ann")) == ([None], 0.5 + 1 + 2)


def test_asking_again_ends() -> None:
    peer = _moody(*([_throttled(0.1)] * 100))
    assert run(_asked(_limit(peer), "ann"))[0] == [Reason.THROTTLED]
    assert len(peer.calls) == 4


def test_only_the_throttled_mailbox_is_asked_again_and_the_others_stand() -> None:
    peer = _moody("bob@b.example", 100.0)
    peer.retry_after = timedelta(seconds=1)
    assert run(_asked(_limit(peer), "ann", "bob", "carl")) == ([None, Reason.TIMEOUT, None], 5)
    assert [mailboxes for mailboxes, _ in peer.calls][1] == ["bob@b.example"]


def test_while_the_peer_wants_quiet_calls_wait_or_are_told_at_once() -> None:
    peer = _moody(_throttled(8))

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = _limit(peer)
        first = await _asked(limit, "ann")
        await asyncio.sleep(1)
        second = await _asked(limit, "bob")
        await asyncio.sleep(3)
        third = await _asked(limit, "carl")
        return [first, second, third]

    assert run(asked()) == [([Reason.THROTTLED], 0), ([Reason.THROTTLED], 0), ([None], 4)]
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example"], ["carl@b.example"]]


@pytest.mark.parametrize("back", [1, 3600])
def test_a_clock_set_back_makes_no_pause_longer_than_the_peer_asked_for(back: float) -> None:
    set_back = timedelta()

    async def asked() -> tuple[timedelta | None, tuple[list[Reason | None], float]]:
        nonlocal set_back
        peer = _moody(_throttled(60))
        clock = lambda: now() - set_back  # noqa: E731
        limit = Limit(Leaf("b", peer.ask, clock), concurrency=1, deadline=timedelta(seconds=5), clock=clock)
        await limit.lookup(boxes("ann"), QUESTION)
        set_back = timedelta(seconds=back)
        [answer] = await limit.lookup(boxes("ann"), QUESTION)
        assert isinstance(answer, Unavailable)
        await asyncio.sleep(58)
        return answer.retry_after, await _asked(limit, "ann")

    assert run(asked()) == (timedelta(seconds=60), ([None], 2))


def test_those_who_waited_for_a_turn_heed_the_quiet_too() -> None:
    peer = Scripted(takes=1, failure=_throttled(60))

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = _limit(peer, concurrency=1)
        return list(await asyncio.gather(_asked(limit, "ann"), _asked(limit, "bob")))

    assert run(asked()) == [([Reason.THROTTLED], 1), ([Reason.THROTTLED], 1)]
    assert len(peer.calls) == 1


def test_a_throttled_mailbox_silences_nobody_else() -> None:
    peer = _moody("ann@b.example")
    peer.retry_after = timedelta(seconds=60)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = _limit(peer)
        return [await _asked(limit, "ann"), await _asked(limit, "bob")]

    assert run(asked()) == [([Reason.THROTTLED], 0), ([None], 0)]


def _walk(peer: Scripted, *steps: float) -> list[tuple[list[Reason | None], float]]:
    """Waits each step, then asks; a breaker opens at the third failure for 10 s."""

    async def walked() -> list[tuple[list[Reason | None], float]]:
        limit = _limit(peer, breaker=Breaker(clock=now, failures=3, pause=timedelta(seconds=10)))
        found = []
        for step in steps:
            await asyncio.sleep(step)
            found.append(await _asked(limit, "ann", "bob"))
        return found

    return run(walked())


def test_a_peer_that_is_down_is_not_asked_for_a_while() -> None:
    peer = Scripted(failure=peer_down(Reason.UNREACHABLE))
    assert _walk(peer, 0, 0, 0, 0, 5, 5, 0) == [([Reason.UNREACHABLE] * 2, 0)] * 7
    assert len(peer.calls) == 3 + 1


def test_a_peer_that_hangs_is_answered_for_at_once() -> None:
    peer = Scripted(takes=100)
    slow, fast = ([Reason.TIMEOUT] * 2, 5), ([Reason.TIMEOUT] * 2, 0)
    assert _walk(peer, 0, 0, 0, 0, 9, 1) == [slow, slow, slow, fast, fast, slow]


def test_a_peer_that_is_back_is_asked_again() -> None:
    peer = _moody(peer_down(), peer_down(), peer_down())
    found = _walk(peer, 0, 0, 0, 0, 10, 0)
    assert [reason[0] for reason, _ in found] == [Reason.UNREACHABLE] * 4 + [None] * 2


@pytest.mark.parametrize("reason", Reason)
def test_a_failing_mailbox_never_counts_as_a_failing_peer(reason: Reason) -> None:
    refused = Unavailable(mailbox=None, reason=reason)
    peer = Scripted(refusals={"ann@b.example": refused, "bob@b.example": refused})
    _walk(peer, *([0] * 10))
    assert len(peer.calls) >= 10


def test_those_who_waited_for_a_turn_do_not_ask_a_peer_found_down() -> None:
    peer = Scripted(takes=1, failure=peer_down())

    async def asked() -> None:
        limit = _limit(peer, concurrency=1, breaker=Breaker(clock=now, failures=1))
        await asyncio.gather(*(_asked(limit, f"u{n}") for n in range(5)))

    run(asked())
    assert len(peer.calls) == 1


def test_a_cancelled_probe_leaves_the_way_free() -> None:
    peer = _moody(peer_down(), 3.0)

    async def asked() -> tuple[list[Reason | None], float]:
        limit = _limit(peer, breaker=Breaker(clock=now, failures=1, pause=timedelta(seconds=10)))
        await _asked(limit, "ann")
        await asyncio.sleep(10)
        probe = asyncio.create_task(_asked(limit, "ann"))
        await asyncio.sleep(1)
        assert (await _asked(limit, "ann"))[0] == [Reason.UNREACHABLE]
        probe.cancel()
        await asyncio.wait([probe])
        return await _asked(limit, "ann")

    assert run(asked()) == ([None], 0)


def test_pauses_are_slept_with_the_sleep_given() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    peer = _moody(_throttled(2))
    limit = Limit(Leaf("b", peer.ask, now), concurrency=1, deadline=timedelta(seconds=5), clock=now, sleep=sleep)
    assert run(_asked(limit, "ann"))[0] == [None]
    assert slept == [2]
