"""The requests as they are written, and instants in them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.dav import (
    APPLE,
    CALDAV,
    DAV,
    calendar_query,
    free_busy_query,
    propfind,
    search,
    stamp,
    whole_seconds,
)
from protocols.http import HttpRequest
from protocols.model.window import TimeWindow
from protocols.safexml import parse
from tests.protocols.caldav.dav_samples import BASE, WINDOW


def test_propfind() -> None:
    request = propfind(
        BASE, f"{DAV}resourcetype", f"{CALDAV}calendar-timezone", f"{APPLE}calendar-availability", depth=1
    )
    assert (request.method, request.url, request.headers["Depth"]) == ("PROPFIND", BASE, "1")
    root = parse(request.body)
    assert root.tag == f"{DAV}propfind"
    assert [each.tag for each in root[0]] == [
        f"{DAV}resourcetype",
        f"{CALDAV}calendar-timezone",
        f"{APPLE}calendar-availability",
    ]


def test_a_search_is_escaped() -> None:
    root = parse(search(BASE, of=f"{CALDAV}calendar-user-address-set", text="a&b<c@x.example", properties=()).body)
    assert root.tag == f"{DAV}principal-property-search"
    assert root.findtext(f"{DAV}property-search/{DAV}match") == "a&b<c@x.example"


@pytest.mark.parametrize(("ask", "kind"), [(free_busy_query, "free-busy-query"), (calendar_query, "calendar-query")])
def test_reports_tell_the_window(ask: Callable[[str, TimeWindow], HttpRequest], kind: str) -> None:
    root = parse(ask(BASE, WINDOW).body)
    assert root.tag == f"{CALDAV}{kind}"
    [found] = root.iter(f"{CALDAV}time-range")
    assert (found.get("start"), found.get("end")) == ("20261123T000000Z", "20261130T000000Z")


def test_stamps_are_in_utc() -> None:
    assert stamp(datetime(2026, 11, 23, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))) == "20261122T230203Z"


@given(st.integers(0, 10**6 - 1), st.integers(0, 10**6 - 1))
def test_whole_seconds_lose_no_part_of_a_window(first: int, last: int) -> None:
    start = datetime(2026, 11, 23, 9, 0, 0, first, tzinfo=UTC)
    window = TimeWindow(start, datetime(2026, 11, 23, 9, 0, 5, last, tzinfo=UTC))
    whole = whole_seconds(window)
    assert whole.covers(window)
    assert whole.start.microsecond == whole.end.microsecond == 0
    assert whole.length <= window.length + timedelta(seconds=2)
