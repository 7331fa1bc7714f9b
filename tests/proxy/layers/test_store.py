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


def _answer(seconds: float, name: str = "ann") -> Availability:
    [mailbox] = boxes(name)
    as_of = START + timedelta(seconds=seconds)
    return Availability(mailbox=mailbox, window=HOME, intervals=EMPTY, source="b", as_of=as_of)


def test_what_is_older_never_replaces_what_is_newer() -> None:
    store, shelf = AnswerStore(), shelf_of("b", Detail.BUSY, HOME)
    [ann] = boxes("ann")
    store.keep(shelf, _answer(10), START)
    store.keep(shelf, _answer(5), START)
    store.keep(shelf, Unavailable(mailbox=ann, reason=Reason.NO_ACCESS), START + timedelta(seconds=9))
    assert store.find(shelf, ann, START + timedelta(seconds=11)) == _answer(10)
    store.keep(shelf, _answer(12), START)
    assert store.find(shelf, ann, START + timedelta(seconds=13)) == _answer(12)


def _times_due(asks: int, *seconds: float) -> int:
    store, shelf = AnswerStore(refresh_asks=asks), shelf_of("b", Detail.BUSY, HOME)
    store.keep(shelf, _answer(0), START)
    for each in seconds:
        assert store.find(shelf, boxes("ann")[0], START + timedelta(seconds=each)) is not None
    due = store.take_due()
    assert store.take_due() == []
    assert [each.shelf for each in due] == [shelf] * len(due)
    return len(due)


def test_an_answer_falls_due_once_when_it_is_asked_for_often_near_its_end() -> None:
    assert _times_due(2, 47.9, 48, 48.5) == 1
    assert _times_due(2, 48, 48.05, 48.09) == 0
    assert _times_due(2, *range(48, 60)) == 1
    assert _times_due(1, 48) == 1
    assert _times_due(3, 48, 59) == 0
    assert _times_due(0, *range(48, 60)) == 0


def test_a_new_answer_begins_a_new_life() -> None:
    store, shelf = AnswerStore(refresh_asks=1), shelf_of("b", Detail.BUSY, HOME)
    [ann] = boxes("ann")
    for begun in (0, 50, 100):
        store.keep(shelf, _answer(begun), START)
        assert store.find(shelf, ann, START + timedelta(seconds=begun + 49)) is not None
        [due] = store.take_due()
        assert store.is_newest(due)
    store.keep(shelf, _answer(150), START)
    assert not store.is_newest(due)


def test_an_expired_answer_is_there_for_the_stale_alone() -> None:
    shelf, [ann] = shelf_of("b", Detail.BUSY, HOME), boxes("ann")
    late = START + timedelta(seconds=61)
    store = AnswerStore(stale=timedelta(seconds=10))
    store.keep(shelf, _answer(0), START)
    assert store.find(shelf, ann, late) is None
    assert store.stale(shelf, ann, late) == _answer(0)
    assert store.stale(shelf, ann, START + timedelta(seconds=70)) is None
    assert store.stale(shelf, ann, START - timedelta(seconds=1)) is None
    assert store.find(shelf, ann, START + timedelta(seconds=70)) is None
    assert store.size == 0


def test_all_is_forgotten_at_once() -> None:
    store, shelf = AnswerStore(refresh_asks=1, stale=timedelta(hours=1)), shelf_of("b", Detail.BUSY, HOME)
    store.keep(shelf, _answer(0), START)
    store.keep(shelf, Unavailable(mailbox=boxes("bob")[0], reason=Reason.NO_SUCH_MAILBOX), START)
    store.find(shelf, boxes("ann")[0], START + timedelta(seconds=50))
    assert store.size == 2
    store.forget()
    assert (store.size, store.memory, store.due, store.epoch) == (0, 0, [], 1)
    assert store.stale(shelf, boxes("ann")[0], START) is None
