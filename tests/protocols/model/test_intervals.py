"""Packing loses nothing to the second, choosing is what brute force chooses, and a month stays within a kilobyte."""

import gc
import itertools
import tracemalloc
from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from sys import getsizeof

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.intervals import (
    DETAIL_FLAGS,
    EMPTY,
    LAST_SECOND,
    BusyInterval,
    BusyStatus,
    EventDetails,
    Intervals,
    Row,
    bytes_of_texts,
)
from protocols.model.window import TimeWindow
from tests.protocols.model.strategies import HORIZON, START, several, windows


def _month(n: int = 60) -> list[BusyInterval]:
    return [
        BusyInterval(TimeWindow.of_seconds(START + i * 36_000, START + i * 36_000 + 3600), BusyStatus.BUSY)
        for i in range(n)
    ]


def _key(interval: BusyInterval) -> tuple[object, ...]:
    return interval.window, interval.status


def test_a_private_event_shows_neither_subject_nor_place() -> None:
    with pytest.raises(ValueError, match="private"):
        EventDetails(subject="x", private=True)
    with pytest.raises(ValueError, match="private"):
        EventDetails(location="x", private=True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, None),
        ("", ""),
        ("Jörg \U0001f389", "Jörg \U0001f389"),
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83c\udf89", "\U0001f389"),
        ("\udf89\ud83c", "\ufffd\ufffd"),
    ],
)
def test_half_a_character_is_replaced(text: str | None, shown: str | None) -> None:
    details = EventDetails(subject=text, location=text)
    assert (details.subject, details.location) == (shown, shown)
    (kept,) = Intervals.pack([BusyInterval(TimeWindow.of_seconds(START, START + 900), BusyStatus.BUSY, details)])
    assert kept.details == details


@given(several)
def test_pack_and_iterate(items: list[BusyInterval]) -> None:
    packed = Intervals.pack(items)
    assert len(packed) == len(items)
    assert list(packed) == sorted(items, key=_key)
    assert list(packed.details()) == [interval.details for interval in packed]
    assert packed.has_details == any(interval.details for interval in items)
    assert Intervals.pack(packed) == packed


@given(several)
def test_packed_details_say_the_same_as_the_objects(items: list[BusyInterval]) -> None:
    packed = Intervals.pack(items)
    raw = list(packed.packed_details())
    assert len(raw) == (len(items) if packed.has_details else 0)
    for (subject, location, flags), details in zip(raw, packed.details(), strict=packed.has_details):
        if details is None:
            assert (subject, location, flags) == (None, None, -1)
        else:
            assert (subject, location) == (details.subject, details.location)
            assert [bool(flags >> bit & 1) for bit in range(5)] == [getattr(details, name) for name in DETAIL_FLAGS]


@given(several)
def test_rows_pack_as_the_objects_do(items: list[BusyInterval]) -> None:
    packed = Intervals.pack(items)
    details = packed.packed_details() if packed.has_details else [(None, None, -1)] * len(packed)
    rows = [(*edges, *detail) for edges, detail in zip(packed.edges(), details, strict=True)]
    assert Intervals.of_rows(reversed(rows)) == Intervals.pack(reversed(list(packed)))
    assert Intervals.of_rows(rows).overlapping(TimeWindow.of_seconds(START, START + HORIZON)) == packed.overlapping(
        TimeWindow.of_seconds(START, START + HORIZON)
    )


@pytest.mark.parametrize(
    "row",
    [
        (0, 60, 3, "x", None, 8),
        (0, 60, 3, None, "x", 9),
        (0, 60, 3, "x", None, -1),
        (60, 60, 3, None, None, -1),
        (60, 0, 3, None, None, 0),
    ],
)
def test_rows_that_cannot_be_are_refused(row: Row) -> None:
    with pytest.raises(ValueError, match=r"private|end after"):
        Intervals.of_rows([(0, 60, 3, "x", "y", 0), row])


