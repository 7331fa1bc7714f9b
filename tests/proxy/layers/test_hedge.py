"""Tests of proxy/layers/hedge.py."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from proxy.answers import failed_whole
from proxy.connector import Connector, Leaf
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.extra import Extra
from proxy.layers.hedge import Beside, Hedge
from proxy.layers.limit import Limit
from proxy.layers.patience import Patience
from proxy.layers.spread import Spread
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, boxes, peer_down, reasons
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.layers.moody import QUESTION, moody, slow, throttled, timed

MANY = tuple(f"u{number}" for number in range(100))
Reasons = list[Reason | None]


@dataclass
class _Setting:
    """A hedge, and what it may make use of."""

    hedge: Hedge
    extra: Extra


def _around(
    inner: Connector,
    *,
    beside: Connector | None = None,
    overdue: float = 2,
    share: float = 0.05,
    idle: Callable[[], bool] = lambda: True,
    worked: Callable[[], float] = lambda: 0.0,
) -> _Setting:
    extra = Extra(share)
    deadline, patience = timedelta(seconds=25), timedelta(seconds=overdue)
    second = Beside(beside or inner, idle)
    hedge = Hedge(inner, beside=second, extra=extra, deadline=deadline, overdue=patience, timer=elapsed, worked=worked)
    return _Setting(hedge, extra)


def _leaf(peer: Scripted) -> Leaf:
    return Leaf("b", peer.ask, now)


def _limit(peer: Scripted, *, concurrency: int = 10) -> Limit:
    return Limit(_leaf(peer), concurrency=concurrency, deadline=timedelta(seconds=25), clock=now)


def _asked(peer: Scripted) -> list[str]:
    """Whom each call asked about, in the order made."""
    return [" ".join(address.partition("@")[0] for address in mailboxes) for mailboxes, _ in peer.calls]


class TestHedge(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _around(_leaf(peer)).hedge


class TestHedgeOfALatePeer(ConnectorContract):
    """Each call is overdue, and asked again in halves."""

    def around(self, peer: Scripted) -> Connector:
        peer.takes = 3
        return _around(_leaf(peer), overdue=2).hedge


def test_what_comes_in_time_is_asked_once() -> None:
    peer = slow(1.9)
    assert run(timed(_around(_leaf(peer)).hedge, "ann", "bob")) == ([None, None], 1.9)
    assert _asked(peer) == ["ann bob"]


def test_a_single_mailbox_is_asked_again_and_the_first_answer_counts() -> None:
    peer = moody(20.0, 1.0)
    setting = _around(_leaf(peer))
    assert run(timed(setting.hedge, "ann")) == ([None], 3)
    assert _asked(peer) == ["ann", "ann"]
    assert (setting.extra.made, setting.extra.helped) == (1, 1)


def test_the_first_call_goes_on_and_may_win() -> None:
    peer = moody(3.0, 20.0)
    setting = _around(_leaf(peer))
    assert run(timed(setting.hedge, "ann")) == ([None], 3)
    assert (setting.extra.made, setting.extra.helped) == (1, 0)
    assert peer.under_way == 0


def test_a_single_mailbox_is_asked_twice_at_most() -> None:
    peer = slow(10)
    assert run(timed(_around(_leaf(peer)).hedge, "ann")) == ([None], 10)
    assert len(peer.calls) == 2


def test_one_slow_mailbox_among_a_hundred_holds_nobody() -> None:
    peer = slow(0.1, u37=20)
    answered: dict[str, float] = {}

    class Watched(Leaf):
        async def lookup(self, *asked: object) -> list[Answer]:
            answers = await super().lookup(*asked)  # type: ignore[arg-type]
            for answer in answers:
                answered.setdefault(str(answer.mailbox), elapsed())
            return answers

    assert run(timed(_around(Watched("b", peer.ask, now)).hedge, *MANY)) == ([None] * 100, 20)
    late = sorted(seconds for seconds in answered.values() if seconds > 2.2)
    assert len(late) <= 50
    assert sum(seconds > 15 for seconds in answered.values()) == 1
    assert len(peer.calls) <= 1 + 2 * 7
    assert peer.most_at_once <= 3


def test_what_the_halves_tell_is_kept_at_once() -> None:
    peer = slow(0.1, u3=20)

    async def asked() -> Reasons:
        store = AnswerStore()
        keep = Keep(_leaf(peer), name="b", store=store, clock=now)
        cache = Cache(_around(keep).hedge, name="b", store=store, clock=now)
        task = asyncio.create_task(cache.lookup(boxes(*MANY[:8]), QUESTION))
        await asyncio.sleep(8)
        found = [None if answer else Reason.TIMEOUT for answer in cache.ready(boxes(*MANY[:8]), QUESTION)]
        await task
        return found

    assert run(asked()) == [Reason.TIMEOUT if number == 3 else None for number in range(8)]


def test_answers_stay_in_order_whoever_brings_them() -> None:
    peer = slow(0.1, u1=9, u6=7)
    peer.refusals = {"u4@b.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)}
    names = [*MANY[:8], "u2", "u4"]

    async def asked() -> list[Answer]:
        return await _around(_leaf(peer)).hedge.lookup(boxes(*names), QUESTION)

    answers = run(asked())
    assert [answer.mailbox for answer in answers] == boxes(*names)
    assert reasons(answers) == [Reason.NO_SUCH_MAILBOX if name == "u4" else None for name in names]


def test_it_learns_what_is_late() -> None:
    async def asked() -> list[float]:
        quick, late = slow(0.2), slow(4)
        peer = quick
        setting = _around(_Two(lambda: peer))
        for _ in range(30):
            await setting.hedge.lookup(boxes("ann"), QUESTION)
        for _ in range(30):
            await setting.hedge.lookup(boxes("ann", "bob"), QUESTION)
        peer = late
        started = elapsed()
        tasks = [asyncio.create_task(setting.hedge.lookup(boxes(*each), QUESTION)) for each in (("u",), ("v", "w"))]
        await asyncio.wait(tasks)
        assert sorted(_asked(late)) == ["u", "u", "v", "v w", "w"]
        return [round(at - started, 3) for at in late.began[2:]]

    class _Two(Leaf):
        def __init__(self, chosen: Callable[[], Scripted]) -> None:
            super().__init__("b", lambda *asked: chosen().ask(*asked), now)

    assert run(asked()) == [0.22, 0.4, 0.4]


def test_what_was_called_off_counts_with_its_time() -> None:
    """Else the slow ones, which others win against, would be forgotten, and less and less would count as late."""
    peer = slow(0.2)

    async def asked() -> list[float]:
        setting = _around(_leaf(peer), share=0.5)
        for _ in range(100):
            await setting.hedge.lookup(boxes("ann"), QUESTION)
        peer.usual = 10
        tries = []
        for _ in range(10):
            task, first = asyncio.create_task(setting.hedge.lookup(boxes("ann"), QUESTION)), len(peer.began)
            await asyncio.sleep(0.1)
            peer.usual = 0.1  # for the second try
            await task
            peer.usual = 10
            tries.append(peer.began[first + 1] - peer.began[first])
        return [round(each, 3) for each in tries]

    tries = run(asked())
    assert tries[0] == 0.22
    assert tries == sorted(tries)
    assert tries[-1] > 0.32


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_only_a_share_of_the_calls_is_made_besides(share: float) -> None:
    peer = slow(3)
    setting = _around(_leaf(peer), share=share)

    async def asked() -> None:
        for _ in range(10):  # too few to learn from at once
            await asyncio.gather(*(setting.hedge.lookup(boxes(f"u{n}"), QUESTION) for n in range(20)))

    run(asked())
    assert setting.extra.made <= 16 + share * 200
    assert len(peer.calls) == 200 + setting.extra.made
    assert setting.extra.made >= 8


def test_nothing_is_asked_again_while_there_is_no_room() -> None:
    peer = slow(10)

    async def asked() -> None:
        limit = _limit(peer, concurrency=2)
        setting = _around(limit, idle=limit.idle)
        await asyncio.gather(*(setting.hedge.lookup(boxes(name), QUESTION) for name in ("ann", "bob")))

    run(asked())
    assert _asked(peer) == ["ann", "bob"]


@pytest.mark.parametrize(("busy", "calls"), [(0.4, 2), (0.6, 1), (1.0, 1)])
def test_a_process_that_computes_all_the_time_blames_nobody(busy: float, calls: int) -> None:
    peer = slow(5)
    setting = _around(_leaf(peer), worked=lambda: busy * elapsed())
    assert run(timed(setting.hedge, "ann")) == ([None], 5)
    assert len(peer.calls) == calls


def test_a_process_that_stood_still_blames_nobody() -> None:
    peer = slow(5)

    async def asked() -> None:
        lost = 0.0
        hedge = Hedge(
            _leaf(peer),
            beside=Beside(_leaf(peer), lambda: True),
            extra=Extra(0.5),
            deadline=timedelta(seconds=25),
            overdue=timedelta(seconds=3),
            timer=lambda: elapsed() + lost,
            worked=lambda: 0.0,
        )
        task = asyncio.create_task(hedge.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(2)
        lost = 2.0  # the timers of the loop know nothing of it yet
        await task

    run(asked())
    assert len(peer.calls) == 1


@pytest.mark.parametrize("failure", [throttled(60), peer_down(Reason.UNREACHABLE), peer_down(Reason.UNAUTHORIZED)])
def test_a_peer_that_throttles_or_is_down_is_asked_nothing_twice(failure: Exception) -> None:
    async def asked() -> int:
        peer = moody(failure, *([10.0] * 50))
        setting = _around(_leaf(peer))
        for _ in range(10):
            await setting.hedge.lookup(boxes("ann"), QUESTION)
        return setting.extra.made

    assert run(asked()) == 0


def test_a_throttled_mailbox_is_a_warning_as_well() -> None:
    async def asked() -> int:
        peer = moody("bob@b.example", 10.0)
        setting = _around(_leaf(peer))
        for _ in range(2):
            await setting.hedge.lookup(boxes("ann", "bob"), QUESTION)
        return setting.extra.made

    assert run(asked()) == 0


def test_a_peer_that_hangs_costs_one_failure_a_question() -> None:
    """More would open the breaker, which counts calls that took all their time: one slow mailbox would close it all."""
    noted: list[Reason | None] = []

    class Noting(Limit):
        async def lookup(self, *asked: object) -> list[Answer]:
            answers = await super().lookup(*asked)  # type: ignore[arg-type]
            failure = failed_whole(answers)
            noted.append(failure.reason if failure else None)
            return answers

    peer = slow(0.1, u5=1000)
    limit = Noting(_leaf(peer), concurrency=10, deadline=timedelta(seconds=25), clock=now)
    found, took = run(timed(_around(limit).hedge, *MANY[:16]))
    assert found == [Reason.TIMEOUT if number == 5 else None for number in range(16)]
    assert took == 25
    assert noted.count(Reason.TIMEOUT) == 1


def test_nothing_begins_too_late_to_end_in_time() -> None:
    peer = slow(20)
    assert run(timed(_around(_leaf(peer), overdue=12.5).hedge, "ann", "bob")) == ([None, None], 20)
    assert len(peer.calls) == 1


@pytest.mark.parametrize("names", [("ann",), ("ann", "bob", "carl")])
def test_the_second_try_goes_by_another_account(names: tuple[str, ...]) -> None:
    stuck, well = slow(1000), slow(0.5)

    async def asked() -> tuple[Reasons, float]:
        spread = Spread([_limit(stuck), _limit(well)])
        return await timed(_around(spread, idle=spread.idle).hedge, *names)

    assert run(asked()) == ([None] * len(names), 2.5)
    assert len(stuck.calls) == 1


def test_a_second_try_that_is_refused_says_nothing_about_the_first() -> None:
    sees, sees_nothing = slow(5), slow(0.1)
    sees_nothing.refusals = {"ann@b.example": Unavailable(mailbox=None, reason=Reason.NO_ACCESS)}

    async def asked() -> tuple[Reasons, float]:
        spread = Spread([_limit(sees), _limit(sees_nothing)])
        return await timed(_around(spread, idle=spread.idle).hedge, "ann")

    assert run(asked()) == ([None], 5)


def test_whoever_is_cancelled_leaves_nothing_behind() -> None:
    peer = slow(10)

    async def asked() -> None:
        setting = _around(_leaf(peer))
        for patience in (1, 3, 5):  # before, while halves are asked, while quarters are
            task = asyncio.create_task(setting.hedge.lookup(boxes("ann", "bob", "carl", "dora"), QUESTION))
            await asyncio.sleep(patience)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert peer.under_way == 0
        assert len(setting.extra.take(8)) == 8  # all tickets were handed back

    run(asked())


def test_a_fault_of_ours_in_a_second_try_spoils_nothing() -> None:
    class Buggy(Scripted):
        async def lookup(self, mailboxes: object, question: Question) -> list[Answer]:
            if len(self.calls) == 1:
                self.calls.append(([], question))
                raise ZeroDivisionError
            self.takes = 5
            return await super().lookup(mailboxes, question)  # type: ignore[arg-type]

    with capture_logs() as logs:
        assert run(timed(_around(Buggy()).hedge, "ann")) == ([None], 5)
    assert [log["event"] for log in logs] == ["lookup_failed"]


def test_a_call_beside_is_made_once_however_patient_the_first_is() -> None:
    """A peer that has no time for the second call is not asked for its sake again and again."""
    peer, busy = slow(10), moody(*[throttled(None)] * 20)
    first, second = (
        Limit(_leaf(each), concurrency=4, deadline=timedelta(seconds=25), clock=now) for each in (peer, busy)
    )
    setting = _around(Patience(first, deadline=timedelta(seconds=25), clock=now), beside=second)
    assert run(timed(setting.hedge, "ann")) == ([None], 10)
    assert (len(peer.calls), len(busy.calls)) == (1, 1)
