"""Tests of proxy/layers/limit.py."""

import asyncio
from datetime import timedelta

import pytest

from protocols.model.freebusy import Answer, Reason, Unavailable
from proxy.answers import failed_whole
from proxy.connector import Connector, Leaf
from proxy.layers.breaker import Breaker
from proxy.layers.limit import Limit
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, boxes, peer_down, reasons
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.layers.limited import budgeted, limited
from tests.proxy.layers.moody import QUESTION, moody, throttled, timed


class TestLimit(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return limited(peer, deadline=1000)


@pytest.mark.parametrize(("takes", "expected"), [(4.9, ([None], 4.9)), (5.1, ([Reason.TIMEOUT], 5))])
def test_the_call_is_cut_at_the_deadline(takes: float, expected: tuple[list[Reason | None], float]) -> None:
    peer = Scripted(takes=takes)
    assert run(timed(limited(peer), "ann")) == expected
    assert peer.under_way == 0


def test_no_more_at_once_than_allowed_and_the_others_wait_their_turn() -> None:
    peer = Scripted(takes=1)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, concurrency=4)
        return await asyncio.gather(*(timed(limit, f"u{n}") for n in range(10)))

    found = run(asked())
    assert [reason for reason, _ in found] == [[None]] * 10
    assert [seconds for _, seconds in found] == [1] * 4 + [2] * 4 + [3] * 2
    assert peer.most_at_once == 4


def test_waiting_for_a_turn_counts_for_the_deadline() -> None:
    peer = Scripted(takes=3)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, concurrency=1)
        return await asyncio.gather(*(timed(limit, f"u{n}") for n in range(3)))

    assert run(asked()) == [([None], 3), ([Reason.TIMEOUT], 5), ([Reason.TIMEOUT], 5)]
    assert len(peer.calls) == 2


def test_a_turn_comes_back_from_calls_that_were_cut_or_cancelled() -> None:
    peer = moody(100.0, 100.0)

    async def asked() -> tuple[list[Reason | None], float]:
        limit = limited(peer, concurrency=1)
        await timed(limit, "ann")
        task = asyncio.create_task(timed(limit, "ann"))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await timed(limit, "ann")

    assert run(asked()) == ([None], 0)


def test_a_throttled_call_that_cannot_end_in_time_is_told_at_once() -> None:
    peer = moody(throttled(6))

    async def asked() -> list[Answer]:
        answers = await limited(peer).lookup(boxes("ann"), QUESTION)
        assert elapsed() == 0
        return answers

    [answer] = run(asked())
    assert answer == Unavailable(mailbox=answer.mailbox, reason=Reason.THROTTLED, retry_after=timedelta(seconds=6))


def test_while_the_peer_wants_quiet_calls_wait_or_are_told_at_once() -> None:
    peer = moody(throttled(8))

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer)
        first = await timed(limit, "ann")
        await asyncio.sleep(1)
        second = await timed(limit, "bob")
        await asyncio.sleep(3)
        third = await timed(limit, "carl")
        return [first, second, third]

    assert run(asked()) == [([Reason.THROTTLED], 0), ([Reason.THROTTLED], 0), ([None], 4)]
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example"], ["carl@b.example"]]


@pytest.mark.parametrize("back", [1, 3600])
def test_a_clock_set_back_makes_no_pause_longer_than_the_peer_asked_for(back: float) -> None:
    set_back = timedelta()

    async def asked() -> tuple[timedelta | None, tuple[list[Reason | None], float]]:
        nonlocal set_back
        peer = moody(throttled(60))
        clock = lambda: now() - set_back  # noqa: E731
        limit = Limit(Leaf("b", peer.ask, clock), concurrency=1, deadline=timedelta(seconds=5), clock=clock)
        await limit.lookup(boxes("ann"), QUESTION)
        set_back = timedelta(seconds=back)
        [answer] = await limit.lookup(boxes("ann"), QUESTION)
        assert isinstance(answer, Unavailable)
        await asyncio.sleep(58)
        return answer.retry_after, await timed(limit, "ann")

    assert run(asked()) == (timedelta(seconds=60), ([None], 2))


