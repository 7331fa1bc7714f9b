"""Stretches of time as a set."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.spans import gaps, union
from protocols.model.window import TimeWindow
from tests.protocols.caldav.ics import at

WINDOW = TimeWindow(at(10), at(12))
HOURS = st.integers(0, 72)
SPANS = st.lists(
    st.builds(lambda a, b: TimeWindow(at(9) + timedelta(hours=a), at(9) + timedelta(hours=a + b + 1)), HOURS, HOURS)
)


@given(SPANS)
def test_union_and_gaps_are_the_window_and_nothing_twice(spans: list[TimeWindow]) -> None:
    parts = sorted([*union(spans, WINDOW), *gaps(spans, WINDOW)])
    assert parts[0].start == WINDOW.start
    assert parts[-1].end == WINDOW.end
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert all(any(span.overlaps(part) for span in spans) for part in union(spans, WINDOW))
    assert not any(span.overlaps(part) for span in spans for part in gaps(spans, WINDOW))
