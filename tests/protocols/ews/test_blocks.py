"""Busy time out of events and digits."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.ews.blocks import Blocks, Doubt, read_digits, read_events
from protocols.ews.names import T
from protocols.model.freebusy import Question
from protocols.model.intervals import BusyStatus, EventDetails
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import BERLIN, START, WEEK

_TIMES = "<t:StartTime>2026-11-23T09:00:00</t:StartTime><t:EndTime>2026-11-23T10:00:00</t:EndTime>"
_NINE = TimeWindow(START + timedelta(hours=9), START + timedelta(hours=10))


def _events(inner: str, *, details: bool = True, name: str = "CalendarEvent") -> Blocks:
    array = f'<t:CalendarEventArray xmlns:t="{T}"><t:{name}>{inner}</t:{name}></t:CalendarEventArray>'
    return read_events(etree.fromstring(array), UTC, details=details)


@pytest.mark.parametrize("word", ["NoData", "Napping", ""])
def test_a_type_that_says_nothing_is_time_not_known(word: str) -> None:
    blocks = _events(f"{_TIMES}<t:BusyType>{word}</t:BusyType>")
    assert (blocks.busy, blocks.unknown) == ([], [_NINE])


def test_a_missing_type_is_time_not_known() -> None:
    assert _events(_TIMES).unknown == [_NINE]


@pytest.mark.parametrize(
    "inner",
    [
        "<t:BusyType>Busy</t:BusyType>",
        _TIMES.replace("2026-11-23T10", "2026-11-22T10"),
        _TIMES.replace("2026-11-23T10", "soon"),
        _TIMES.replace("EndTime", "Ende"),
    ],
)
def test_an_event_without_its_time_is_doubt(inner: str) -> None:
    with pytest.raises(Doubt):
        _events(inner)


def test_something_else_among_the_events_is_doubt() -> None:
    with pytest.raises(Doubt):
        _events(f"{_TIMES}<t:BusyType>Busy</t:BusyType>", name="CalenderEvent")


def test_an_event_without_length_takes_no_time() -> None:
    assert _events(_TIMES.replace("T10", "T09")) == Blocks([], [])


def test_offsets_go_before_the_zone() -> None:
    array = etree.fromstring(
        f'<t:A xmlns:t="{T}"><t:CalendarEvent>{_TIMES.replace("00:00<", "00:00-05:00<")}'
        "<t:BusyType>OOF</t:BusyType></t:CalendarEvent></t:A>"
    )
    (found,) = read_events(array, BERLIN, details=False).busy
    assert found.window.start == START + timedelta(hours=14)
    assert found.status is BusyStatus.OUT_OF_OFFICE


@pytest.mark.parametrize(
    ("inner", "details"),
    [
        ("<t:Subject> x </t:Subject><t:IsPrivate>false</t:IsPrivate>", EventDetails(subject=" x ")),
        ("<t:Subject>x</t:Subject><t:IsPrivate>true</t:IsPrivate>", EventDetails(private=True)),
        ("<t:Subject>x</t:Subject><t:Location>y</t:Location>", EventDetails(private=True)),
        (
            "<t:Subject/><t:IsMeeting>1</t:IsMeeting><t:IsPrivate>0</t:IsPrivate>",
            EventDetails(subject="", meeting=True),
        ),
    ],
)
def test_details_and_where_privacy_is_not_said_it_is_meant(inner: str, details: EventDetails) -> None:
    event = f"{_TIMES}<t:BusyType>Busy</t:BusyType><t:CalendarEventDetails>{inner}</t:CalendarEventDetails>"
    assert _events(event).busy[0].details == details
    assert _events(event, details=False).busy[0].details is None


@given(st.text("012345", min_size=1, max_size=60), st.integers(5, 120), st.integers(0, 4))
def test_digits_draw_blocks_and_four_and_five_are_not_known(digits: str, minutes: int, short: int) -> None:
    step = timedelta(minutes=minutes)
    window = TimeWindow(START, START + len(digits) * step - timedelta(minutes=short))
    blocks = read_digits(digits, Question(window=window, interval=step))
    drawn = [
        next((str(_digit(one.status)) for one in blocks.busy if one.window.overlaps(cell)), None)
        or ("4" if any(gap.overlaps(cell) for gap in blocks.unknown) else "0")
        for cell in window.cut(step)
    ]
    assert "".join(drawn) == digits.replace("5", "4")


def _digit(status: BusyStatus) -> int:
    return {BusyStatus.TENTATIVE: 1, BusyStatus.BUSY: 2, BusyStatus.OUT_OF_OFFICE: 3}[status]


@pytest.mark.parametrize("digits", ["", "0" * 335, "0" * 337, "0" * 335 + "6", "0" * 335 + "x", "٠" * 336])
def test_other_strings_are_doubt(digits: str) -> None:
    with pytest.raises(Doubt):
        read_digits(digits, Question(window=WEEK))
