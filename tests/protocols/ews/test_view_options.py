"""Which window, which view, how long a cell."""

from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import Fault, RequestError
from protocols.ews.query import View
from protocols.ews.soap import encode_fault
from protocols.model.freebusy import Detail, Question
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import asking, decoded, interval, texts, valid, view

_BERLIN = '<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext>'


def _question(data: bytes) -> Question:
    question = decoded(data).question
    assert question is not None
    return question


def _fault(data: bytes) -> RequestError:
    with pytest.raises(RequestError) as refused:
        decoded(data)
    valid(encode_fault(refused.value))
    return refused.value


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("MergedOnly", View.MERGED_ONLY),
        ("FreeBusy", View.FREE_BUSY),
        ("Detailed FreeBusyMerged MergedOnly", View.DETAILED),
        ("None FreeBusy", View.FREE_BUSY),
        ("\n DetailedMerged  FreeBusy ", View.DETAILED_MERGED),
    ],
)
def test_of_several_words_the_one_that_returns_most(words: str, expected: View) -> None:
    assert decoded(asking(rest=view(words))).view is expected


def test_without_a_view_free_busy_is_meant() -> None:
    assert decoded(asking()).view is View.FREE_BUSY


@pytest.mark.parametrize("words", ["None", "", "Everything", "FreeBusy Everything"])
def test_views_that_cannot_be_asked_for(words: str) -> None:
    error = _fault(asking(rest=view(words)))
    assert error.fault is Fault.INVALID_VIEW
    assert texts(valid(encode_fault(error)), "ResponseCode") == ["ErrorInvalidFreeBusyViewType"]


def test_the_view_says_how_much_is_wanted() -> None:
    assert _question(asking(rest=view("DetailedMerged"))).detail is Detail.DETAILS
    assert _question(asking(rest=view("FreeBusyMerged"))).detail is Detail.BUSY


def test_a_cell_only_where_a_merged_view_is_wanted() -> None:
    assert _question(asking(rest=interval(60) + view("MergedOnly"))).interval == timedelta(hours=1)
    assert _question(asking(rest=view("MergedOnly"))).interval == timedelta(minutes=30)
    assert _question(asking(rest=interval(60) + view("FreeBusy"))).interval is None


def test_the_usual_cell_is_no_longer_than_the_window() -> None:
    short = asking(end="2026-11-23T00:10:00", rest=view("MergedOnly"))
    assert _question(short).interval == timedelta(minutes=10)


@pytest.mark.parametrize("minutes", [0, 4, 1441, -30, 10**9])
def test_cells_out_of_range(minutes: int) -> None:
    error = _fault(asking(rest=interval(minutes) + view("MergedOnly")))
    assert error.fault is Fault.INVALID_INTERVAL
    assert texts(valid(encode_fault(error)), "faultstring") == [
        "Specify an interval that is less than the free/busy time window and between 5 and 1440 minutes."
    ]


@pytest.mark.parametrize("minutes", [5, 1440])
def test_cells_at_the_edge(minutes: int) -> None:
    assert _question(asking(rest=interval(minutes) + view("MergedOnly"))).interval == timedelta(minutes=minutes)


def test_a_cell_longer_than_the_window() -> None:
    assert _fault(asking(end="2026-11-23T00:59:00", rest=interval(60))).fault is Fault.INVALID_INTERVAL


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-24T00:00:00", "2026-11-23T00:00:00"),
        ("2026-11-23T00:00:00", "2026-11-23T00:00:00"),
        ("2026-11-23T10:00:00+02:00", "2026-11-23T08:00:00Z"),
        ("0001-01-01T00:00:00", "0001-01-02T00:00:00"),
        ("9999-12-31T00:00:00", "9999-12-31T23:00:00"),
        ("1970-01-01T00:00:00+05:00", "1970-01-01T12:00:00"),
        ("2106-01-01T00:00:00", "2106-12-31T00:00:00"),
    ],
)
def test_windows_that_are_none(start: str, end: str) -> None:
    error = _fault(asking(start=start, end=end))
    assert error.fault is Fault.INVALID_WINDOW
    assert texts(valid(encode_fault(error)), "ResponseCode") == ["ErrorInvalidTimeInterval"]


def test_sixty_two_days_and_not_a_second_more() -> None:
    assert _question(asking(start="2026-11-01T00:00:00", end="2027-01-02T00:00:00")).window.length == timedelta(days=62)
    error = _fault(asking(start="2026-11-01T00:00:00", end="2027-01-02T00:00:01"))
    assert error.fault is Fault.WINDOW_TOO_LONG
    assert texts(valid(encode_fault(error)), "faultstring") == [
        "FreeBusyViewOptions.TimeWindow is too long. The allowed limit = 62 days; the actual limit = 63 days."
    ]


def test_sixty_two_days_by_the_wall_clock_when_the_clocks_go_back() -> None:
    window = _question(asking(start="2026-10-01T00:00:00", end="2026-12-02T00:00:00", header=_BERLIN)).window
    assert window.length == timedelta(days=62, hours=1)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23T00:00:00", "2026-11-24T00:00:00", (-1, 23)),
        ("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", (0, 24)),
        ("2026-11-23T00:00:00-08:00", "2026-11-24T00:00:00", (8, 23)),
        ("2026-11-23T00:00:00.0000000", "2026-11-23T22:59:59.9999999", (-1, 22)),
    ],
)
def test_naive_times_are_in_the_zone_and_others_say_their_own(start: str, end: str, hours: tuple[int, int]) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    window = TimeWindow(*(midnight + timedelta(hours=hour) for hour in hours))
    assert _question(asking(start=start, end=end, header=_BERLIN)).window == window


def test_the_hour_that_comes_twice_is_asked_about_twice() -> None:
    window = _question(asking(start="2026-10-25T02:00:00", end="2026-10-25T02:30:00", header=_BERLIN)).window
    assert window.length == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("start", "rest"), [("soon", ""), ("2026-13-01T00:00:00", ""), ("2026-11-23T00:00:00", interval("x"))]
)
def test_what_is_no_time_and_no_number_fails_the_schema(start: str, rest: str) -> None:
    error = _fault(asking(start=start, rest=rest))
    assert error.fault is Fault.MALFORMED
    assert texts(valid(encode_fault(error)), "LineNumber") == ["1"]


def test_a_time_of_endless_fractions_fails_the_schema() -> None:
    assert _question(asking(start="2026-11-23T00:00:00." + "0" * 14 + "+00:00")).window.length == timedelta(days=7)
    assert _fault(asking(start="2026-11-23T00:00:00." + "0" * 15 + "+00:00")).fault is Fault.MALFORMED
    assert _fault(asking(start="2026-11-23T00:00:00." + "0" * 100_000)).fault is Fault.MALFORMED


@pytest.mark.parametrize("name", ["TimeWindow", "StartTime", "EndTime"])
def test_what_is_missing(name: str) -> None:
    data = asking().replace(f"t:{name}>".encode(), f"t:Not{name}>".encode())
    assert _fault(data).fault is Fault.MISSING_ARGUMENT
