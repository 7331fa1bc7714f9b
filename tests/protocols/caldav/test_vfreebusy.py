"""VFREEBUSY: every way of writing a period, and what the component does not speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.icalendar import Scope, read
from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus
from tests.protocols.caldav.ics import NINE, WINDOW, cal, doubts, span, spans, told

WEEK = ("DTSTART:20261120T000000Z", "DTEND:20261201T000000Z")


def vfb(*lines: str) -> list[str]:
    return ["BEGIN:VFREEBUSY", *lines, "END:VFREEBUSY"]


@pytest.mark.parametrize(
    "lines",
    [
        ["FREEBUSY:20261124T090000Z/20261124T100000Z"],
        ["FREEBUSY:20261124T090000Z/PT1H"],
        ["FREEBUSY;FBTYPE=BUSY:20261124T090000Z/PT30M,20261124T093000Z/PT30M"],
        ["FREEBUSY:20261124T090000Z/PT30M", "FREEBUSY:20261124T093000Z/PT30M"],
        ["FREEBUSY;FBTYPE=X-HOLIDAY:20261124T090000Z/PT1H"],
        ["FREEBUSY;FBTYPE=busy:20261124T090000Z/PT1H"],
        ["FREEBUSY:20261124T090000Z/PT1H\r\n ,20261124T090000Z/PT1H"],
        ["FREEBUSY:20261124T090000/20261124T100000"],
        ["a.FREEBUSY:20261124T090000Z/PT1H"],
    ],
)
def test_ways_of_writing_the_same(lines: list[str]) -> None:
    found = told(*vfb(*WEEK, *lines))
    windows = sorted({block.window for block in found.intervals})
    assert span(windows[0])[:6] + span(windows[-1])[-9:] == NINE[:6] + NINE[-9:]
    assert {block.status for block in found.intervals} == {BusyStatus.BUSY}
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("word", "status"),
    [("BUSY-TENTATIVE", BusyStatus.TENTATIVE), ("BUSY-UNAVAILABLE", BusyStatus.OUT_OF_OFFICE), ("FREE", None)],
)
def test_each_type_has_its_status(word: str, status: BusyStatus | None) -> None:
    found = told(*vfb(*WEEK, f"FREEBUSY;FBTYPE={word}:20261124T090000Z/PT1H"))
    assert [block.status for block in found.intervals] == ([status] if status else [])


def test_without_periods_its_time_is_free_and_all_else_unknown() -> None:
    found = told(*vfb("DTSTART:20261124T000000Z", "DTEND:20261126T000000Z"))
    assert spans(found) == []
    assert doubts(found) == ["23T00:00-24T00:00", "26T00:00-30T00:00"]


def test_without_its_edges_only_the_periods_are_known() -> None:
    found = told(*vfb("FREEBUSY;FBTYPE=FREE:20261123T000000Z/P1D", "FREEBUSY:20261124T090000Z/PT1H"))
    assert spans(found) == [NINE]
    assert doubts(found) == ["24T00:00-24T09:00", "24T10:00-30T00:00"]


@pytest.mark.parametrize("edge", ["DTSTART:20261120T000000Z", "DTEND:20261201T000000Z"])
def test_one_edge_says_nothing(edge: str) -> None:
    assert doubts(told(*vfb(edge))) == ["23T00:00-30T00:00"]


def test_several_speak_of_several_times() -> None:
    one = vfb("DTSTART:20261123T000000Z", "DTEND:20261125T000000Z", "FREEBUSY:20261124T090000Z/PT1H")
    other = vfb("DTSTART:20261125T000000Z", "DURATION:P5D")
    found = told(*one, *other)
    assert spans(found) == [NINE]
    assert found.unknown == ()


def test_radicales_one_component_per_occurrence() -> None:
    busy = vfb("DTSTART:20261124T090000Z", "DTEND:20261124T100000Z", "FBTYPE:BUSY")
    free = vfb("DTSTART:20261125T090000Z", "DTEND:20261125T100000Z", "FBTYPE:FREE")
    maybe = vfb("DTSTART:20261126T090000Z", "DTEND:20261126T100000Z", "FBTYPE:BUSY-TENTATIVE")
    found = told(*busy, *free, *maybe, scope=Scope.ANSWER)
    assert [(span(block.window), block.status) for block in found.intervals] == [
        (NINE, BusyStatus.BUSY),
        ("26T09:00-26T10:00", BusyStatus.TENTATIVE),
    ]
    assert found.unknown == ()
    assert doubts(told(*busy))[0] == "23T00:00-24T09:00"  # a file with the same says nothing of the rest


def test_an_answer_without_any_is_free_and_a_file_without_any_is_not() -> None:
    assert told(scope=Scope.ANSWER).unknown == ()
    assert doubts(told(scope=Scope.FREE_BUSY)) == ["23T00:00-30T00:00"]


@pytest.mark.parametrize(
    "lines",
    [
        [*WEEK, "FREEBUSY:nonsense"],
        [*WEEK, "FREEBUSY:20261124T100000Z/20261124T090000Z"],
        ["DTSTART:20261201T000000Z", "DTEND:20261120T000000Z"],
        ["DTSTART:nonsense", "DTEND:20261201T000000Z"],
        ["FBTYPE:BUSY"],
    ],
)
def test_one_that_cannot_be_read_makes_all_unknown(lines: list[str]) -> None:
    for scope in Scope:
        assert doubts(told(*vfb(*lines), scope=scope)) == ["23T00:00-30T00:00"]


def test_a_period_in_a_zone_that_nobody_knows_is_unknown() -> None:
    found = told(*vfb(*WEEK, "FREEBUSY;TZID=Narnia:20261125T120000/20261125T130000"))
    assert spans(found) == []
    assert doubts(found) == ["24T22:00-26T01:00"]


def test_periods_keep_their_ends_beyond_the_window() -> None:
    found = told(*vfb(*WEEK, "FREEBUSY:20261122T230000Z/PT2H,20261129T230000Z/PT2H,20261201T000000Z/PT1H"))
    assert spans(found) == ["22T23:00-23T01:00", "29T23:00-30T01:00"]


@given(
    st.lists(st.tuples(st.integers(-48, 240), st.integers(0, 100)), max_size=8),
    st.integers(-48, 240),
    st.integers(1, 300),
    st.sampled_from(Scope),
)
def test_never_falsely_free(periods: list[tuple[int, int]], begin: int, length: int, scope: Scope) -> None:
    def written(hour: int) -> str:
        return f"202611{20 + (hour + 72) // 24:02}T{(hour + 72) % 24:02}0000Z" if hour < 168 else "20261130T000000Z"

    lines = [f"FREEBUSY:{written(start)}/PT{hours}H" for start, hours in periods]
    edges = [f"DTSTART:{written(begin)}", f"DTEND:{written(begin + length)}"]
    found = read(cal(*vfb(*edges, *lines)), WINDOW, zone=None, detail=Detail.BUSY, scope=scope)
    shown = {
        hour
        for window in [*(block.window for block in found.intervals), *found.unknown]
        for hour in range(168)
        if window.seconds[0] <= WINDOW.seconds[0] + hour * 3600 < window.seconds[1]
    }
    busy = {hour for start, hours in periods if start < 168 for hour in range(max(start, 0), min(start + hours, 168))}
    assert busy <= shown
    if scope is not Scope.ANSWER:
        silent = set(range(168)) - set(range(max(begin, 0), min(begin + length, 168)))
        assert silent <= shown
