"""What keeps a certificate fresh: when it looks, when it renews, how it waits after failures, and what it tells."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certs import pem
from certs.live import Live
from certs.pair import CertificateError, Pair
from certs.placeholder import placeholder
from certs.watch import Watch
from proxy.keepers import AcmeKeeper, Bell, FileKeeper, Orders, told_swap
from service.secrets import SecretError
from tests.certs.authority import DAY, NOW, Authority, private_pem, write

CA = Authority()
NAME = "busy.example.com"
FIRST, SECOND = CA.leaf(NAME, begins=NOW, ends=NOW + 90 * DAY), CA.leaf(NAME, begins=NOW, ends=NOW + 120 * DAY)


class OverError(Exception):
    """The script has no more pauses."""


class Time:
    """A clock that goes on by the pauses alone; in those of ``rings``, counted from 1, somebody rings at once."""

    def __init__(self, pauses: int, *, rings: dict[int, Callable[[], object]] | None = None) -> None:
        self.now, self.left, self.rings = NOW, pauses, rings or {}
        self.slept: list[timedelta] = []

    def clock(self) -> datetime:
        return self.now

    async def pause(self, length: timedelta) -> bool:
        if len(self.slept) == self.left:
            raise OverError
        self.slept.append(length)
        if (ring := self.rings.get(len(self.slept))) is not None:
            ring()
            return True
        self.now += length
        return False


async def over(keeper: FileKeeper | AcmeKeeper) -> None:
    with pytest.raises(OverError):
        await keeper.run()


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


async def test_files_are_looked_at_every_ten_seconds(tmp_path: Path) -> None:
    chain, key = write(FIRST, tmp_path)
    live = Live(FIRST, clock=lambda: NOW, host=NAME)
    ticks = Time(3)
    keeper = FileKeeper(live, Watch((chain, key), lambda: pem.read(chain, key)), pause=ticks.pause)
    write(SECOND, tmp_path)
    await over(keeper)
    assert ticks.slept == [timedelta(seconds=10)] * 3
    assert (live.swaps, live.pair.leaf) == (1, SECOND.leaf)


async def test_trouble_with_files_is_told_and_ends(tmp_path: Path) -> None:
    chain, key = write(FIRST, tmp_path)
    live = Live(FIRST, clock=lambda: NOW, host=NAME)
    seen = []
    ticks = Time(3, rings={1: lambda: key.write_bytes(b"x"), 2: lambda: seen.append(keeper.trouble),
                          3: lambda: key.write_bytes(private_pem(FIRST))})  # fmt: skip
    keeper = FileKeeper(live, Watch((chain, key), lambda: pem.read(chain, key)), pause=ticks.pause)
    await over(keeper)
    assert "holds no private key" in seen[0]
    assert (keeper.failures, keeper.trouble, live.swaps) == (2, "", 0)


@pytest.mark.parametrize("error", [SecretError("the variable X is not set"), RuntimeError("a parser's own")])
async def test_whatever_reading_raises_the_watch_goes_on(error: Exception) -> None:
    def read() -> Pair:
        raise error

    live = Live(FIRST, clock=lambda: NOW, host=NAME)
    keeper = FileKeeper(live, Watch((), read), pause=Time(2, rings={1: lambda: None, 2: lambda: None}).pause)
    await over(keeper)
    assert keeper.failures == 2
    assert keeper.trouble == (str(error) if isinstance(error, SecretError) else "the new certificate cannot be read")


async def test_a_bell_rings_whoever_waits_and_whoever_waits_next() -> None:
    bell = Bell()
    assert not await bell.wait(timedelta(milliseconds=1))
    bell.ring()
    assert await bell.wait(timedelta(hours=1))
    waiting = asyncio.create_task(bell.wait(timedelta(hours=1)))
    await asyncio.sleep(0)
    bell.ring()
    assert await waiting
    assert not await bell.wait(timedelta(milliseconds=1))


def test_a_swap_is_told_with_what_callers_still_object_to() -> None:
    live = Live(CA.leaf(NAME, begins=NOW - 9 * DAY, ends=NOW + DAY), clock=lambda: NOW, host="elsewhere.example")
    with capture_logs() as logs:
        told_swap(False, live)
        told_swap(True, live)
    (line,) = logs
    assert line["until"] == "2026-11-21"
    assert [note.partition(":")[0] for note in line["notes"]] == [
        "the certificate expires on 2026-11-21",
        "the certificate does not name elsewhere.example, which callers use",
    ]