def test_those_who_waited_for_a_turn_heed_the_quiet_too() -> None:
    peer = Scripted(takes=1, failure=throttled(60))

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, concurrency=1)
        return list(await asyncio.gather(timed(limit, "ann"), timed(limit, "bob")))

    assert run(asked()) == [([Reason.THROTTLED], 1), ([Reason.THROTTLED], 1)]
    assert len(peer.calls) == 1


def test_a_throttled_mailbox_silences_nobody_else() -> None:
    peer = moody("ann@b.example")
    peer.retry_after = timedelta(seconds=60)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer)
        return [await timed(limit, "ann"), await timed(limit, "bob")]

    assert run(asked()) == [([Reason.THROTTLED], 0), ([None], 0)]


def _walk(peer: Scripted, *steps: float) -> list[tuple[list[Reason | None], float]]:
    """Waits each step, then asks; a breaker opens at the third failure for 10 s."""

    async def walked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, breaker=Breaker(clock=now, failures=3, pause=timedelta(seconds=10)))
        found = []
        for step in steps:
            await asyncio.sleep(step)
            found.append(await timed(limit, "ann", "bob"))
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
    peer = moody(peer_down(), peer_down(), peer_down())
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
        limit = limited(peer, concurrency=1, breaker=Breaker(clock=now, failures=1))
        await asyncio.gather(*(timed(limit, f"u{n}") for n in range(5)))

    run(asked())
    assert len(peer.calls) == 1


def test_a_cancelled_probe_leaves_the_way_free() -> None:
    peer = moody(peer_down(), 3.0)

    async def asked() -> tuple[list[Reason | None], float]:
        limit = limited(peer, breaker=Breaker(clock=now, failures=1, pause=timedelta(seconds=10)))
        await timed(limit, "ann")
        await asyncio.sleep(10)
        probe = asyncio.create_task(timed(limit, "ann"))
        await asyncio.sleep(1)
        assert (await timed(limit, "ann"))[0] == [Reason.UNREACHABLE]
        probe.cancel()
        await asyncio.wait([probe])
        return await timed(limit, "ann")

    assert run(asked()) == ([None], 0)


def test_calls_that_were_out_when_it_was_found_down_lengthen_nothing() -> None:
    """The last of them ends in 5 s; the peer is asked again 10 s after the first, and is back."""
    peer = moody(100.0, 100.0, peer_down())

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, breaker=Breaker(clock=now, failures=1, pause=timedelta(seconds=10)))
        before = [asyncio.create_task(timed(limit, name)) for name in ("ann", "bob", "carl")]
        await asyncio.wait(before)
        await asyncio.sleep(4.9)
        down = await timed(limit, "dora")
        await asyncio.sleep(0.1)
        return [down, await timed(limit, "dora")]

    assert run(asked()) == [([Reason.UNREACHABLE], 0), ([None], 0)]


def test_calls_that_hang_since_before_the_peer_was_back_close_nothing() -> None:
    """They end long after the trouble is over: what came in between says more."""
    peer = moody(100.0, 100.0, 100.0)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, breaker=Breaker(clock=now, failures=3, pause=timedelta(seconds=10)))
        hanging = [asyncio.create_task(timed(limit, name)) for name in ("ann", "bob", "carl")]
        await asyncio.sleep(3)
        back = await timed(limit, "dora")
        await asyncio.wait(hanging)
        return [back, await timed(limit, "dora")]

    assert run(asked()) == [([None], 0)] * 2


def test_a_probe_that_hangs_does_not_put_the_next_one_off() -> None:
    peer = moody(peer_down(), 100.0)

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, breaker=Breaker(clock=now, failures=1, pause=timedelta(seconds=10)))
        found = []
        for step in (0, 10, 4.9, 0.1):
            await asyncio.sleep(step)
            found.append(await timed(limit, "ann"))
        return found

    down = ([Reason.TIMEOUT], 0)
    assert run(asked()) == [([Reason.UNREACHABLE], 0), ([Reason.TIMEOUT], 5), down, ([None], 0)]


