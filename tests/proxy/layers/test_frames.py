"""Tests of proxy/layers/frames.py."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.window import DAY, TimeWindow
from proxy.layers.frames import Frames

NOW = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)  # a Wednesday
instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(minutes=5), timedelta(days=62))


def _days(first: str, after: str) -> TimeWindow:
    return TimeWindow(datetime.fromisoformat(first + "T00Z"), datetime.fromisoformat(after + "T00Z"))


@pytest.mark.parametrize(
    ("asked", "frame"),
    [
        (_days("2026-11-25", "2026-11-26"), _days("2026-11-24", "2026-12-31")),
        (_days("2026-11-24", "2026-12-31"), _days("2026-11-24", "2026-12-31")),
        (_days("2026-11-23", "2026-11-25"), _days("2026-11-23", "2026-11-30")),
        (_days("2026-12-30", "2027-01-01"), _days("2026-12-28", "2027-01-04")),
        (_days("2026-11-23", "2026-11-30"), _days("2026-11-23", "2026-11-30")),
    ],
)
def test_frames_of_a_wednesday(asked: TimeWindow, frame: TimeWindow) -> None:
    assert Frames().of(asked, NOW) == frame


def test_a_peer_that_accepts_little_gets_little() -> None:
    frames = Frames(longest=10 * DAY)
    assert frames.home(NOW) == _days("2026-11-24", "2026-12-04")
    assert frames.of(_days("2026-12-04", "2026-12-09"), NOW) == _days("2026-11-30", "2026-12-10")
    assert frames.of(_days("2026-12-06", "2026-12-12"), NOW) == _days("2026-12-06", "2026-12-12")


@given(instants, lengths, instants, st.none() | st.integers(1, 62).map(lambda days: days * DAY))
def test_a_frame_covers_what_is_asked_and_no_more_than_is_accepted(
    start: datetime, length: timedelta, now: datetime, longest: timedelta | None
) -> None:
    asked = TimeWindow(start, start + length)
    frame = Frames(longest=longest).of(asked, now)
    assert frame.covers(asked)
    assert frame == asked or longest is None or frame.length <= longest
    if longest is None:
        assert frame.length <= max(37 * DAY, length + 14 * DAY)
        assert Frames().of(frame, now) == frame