def test_rows_are_cut_to_what_no_cell_can_hold_and_their_texts_mended() -> None:
    rows: list[Row] = [
        (-9, 60, 3, "a\ud800", "\udc00", 0),
        (-9, 0, 3, None, None, 0),
        (LAST_SECOND - 1, LAST_SECOND + 9, 2, "ü", None, 0),
        (LAST_SECOND, LAST_SECOND + 9, 2, None, None, 0),
    ]
    packed = Intervals.of_rows(rows)
    assert list(packed.edges()) == [(0, 60, 3), (LAST_SECOND - 1, LAST_SECOND, 2)]
    assert list(packed.packed_details()) == [("a\ufffd", "\ufffd", 0), ("ü", None, 0)]


@given(several, windows())
def test_overlapping_is_what_brute_force_finds(items: list[BusyInterval], window: TimeWindow) -> None:
    packed = Intervals.pack(items)
    found = packed.overlapping(window)
    assert list(found) == [interval for interval in packed if interval.window.overlaps(window)]
    assert list(found.overlapping(window)) == list(found)


@given(several, windows(), windows())
def test_overlapping_twice(items: list[BusyInterval], one: TimeWindow, other: TimeWindow) -> None:
    packed = Intervals.pack(items)
    both = [i for i in packed if i.window.overlaps(one) and i.window.overlaps(other)]
    assert list(packed.overlapping(one).overlapping(other)) == both


@given(several, several)
def test_joined(one: list[BusyInterval], other: list[BusyInterval]) -> None:
    joined = Intervals.pack(one).joined(Intervals.pack(other))
    assert set(joined) == {*one, *other}
    assert len(joined) == len(one) + sum(interval not in one for interval in other)
    assert [_key(interval) for interval in joined] == sorted(_key(interval) for interval in joined)


@given(several)
def test_joining_with_itself_or_nothing_changes_nothing(items: list[BusyInterval]) -> None:
    packed = Intervals.pack(items)
    assert packed.joined(packed) == packed.joined(EMPTY) == EMPTY.joined(packed) == packed


@given(several)
def test_bare(items: list[BusyInterval]) -> None:
    bare = Intervals.pack(items).bare()
    assert not bare.has_details
    assert list(bare) == [BusyInterval(i.window, i.status) for i in Intervals.pack(items)]


