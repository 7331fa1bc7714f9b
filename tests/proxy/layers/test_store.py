"""Tests of proxy/layers/store.py; what is kept and for how long is tested through the cache."""

import gc
import tracemalloc
from datetime import timedelta
from zoneinfo import ZoneInfo

from protocols.model.freebusy import Availability, Detail, Reason, Unavailable, Weekday, WorkingHours, WorkingPeriod
from protocols.model.intervals import EMPTY, Intervals
from protocols.model.mailbox import Mailbox
from proxy.layers.frames import Frames
from proxy.layers.store import AnswerStore, shelf_of
from tests.contracts.scripted import available, block, boxes
from tests.contracts.virtual import START

HOME = Frames().home(START)


def test_a_clock_set_back_ends_every_life() -> None:
    store = AnswerStore()
    [ann] = boxes("ann")
    answer = Availability(mailbox=ann, window=HOME, intervals=EMPTY, source="b", as_of=START)
    shelf = shelf_of("b", Detail.BUSY, HOME)
    store.keep(shelf, answer, START)
    assert store.find(shelf, ann, START) == answer
    assert store.find(shelf, ann, START - timedelta(hours=1)) is None
    assert store.size == 0


def test_equal_working_hours_are_kept_once() -> None:
    store, shelf = AnswerStore(), shelf_of("b", Detail.BUSY, HOME)
    for mailbox in boxes("ann", "bob"):
        periods = (WorkingPeriod(frozenset({Weekday.MONDAY}), 540, 1020),)
        hours = WorkingHours(ZoneInfo("Europe/Berlin"), periods)
        answer = Availability(
            mailbox=mailbox, window=HOME, intervals=EMPTY, working_hours=hours, source="b", as_of=START
        )
        store.keep(shelf, answer, START)
    kept = [available(found) for name in ("ann", "bob") if (found := store.find(shelf, boxes(name)[0], START))]
    assert kept[0].working_hours is kept[1].working_hours


def test_a_shelf_is_one_object_however_often_it_is_named() -> None:
    """A hundred thousand keys share it."""
    assert shelf_of("b", Detail.BUSY, HOME) is shelf_of("b", Detail.BUSY, HOME)


def test_a_month_of_sixty_events_costs_less_than_two_kilobytes() -> None:
    count = 1_000
    mailboxes = [Mailbox.parse(f"somebody.number{n}@northwind.example") for n in range(count)]
    tracemalloc.start()
    try:
        store, shelf = AnswerStore(), shelf_of("northwind", Detail.BUSY, HOME)
        for mailbox in mailboxes:
            blocks = Intervals.pack(block(14 * n, 1) for n in range(60)).bare()
            answer = Availability(mailbox=mailbox, window=HOME, intervals=blocks, source="northwind", as_of=START)
            store.keep(shelf, answer, START)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert store.size == count
    assert kept / count < 2_000


def _people(count: int) -> list[Mailbox]:
    return [Mailbox.parse(f"somebody.number{n}@northwind.example") for n in range(count)]


def test_the_bound_in_bytes_holds_whatever_the_answers_carry() -> None:
    bound, shelf = 3_000_000, shelf_of("northwind", Detail.DETAILS, HOME)
    tracemalloc.start()
    try:
        store = AnswerStore(memory=bound)
        for number, mailbox in enumerate(_people(1_000)):
            blocks = Intervals.pack(block(14 * n, 1, subject=f"{number} {n} " + "x" * 200) for n in range(60))
            answer = Availability(mailbox=mailbox, window=HOME, intervals=blocks, source="northwind", as_of=START)
            store.keep(shelf, answer, START)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 100 < store.size < 1_000
    assert bound / 2 < store.memory <= bound
    assert kept < bound * 1.2


def test_invented_addresses_push_no_answer_out() -> None:
    store, shelf = AnswerStore(mailboxes=10), shelf_of("b", Detail.BUSY, HOME)
    [ann] = boxes("ann")
    store.keep(shelf, Availability(mailbox=ann, window=HOME, intervals=EMPTY, source="b", as_of=START), START)
    for mailbox in _people(5_000):
        store.keep(shelf, Unavailable(mailbox=mailbox, reason=Reason.NO_SUCH_MAILBOX), START)
    assert store.find(shelf, ann, START) is not None
    assert store.size == 1_001


def test_the_newest_of_an_answer_and_a_refusal_counts() -> None:
    store, shelf = AnswerStore(), shelf_of("b", Detail.BUSY, HOME)
    [ann] = boxes("ann")
    answer = Availability(mailbox=ann, window=HOME, intervals=EMPTY, source="b", as_of=START)
    refusal = Unavailable(mailbox=ann, reason=Reason.NO_ACCESS)
    for newest in (refusal, answer, refusal, answer):
        store.keep(shelf, newest, START)
        assert store.find(shelf, ann, START) == newest
        assert store.size == 1
