"""Days may be those of another zone than the server took: busy as told, and unknown where they may be as well."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.told import Told
from protocols.caldav.whole_days import doubted, with_margin
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.window import TimeWindow

DAY0 = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = TimeWindow(DAY0, DAY0 + timedelta(days=7))
BERLIN, NEW_YORK, LONDON = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Europe/London"))
HOURS = st.integers(0, 7 * 24)


def at(hours: float) -> datetime:
    return DAY0 + timedelta(hours=hours)


def doubts(*blocks: tuple[float, float], zone: ZoneInfo | None, each: bool = False) -> list[tuple[float, float]]:
    """The hours that are unknown beside these, which are busy."""
    found = Intervals.pack(BusyInterval(TimeWindow(at(start), at(end)), BusyStatus.BUSY) for start, end in blocks)
    told = doubted(Told(intervals=found), WINDOW, zone, each=each)
    assert list(told.intervals) == list(found)
    hour = timedelta(hours=1)
    return [((gap.start - DAY0) / hour, (gap.end - DAY0) / hour) for gap in told.unknown]


@pytest.mark.parametrize(
    ("block", "zone", "expected"),
    [
        ((48, 72), BERLIN, [(47, 48)]),
        ((48, 96), BERLIN, [(47, 48)]),
        ((48, 72), NEW_YORK, [(72, 77)]),
        ((48, 72), LONDON, []),
        ((48, 72), ZoneInfo("UTC"), []),
        ((48, 72), None, [(34, 48), (72, 84)]),
        ((47, 71), None, []),  # a day in Berlin, as told by a server that knows the zone
        ((47, 95), BERLIN, []),
        ((48, 73), BERLIN, [(47, 48)]),  # a meeting follows at once
        ((40, 72), NEW_YORK, [(72, 77)]),
        ((50, 60), None, []),
        ((48, 60), None, []),
    ],
)
def test_whole_days(block: tuple[float, float], zone: ZoneInfo | None, expected: list[tuple[float, float]]) -> None:
    assert doubts(block, zone=zone) == expected


def test_a_day_told_in_pieces_is_a_day() -> None:
    assert doubts((48, 60), (60, 72), zone=BERLIN) == [(47, 48)]


def test_where_the_server_knows_no_zone_every_block_is_doubted() -> None:
    assert doubts((50, 51), zone=BERLIN, each=True) == [(49, 50)]
    assert doubts((50, 52), zone=BERLIN, each=True) == [(49, 50)]


def test_what_is_asked_are_the_days_that_touch_the_window_anywhere() -> None:
    quarter = TimeWindow(at(22.5), at(22.75))
    assert with_margin(quarter) == TimeWindow(at(0), at(48))
    assert with_margin(WINDOW) == TimeWindow(DAY0 - timedelta(days=1), WINDOW.end + timedelta(days=1))
    last = TimeWindow(datetime(9999, 12, 31, 23, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert with_margin(last).end == last.end
    first = TimeWindow(datetime.min.replace(tzinfo=UTC), datetime.min.replace(hour=1, tzinfo=UTC))
    assert with_margin(first).start == first.start


@given(
    st.integers(0, 6),
    st.integers(1, 3),
    st.sampled_from(["Pacific/Kiritimati", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Etc/GMT+12"]),
    st.booleans(),
    st.tuples(HOURS, st.integers(1, 48)),
)
def test_no_day_is_free_in_its_own_zone(first: int, days: int, zone: str, known: bool, asked: tuple[int, int]) -> None:
    """Whatever is asked about: what the server takes for UTC's days covers those of the zone, or they are unknown."""
    window = TimeWindow(at(asked[0]), at(asked[0] + asked[1]))
    day = DAY0 + timedelta(days=first)
    as_utc = TimeWindow(day, day + timedelta(days=days)).clip(with_margin(window))
    found = Intervals.pack([BusyInterval(as_utc, BusyStatus.BUSY)] if as_utc else [])
    told = doubted(Told(intervals=found), window, ZoneInfo(zone) if known else None)
    start, end = (each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in (day, day + timedelta(days=days)))
    taken = [block.window for block in told.intervals] + list(told.unknown)
    for half in range(asked[1] * 2):
        instant = window.start + half * timedelta(minutes=30)
        if start <= instant < end:
            assert any(span.start <= instant < span.end for span in taken)
