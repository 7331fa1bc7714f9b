"""A window is half-open and in UTC; clipping, widening and cutting keep its promises."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.window import DAY, TimeWindow
from tests.protocols.model.strategies import windows

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NINE, NINE),
        (TEN, NINE),
        (NINE.replace(tzinfo=None), TEN),
        (NINE, TEN.replace(tzinfo=None)),
        (NINE.astimezone(ZoneInfo("Europe/Berlin")), TEN),
        (NINE, TEN.astimezone(timezone(timedelta(hours=1)))),
    ],
)
def test_what_is_no_window(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="TimeWindow"):
        TimeWindow(start, end)


def test_neighbours_share_no_time() -> None:
    one, other = TimeWindow(NINE, TEN), TimeWindow(TEN, TEN + DAY)
    assert not one.overlaps(other)
    assert one.clip(other) is None
    assert one < other
    assert one.length == timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        (NINE, TEN, (1795424400, 1795428000)),
        (NINE + timedelta(microseconds=1), TEN, (1795424400, 1795428000)),
        (NINE, TEN + timedelta(microseconds=1), (1795424400, 1795428001)),
        (datetime(1969, 12, 31, 23, 59, 58, 5, UTC), datetime(1969, 12, 31, 23, 59, 58, 6, UTC), (-2, -1)),
        (
            datetime(9999, 12, 31, 23, 59, 58, 999_999, UTC),
            datetime.max.replace(tzinfo=UTC),
            (253402300798, 253402300800),
        ),
    ],
)
def test_seconds_round_outwards(start: datetime, end: datetime, seconds: tuple[int, int]) -> None:
    assert TimeWindow(start, end).seconds == seconds


@given(windows())
def test_seconds_go_there_and_back(window: TimeWindow) -> None:
    assert TimeWindow.of_seconds(*window.seconds) == window


@given(windows(), windows(), st.integers(0, 4 * 86_400))
def test_clip_is_what_both_share(one: TimeWindow, other: TimeWindow, at: int) -> None:
    clipped = one.clip(other)
    assert clipped == other.clip(one)
    assert (clipped is not None) == one.overlaps(other) == other.overlaps(one)
    instant = datetime.fromtimestamp(1_793_491_200 + at, UTC)
    in_both = one.start <= instant < one.end and other.start <= instant < other.end
    assert in_both == (clipped is not None and clipped.start <= instant < clipped.end)
    if clipped:
        assert one.covers(clipped)
        assert other.covers(clipped)


@given(windows(), st.timedeltas(timedelta(), 3 * DAY), st.timedeltas(timedelta(), 3 * DAY))
def test_widen(window: TimeWindow, before: timedelta, after: timedelta) -> None:
    wide = window.widen(before, after)
    assert wide.covers(window)
    assert wide.length == window.length + before + after
    assert wide.clip(window) == window


def test_widening_stops_where_the_years_end() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert TimeWindow(first + DAY, last - DAY).widen(7 * DAY, timedelta.max) == TimeWindow(first, last)


@given(windows(), st.timedeltas(timedelta(minutes=30), 10 * DAY))
def test_the_pieces_of_a_cut_are_the_window(window: TimeWindow, longest: timedelta) -> None:
    pieces = window.cut(longest)
    assert pieces[0].start == window.start
    assert pieces[-1].end == window.end
    assert all(a.end == b.start for a, b in pairwise(pieces))
    assert all(piece.length <= longest for piece in pieces)
    assert len(pieces) == -(-window.length // longest)


@pytest.mark.parametrize("longest", [timedelta(), -DAY])
def test_a_cut_wants_some_length(longest: timedelta) -> None:
    with pytest.raises(ValueError, match="TimeWindow"):
        TimeWindow(NINE, TEN).cut(longest)


def test_a_cut_longer_than_time_is_the_window() -> None:
    window = TimeWindow(NINE, datetime.max.replace(tzinfo=UTC))
    assert window.cut(timedelta.max) == [window]