def test_edges_round_outwards_and_what_no_cell_can_hold_is_cut() -> None:
    at = datetime(2026, 11, 1, 9, tzinfo=UTC)
    late, soon = timedelta(milliseconds=900), timedelta(milliseconds=100)
    (row,) = Intervals.pack(
        [BusyInterval(TimeWindow(at + late, at + timedelta(hours=1) + soon), BusyStatus.BUSY)]
    ).edges()
    assert row == (int(at.timestamp()), int(at.timestamp()) + 3601, BusyStatus.BUSY)
    ever = TimeWindow(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
    assert list(Intervals.pack([BusyInterval(ever, BusyStatus.BUSY)]).edges()) == [(0, 2**32 - 1, BusyStatus.BUSY)]
    assert Intervals.pack([BusyInterval(TimeWindow.of_seconds(-9, -1), BusyStatus.BUSY)]) == EMPTY


def test_all_of_them_is_the_same_object() -> None:
    packed = Intervals.pack(_month())
    assert packed.overlapping(TimeWindow.of_seconds(START, START + 60 * 36_000)) is packed
    assert packed.bare() is packed


def test_a_busy_month_is_less_than_a_kilobyte_and_nothing_for_the_collector() -> None:
    items = _month()
    Intervals.pack(items)
    gc.collect()
    tracemalloc.start()
    try:
        packed = [Intervals.pack(items) for _ in range(100)]
        gc.collect()
        used = tracemalloc.get_traced_memory()[0] / len(packed)
    finally:
        tracemalloc.stop()
    assert packed[0].nbytes <= 1024
    assert used <= 1024
    assert abs(used - packed[0].nbytes) < 128
    tracked = [part for part in gc.get_referents(packed[0]) if gc.is_tracked(part) and not isinstance(part, type)]
    assert [type(part) for part in tracked] == [array], "sixty intervals are one thing to walk"


def test_texts_count_for_the_bound_of_a_cache() -> None:
    window = TimeWindow.of_seconds(START, START + 60)
    short, long = (
        Intervals.pack([BusyInterval(window, BusyStatus.BUSY, EventDetails(subject="x" * n))]).nbytes for n in (1, 5001)
    )
    assert long - short == 5000


def test_intervals_are_compared_by_what_they_hold() -> None:
    assert Intervals.pack(_month(3)) == Intervals.pack(reversed(_month(3)))
    assert Intervals.pack(_month(3)) != Intervals.pack(_month(2))
    assert Intervals.pack(_month(3)) != _month(3)
    assert repr(Intervals.pack(_month(1))).startswith("Intervals([BusyInterval")


SPANS = st.lists(st.integers(START, START + HORIZON), max_size=8, unique=True).map(
    lambda edges: list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


@given(several, SPANS)
def test_within_keeps_what_is_shown_and_hides_the_rest_under_one_block(
    items: list[BusyInterval], shown: list[tuple[int, int]]
) -> None:
    hidden = [(one[1], other[0]) for one, other in itertools.pairwise(shown)]
    found = list(Intervals.pack(items).within(shown, hidden))
    expected = [
        BusyInterval(part, item.status, item.details)
        for item in items
        for span in shown
        if (part := item.window.clip(TimeWindow.of_seconds(*span)))
    ]
    blocks = [BusyInterval(TimeWindow.of_seconds(*span), BusyStatus.BUSY) for span in hidden]
    assert sorted(map(repr, found)) == sorted(map(repr, expected + blocks))
    assert [interval.window.start for interval in found] == sorted(interval.window.start for interval in found)


def test_the_order_of_equal_parts_does_not_tell_which_began_first() -> None:
    def day(first: str, second: str) -> Intervals:
        begins = zip((START, START + 60), (first, second), strict=True)
        items = [
            BusyInterval(TimeWindow.of_seconds(at, START + 900), BusyStatus.BUSY, EventDetails(subject=subject))
            for at, subject in begins
        ]
        return Intervals.pack(items).within([(START + 300, START + 1800)], [(START, START + 300)])

    assert day("a", "b") == day("b", "a")


@given(several)
def test_redacted_events_lose_subject_and_place_and_nothing_else(items: list[BusyInterval]) -> None:
    packed = Intervals.pack(items)
    found = packed.redacted(lambda subject: subject == "Budget")
    for before, after in zip(packed, found, strict=True):
        if before.details is not None and before.details.subject == "Budget":
            assert after.details == replace(before.details, subject=None, location=None)
            assert (after.window, after.status) == (before.window, before.status)
        else:
            assert after == before
    assert packed.bare().redacted(lambda _: True) == packed.bare()


_FEW = st.lists(
    st.builds(
        lambda start, status, subject: BusyInterval(
            TimeWindow.of_seconds(START + start, START + start + 1), status, subject and EventDetails(subject=subject)
        ),
        st.integers(0, 2),
        st.sampled_from([BusyStatus.BUSY, BusyStatus.TENTATIVE]),
        st.sampled_from([None, "a", "b"]),
    ),
    max_size=3,
)


@given(_FEW, _FEW)
def test_the_digest_stands_for_all_there_is(first: list[BusyInterval], second: list[BusyInterval]) -> None:
    one, other = Intervals.pack(first), Intervals.pack(second)
    assert (one.digest == other.digest) == (one == other)
    assert one.digest == Intervals.pack(first).digest


@pytest.mark.parametrize("subject", ["x", "Jour fixe" * 9, "größer", "Łódź", "会議", "🎉 party"])
def test_the_weight_of_a_text_is_the_most_it_can_be_and_stays_as_it_is(subject: str) -> None:
    before = bytes_of_texts((subject, None, 0))
    orjson.dumps(subject)  # leaves the UTF-8 of it beside it
    assert getsizeof(subject) <= before == bytes_of_texts((subject, None, 0))


def test_no_text_weighs_nothing() -> None:
    assert bytes_of_texts((None, "", -1, "", None, 3)) == 0