def test_a_call_that_is_called_off_lets_nobody_go_beside_the_probe() -> None:
    peer = moody(100.0, peer_down(), 2.0, None)

    async def asked() -> list[Reason | None]:
        breaker = Breaker(clock=now, failures=1, pause=timedelta(seconds=1))
        limit = limited(peer, breaker=breaker)
        before = asyncio.create_task(timed(limit, "ann"))
        await asyncio.sleep(0)
        await timed(limit, "bob")
        await asyncio.sleep(1)
        probe = asyncio.create_task(timed(limit, "bob"))
        await asyncio.sleep(0)
        before.cancel()
        await asyncio.wait([before])
        beside, _ = await timed(limit, "carl")
        assert (await probe)[0] == [None]
        return beside

    assert run(asked()) == [Reason.UNREACHABLE]


def test_an_account_that_pauses_is_asked_again_as_soon_as_it_says() -> None:
    """What it says of itself counts, not when the breaker opened."""
    peer = moody(*(peer_down(Reason.UNAUTHORIZED, retry_after=timedelta(seconds=left)) for left in (7, 4)))

    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(peer, breaker=Breaker(clock=now, failures=2, pause=timedelta(seconds=10)))
        found = []
        for step in (0, 3, 3.9, 0.1):
            await asyncio.sleep(step)
            found.append(await timed(limit, "ann"))
        return found

    assert run(asked()) == [([Reason.UNAUTHORIZED], 0)] * 3 + [([None], 0)]
    assert len(peer.calls) == 3


def test_pauses_are_slept_with_the_sleep_given() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    async def asked() -> tuple[list[Reason | None], float]:
        peer, seconds = moody(throttled(2)), timedelta(seconds=5)
        limit = Limit(Leaf("b", peer.ask, now), concurrency=1, deadline=seconds, clock=now, sleep=sleep)
        await timed(limit, "ann")
        return await timed(limit, "ann")

    assert run(asked()) == ([None], 2)
    assert slept == [2]


def test_a_budget_is_used_up_at_once_and_then_as_it_comes_back() -> None:
    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(Scripted(), concurrency=2, budget=budgeted(3, 4))
        return await asyncio.gather(*(timed(limit, f"u{n}") for n in range(5)))

    assert [seconds for _, seconds in run(asked())] == [0, 0, 0, 4, 4]


def test_who_cannot_be_asked_in_time_is_told_how_long_the_budget_is_spent() -> None:
    peer = Scripted()

    async def asked() -> list[Answer]:
        limit = limited(peer, budget=budgeted(1, 60))
        await timed(limit, "ann")
        await asyncio.sleep(20)
        started = elapsed()
        answers = await limit.lookup(boxes("bob", "carl"), QUESTION)
        assert elapsed() == started
        return answers

    answers = run(asked())
    assert reasons(answers) == [Reason.THROTTLED] * 2
    assert {answer.retry_after for answer in answers if isinstance(answer, Unavailable)} == {timedelta(seconds=40)}
    assert failed_whole(answers)
    assert len(peer.calls) == 1


def test_who_got_no_turn_because_the_budget_was_spent_is_throttled() -> None:
    async def asked() -> list[tuple[list[Reason | None], float]]:
        limit = limited(Scripted(), concurrency=1, budget=budgeted(1, 4))
        return await asyncio.gather(*(timed(limit, f"u{n}") for n in range(3)))

    assert run(asked()) == [([None], 0), ([None], 4), ([Reason.THROTTLED], 4)]


def test_a_call_that_was_called_off_before_it_went_out_costs_nothing() -> None:
    async def asked() -> timedelta:
        budget = budgeted(2, 60)
        limit = limited(Scripted(takes=3), concurrency=1, budget=budget)
        tasks = [asyncio.create_task(timed(limit, name)) for name in ("ann", "bob")]
        await asyncio.sleep(1)
        tasks[1].cancel()
        await asyncio.wait(tasks)
        return budget.wait()

    assert run(asked()) == timedelta()
