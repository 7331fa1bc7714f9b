"""What the sieve lets fall could not have mattered: proved against reading it."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.events import read
from protocols.caldav.lines import calendars
from protocols.caldav.occurrences import occurrences
from protocols.caldav.sieve import may_matter
from protocols.caldav.times import ANYWHERE, between
from protocols.caldav.zones import Zones
from protocols.recurrence.budget import Budget
from tests.protocols.caldav.ics import WINDOW, cal, event

ZONES = Zones(UTC, ANYWHERE)
STAMPS = st.builds(
    "{:04}{:02}{:02}{}".format,
    st.sampled_from([1, 2025, 2026, 2026, 9999]),
    st.integers(10, 13),
    st.integers(15, 32),
    st.sampled_from(["", "T000000", "T235959Z", "T120000", "T250000"]),
)
EDGES = st.builds(
    "{}{}:{}".format,
    st.sampled_from(["DTSTART", "DTEND", "dtstart", "RECURRENCE-ID", "EXDATE", "DTSTAMP"]),
    st.sampled_from(["", ";VALUE=DATE", ";TZID=Pacific/Kiritimati", ";TZID=Etc/GMT+12", ";TZID=Narnia", ';X="a:b"']),
    STAMPS,
)
LINES = st.one_of(
    EDGES,
    EDGES,
    EDGES,
    st.sampled_from(["DURATION:P900D", "RRULE:FREQ=WEEKLY", "RDATE:20261124T090000Z", "rrule:FREQ=DAILY"]),
)


@given(st.lists(LINES, max_size=4))
def test_what_falls_through_takes_no_time_of_the_window(lines: list[str]) -> None:
    [calendar] = calendars(cal(*event(*lines)))
    [block] = calendar.inner
    if may_matter(block.own, WINDOW):
        return
    try:
        found = list(occurrences([read(block, ZONES, owners=(), details=True)], WINDOW, Budget(10_000, 10_000)))
        windows = [between(each.start, each.end) for each in found]
    except ValueError:
        return  # where no time can be read, that it is days away could: see the next test
    assert not any(window and window.overlaps(WINDOW) for window in windows)


@pytest.mark.parametrize(
    ("lines", "matters"),
    [
        (["DTSTART:20250101T000000Z", "DTEND:20250102T000000Z"], False),
        (["DTSTART:20270101T000000Z", "DTEND:20270102T000000Z"], False),
        (["DTSTART:20250101T000000Z", "DTEND:20270102T000000Z"], True),
        (["DTSTART:20250101T000000Z", "DURATION:P900D"], True),
        (["DTSTART:20250101T000000Z", "RRULE:FREQ=DAILY"], True),
        (["DTSTART:20250101T000000Z", "rdate:20261124T000000Z"], True),
        (["DTSTART:20250101T000000Z", "RECURRENCE-ID:20261124T000000Z"], True),
        (["DTSTART:20250101T000000Z", "DTSTART:20261124T000000Z"], True),
        (["DTSTART:20250101T000000Z", "DTEND:nonsense"], True),
        (["DTSTART:20251301T000000Z"], True),
        (["DTSTART:20250101T000000Z", "item1.RRULE:FREQ=DAILY"], True),
        (["DTSTART:20250101T000000Z", "item1.DTEND:20261130T000000Z"], True),
        (["DTEND:20250101T000000Z"], True),
        (['DTSTART;TZID="a:20250101":20261124T000000Z'], True),
        ([], True),
    ],
)
def test_what_may_matter(lines: list[str], matters: bool) -> None:
    [calendar] = calendars(cal(*event(*lines)))
    assert may_matter(calendar.inner[0].own, WINDOW) is matters
