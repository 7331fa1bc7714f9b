"""What keeps a certificate fresh: when it looks, when it renews, how it waits after failures, and what it tells."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from certs.live import Live
from certs.pair import CertificateError, Pair
from certs.placeholder import placeholder
from proxy.keepers import AcmeKeeper, Orders
from tests.certs.authority import DAY, NOW
from tests.service.certificate_time import CA, FIRST, NAME, SECOND, Time, over


def acme(
    ticks: Time,
    outcomes: list[Pair | Exception],
    *,
    shown: Pair | None = None,
    keep: Callable[[Pair], None] = lambda _: None,
    **options: bool,
) -> tuple[AcmeKeeper, Live, list[datetime]]:
    """A keeper whose orders end so, one after the other; and when they were placed."""
    orders = []

    def issue() -> Pair:
        orders.append(ticks.now)
        outcome = outcomes[len(orders) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    live = Live(shown or placeholder([NAME], now=NOW), clock=ticks.clock, host=NAME)
    wanted = options.pop("wanted", False)
    keeper = AcmeKeeper(
        live,
        Orders(issue=issue, keep=keep, wanted=lambda: wanted),
        issued=shown is not None,
        clock=ticks.clock,
        pause=ticks.pause,
        chance=lambda: 0.0,
        **options,
    )
    return keeper, live, orders


async def test_the_first_certificate_is_ordered_at_once_and_renewed_at_two_thirds() -> None:
    ticks = Time(24 * 60 + 1)
    keeper, live, orders = acme(ticks, [FIRST, SECOND])
    assert (keeper.issued, keeper.trouble) == (False, "no certificate is issued yet")
    await over(keeper)
    assert orders == [NOW, NOW + 60 * DAY]
    assert (keeper.issued, keeper.trouble, keeper.failures, live.swaps) == (True, "", 0, 2)
    assert live.pair == SECOND
    assert max(ticks.slept) == timedelta(hours=1)  # so that a clock that is set is noticed


async def test_a_failure_is_tried_again_ever_later_and_the_old_one_stays() -> None:
    failed = CertificateError("the authority could not prove it")
    ticks = Time(60 * 24 + 12)
    with capture_logs() as logs:
        keeper, live, orders = acme(ticks, [failed, OSError("disk full"), failed, SECOND], shown=FIRST)
        await over(keeper)
    minutes = [(order - NOW - 60 * DAY) / timedelta(minutes=1) for order in orders]
    assert minutes == [0, 5, 15, 35]
    assert (keeper.failures, keeper.trouble, live.pair) == (3, "", SECOND)
    told = [line["what"] for line in logs if line["event"] == "certificate_not_renewed"]
    assert told == ["the authority could not prove it", "disk full", "the authority could not prove it"]


async def test_a_fault_of_a_library_ends_nothing() -> None:
    ticks = Time(3)
    with capture_logs() as logs:
        keeper, live, _ = acme(ticks, [RuntimeError("secret"), SECOND])
        await over(keeper)
    assert live.pair == SECOND
    assert [line["what"] for line in logs if line["event"] == "certificate_not_renewed"] == [
        "the renewal failed: the log says where"
    ]


def test_a_silent_authority_delays_no_stop() -> None:
    """The loop ends, with its threads, while the order is still under way."""
    begun, ended = threading.Event(), threading.Event()

    def issue() -> Pair:
        begun.set()
        ended.wait(60)
        return SECOND

    async def stopped() -> None:
        live = Live(FIRST, clock=lambda: NOW, host=NAME)
        orders = Orders(issue=issue, keep=lambda _: None)
        keeper = AcmeKeeper(live, orders, issued=True, urgent=True, clock=lambda: NOW, pause=Time(0).pause)
        task = asyncio.create_task(keeper.run())
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    started = time.monotonic()
    asyncio.run(stopped())
    assert time.monotonic() - started < 30
    (order,) = [thread for thread in threading.enumerate() if thread.name == "certificate"]
    ended.set()
    order.join(10)  # and what comes too late disturbs nobody
    assert not order.is_alive()


@pytest.mark.parametrize(("wanted", "number"), [(False, 0), (True, 1)])
async def test_who_rings_gets_a_new_one_only_where_it_is_wanted(wanted: bool, number: int) -> None:
    keeper, _, orders = acme(Time(2, rings={1: lambda: None}), [SECOND], shown=FIRST, wanted=wanted)
    await over(keeper)
    assert len(orders) == number


async def test_after_a_failure_a_ring_tries_at_once() -> None:
    ticks = Time(2, rings={1: lambda: None})
    keeper, _, orders = acme(ticks, [CertificateError("no"), SECOND])
    await over(keeper)
    assert orders == [NOW, NOW]


async def test_what_is_urgent_is_ordered_at_once() -> None:
    keeper, _, orders = acme(Time(1), [SECOND], shown=FIRST, urgent=True)
    await over(keeper)
    assert orders == [NOW]


async def test_an_authority_with_a_wrong_clock_is_not_asked_without_end() -> None:
    old = CA.leaf(NAME, begins=NOW - 89 * DAY, ends=NOW + DAY)
    keeper, _, orders = acme(Time(2), [old] * 5, shown=FIRST, urgent=True)
    await over(keeper)
    assert orders == [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)]


async def test_what_was_issued_for_another_name_is_not_shown() -> None:
    keeper, live, _ = acme(Time(0), [CA.leaf("other.example")], shown=FIRST, urgent=True)
    await over(keeper)
    assert live.pair == FIRST
    assert "does not name busy.example.com" in keeper.trouble


async def test_only_what_is_shown_is_kept() -> None:
    """A start would show what lies on the disk."""
    kept: list[Pair] = []
    wrong = CA.leaf("other.example")
    keeper, *_ = acme(Time(1), [wrong, SECOND], shown=FIRST, urgent=True, keep=kept.append)
    await over(keeper)
    assert kept == [SECOND]


async def test_what_could_not_be_kept_is_shown_and_kept_later_without_another_order() -> None:
    kept: list[Pair] = []

    def keep(pair: Pair) -> None:
        if len(ticks.slept) < 2:
            raise OSError("disk full")
        kept.append(pair)

    ticks = Time(3)
    keeper, live, orders = acme(ticks, [SECOND], keep=keep)
    await over(keeper)
    assert (live.pair, keeper.issued, kept) == (SECOND, True, [SECOND])
    assert (keeper.failures, keeper.trouble, len(orders)) == (2, "", 1)


async def test_the_loop_does_nothing_of_the_work() -> None:
    threads: list[int] = []

    class Watched(Live):
        def offer(self, pair: Pair) -> bool:
            threads.append(threading.get_ident())
            return super().offer(pair)

    live = Watched(FIRST, clock=lambda: NOW, host=NAME)
    keeper = AcmeKeeper(
        live,
        Orders(issue=lambda: SECOND, keep=lambda _: threads.append(threading.get_ident())),
        issued=True,
        urgent=True,
        clock=lambda: NOW,
        pause=Time(0).pause,
    )
    await over(keeper)
    assert len(threads) == 2
    assert threading.get_ident() not in threads
