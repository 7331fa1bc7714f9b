"""Tests of proxy/packed_answers.py."""

from dataclasses import replace
from datetime import UTC, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import (
    Answer,
    Availability,
    Detail,
    Part,
    Question,
    Reason,
    Unavailable,
    Weekday,
    WorkingHours,
    WorkingPeriod,
)
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.zones.rules import Change, RuleZone, ZoneRules
from proxy.layers.store import KEPT_REFUSALS
from proxy.packed_answers import Whose, packed, packed_doubt, unpacked, unpacked_doubt
from tests.contracts.scripted import window
from tests.contracts.virtual import START

ANN = Mailbox.parse("Ann@b.example")
ASKED = Question(window=window(0, 24 * 30))
DETAILED = replace(ASKED, detail=Detail.DETAILS)
RULES = ZoneRules(
    -60, Change(0, 10, 5, Weekday.SUNDAY, time(3)), Change(-60, 3, 5, Weekday.SUNDAY, time(2, 0, 0, 500_000), 2026)
)
ZONES: list[tzinfo] = [
    ZoneInfo("Europe/Berlin"),
    RuleZone(RULES),
    RuleZone(ZoneRules(300)),
    UTC,
    timezone(timedelta(hours=-3, minutes=-30)),
]

texts = st.none() | st.text(max_size=8)
details = st.builds(
    EventDetails, subject=texts, location=texts, meeting=st.booleans(), recurring=st.booleans(), reminder=st.booleans()
) | st.just(EventDetails(private=True))
intervals = st.builds(
    BusyInterval,
    window=st.builds(window, st.integers(-100, 800), st.integers(1, 90)),
    status=st.sampled_from(BusyStatus),
    details=st.none() | details,
)
minutes = st.integers(0, 1439)
periods = st.builds(
    lambda days, start, length: WorkingPeriod(days, start, min(start + length, 1440)),
    st.frozensets(st.sampled_from(Weekday), min_size=1),
    minutes,
    st.integers(1, 600),
)
hours = st.builds(WorkingHours, st.sampled_from(ZONES), st.lists(periods, max_size=3).map(tuple))


def _availability(question: Question = ASKED, *blocks: BusyInterval, **more: object) -> Availability:
    fields: dict[str, object] = {"mailbox": ANN, "window": question.window, "detail": question.detail}
    fields |= {"intervals": Intervals.pack(blocks), "source": "fabrikam", "as_of": START, **more}
    return Availability(**fields)  # type: ignore[arg-type]


def _again(content: bytes, question: Question = ASKED) -> Answer | None:
    return unpacked(content, Whose(ANN, question, START))


def _there_and_back(answer: Answer, question: Question) -> None:
    content = packed(answer, question)
    assert content is not None
    assert _again(content, question) == answer


@given(st.lists(intervals, max_size=8), st.none() | hours, st.sampled_from(Detail))
def test_what_is_packed_is_unpacked(blocks: list[BusyInterval], working: WorkingHours | None, detail: Detail) -> None:
    question = replace(ASKED, detail=detail)
    shown = [each if detail is Detail.DETAILS else replace(each, details=None) for each in blocks]
    answer = _availability(question, *shown, working_hours=working)
    _there_and_back(answer, question)
    again = _again(packed(answer, question) or b"", question)
    assert isinstance(again, Availability)
    assert again.intervals.overlapping(window(3, 5)) == answer.intervals.overlapping(window(3, 5))


@pytest.mark.parametrize("reason", Reason)
def test_the_refusals_that_are_kept_are_packed_and_doubt_never(reason: Reason) -> None:
    answer = Unavailable(mailbox=ANN, reason=reason, source="fabrikam", detail="what the peer said")
    if reason in KEPT_REFUSALS:
        _there_and_back(answer, ASKED)
        assert b"said" not in (packed(answer, ASKED) or b"")
    else:
        assert packed(answer, ASKED) is None


@pytest.mark.parametrize(
    "answer",
    [
        _availability(unknown=(window(3, 1),)),
        _availability(window=window(0, 24)),
        _availability(DETAILED),
        _availability(ASKED, BusyInterval(window(1, 1), BusyStatus.BUSY, EventDetails(subject="secret"))),
        _availability(parts=(Part("a"),)),
        _availability(members=(ANN,)),
        _availability(source="a" * 70_000),
        _availability(working_hours=WorkingHours(timezone(timedelta(microseconds=1)), ())),
        Unavailable(mailbox=ANN, reason=Reason.NO_ACCESS, whole_call=True),
        Unavailable(mailbox=ANN, reason=Reason.NO_ACCESS, parts=(Part("a"),)),
    ],
    ids=["doubt", "window", "level", "a subject", "parts", "members", "source", "zone", "whole call", "parts refused"],
)
def test_what_leaves_doubt_or_fits_not_is_not_packed(answer: Answer) -> None:
    assert packed(answer, ASKED) is None


SAMPLE = _availability(
    ASKED,
    BusyInterval(window(1, 2), BusyStatus.BUSY),
    BusyInterval(window(30, 1), BusyStatus.TENTATIVE),
    working_hours=WorkingHours(ZONES[0], (WorkingPeriod(frozenset({Weekday.MONDAY}), 480, 1020),)),
)
SECRET = _availability(DETAILED, BusyInterval(window(1, 2), BusyStatus.BUSY, EventDetails(subject="x", location="y")))


@pytest.mark.parametrize("answer", [SAMPLE, SECRET], ids=["busy", "details"])
def test_every_shortened_answer_is_none(answer: Availability) -> None:
    question = replace(ASKED, detail=answer.detail)
    content = packed(answer, question) or b""
    found = [_again(content[:length], question) for length in range(len(content))]
    # the JSON of the details is all that may lack at the end, and blocks without any are as busy
    assert [each for each in found if each is not None and _edges(each) != _edges(answer)] == []
    assert answer is SECRET or found == [None] * len(content)


def _edges(answer: Answer) -> list[tuple[int, int, int]]:
    assert isinstance(answer, Availability)
    return list(answer.intervals.edges())


@given(st.binary(max_size=200))
def test_no_bytes_are_read_as_more_than_they_say(content: bytes) -> None:
    for question in (ASKED, DETAILED):
        answer = _again(content, question)
        if isinstance(answer, Availability):
            assert packed(answer, question) is not None
            assert answer.unknown == ()


@given(st.data())
def test_a_byte_changed_never_makes_a_fault(data: st.DataObject) -> None:
    content = bytearray(packed(SECRET, DETAILED) or b"")
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    answer = _again(bytes(content), DETAILED)
    if isinstance(answer, Availability):
        list(answer.intervals)


def test_busy_never_answers_a_question_for_details() -> None:
    assert _again(packed(SAMPLE, ASKED) or b"", DETAILED) is None
    assert _again(packed(SECRET, DETAILED) or b"", ASKED) is None


def _of_blocks(starts: list[int], ends: list[int], statuses: bytes, details: bytes = b"") -> bytes:
    count = len(starts)
    edges = b"".join(edge.to_bytes(4, "little") for edge in (*starts, *ends))
    kind = b"\x02" if details else b"\x01"
    return kind + b"\x01\x00\x00\x00" + b"s" + count.to_bytes(4, "little") + edges + statuses + details


@pytest.mark.parametrize(
    "content",
    [
        _of_blocks([20, 10], [30, 40], b"\x03\x03"),
        _of_blocks([10], [10], b"\x03"),
        _of_blocks([10], [20], b"\x05"),
        _of_blocks([10], [20], b"\x03\x03"),
        b"\x00\x04loop",
        b"\x00\x09no-access"[:-1],
        b"\x00\x03x",
        b"\x03",
        b"\x04",
        b"\x07",
        b"",
    ],
    ids=[
        "order",
        "no length",
        "no status",
        "more behind",
        "not kept",
        "cut off",
        "no reason",
        "failure",
        "partly",
        "no kind",
        "nothing",
    ],
)
def test_what_no_node_writes_is_no_answer(content: bytes) -> None:
    assert _again(content) is None


@pytest.mark.parametrize(
    "details",
    [
        b"[]",
        b"[[null,null]]",
        b'[["x",null,8]]',
        b'[["x",null,-1]]',
        b"[[null,null,32]]",
        b"[[null,null,true]]",
        b"[[1,null,0]]",
        b"{",
    ],
)
def test_details_that_no_node_writes_are_no_answer(details: bytes) -> None:
    assert _again(_of_blocks([10], [20], b"\x03", b'[["x",null,1]]'), DETAILED) is not None
    assert _again(_of_blocks([10], [20], b"\x03", details), DETAILED) is None


unknowns = st.lists(st.builds(window, st.integers(0, 700), st.integers(1, 20)), min_size=1, max_size=3).map(tuple)


@given(st.lists(intervals, max_size=4), unknowns, st.sampled_from(Detail))
def test_what_is_partly_unknown_is_so_still(blocks: list[BusyInterval], unknown: Any, detail: Detail) -> None:
    question = replace(ASKED, detail=detail)
    shown = [each if detail is Detail.DETAILS else replace(each, details=None) for each in blocks]
    answer = _availability(question, *shown, unknown=unknown)
    content = packed_doubt(answer, question)
    assert content is not None
    assert unpacked_doubt(content, Whose(ANN, question, START)) == answer
    assert _again(content, question) is None  # nobody takes it for one without doubt


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("whole_call", [False, True])
def test_a_failure_is_told_as_it_was(reason: Reason, whole_call: bool) -> None:
    retry = timedelta(seconds=2.5) if whole_call else None
    answer = Unavailable(
        mailbox=ANN, reason=reason, retry_after=retry, whole_call=whole_call, source="fabrikam", detail="said"
    )
    content = packed_doubt(answer, ASKED)
    if reason in KEPT_REFUSALS and not whole_call:
        assert content is None
        return
    assert content is not None
    again = unpacked_doubt(content, Whose(ANN, ASKED, START))
    assert isinstance(again, Unavailable)
    assert again == answer
    assert (again.whole_call, again.source) == (whole_call, "fabrikam")
    assert b"said" not in content


@pytest.mark.parametrize(
    "answer",
    [
        _availability(),
        _availability(unknown=(window(3, 1),), parts=(Part("a"),)),
        _availability(unknown=(window(3, 1),), window=window(0, 24)),
        Unavailable(mailbox=ANN, reason=Reason.TIMEOUT, parts=(Part("a"),)),
    ],
    ids=["no doubt", "parts", "window", "parts refused"],
)
def test_what_is_no_doubt_or_fits_not_is_not_told(answer: Answer) -> None:
    assert packed_doubt(answer, ASKED) is None


PARTLY = packed_doubt(_availability(unknown=(window(3, 1),)), ASKED) or b""


@pytest.mark.parametrize(
    "content",
    [
        *(PARTLY[:length] for length in range(0, len(PARTLY), 3)),
        b"\x04\x02\x00\x00\x00[]" + (packed(_availability(), ASKED) or b""),
        b'\x03["timeout",null,false]',
        b'\x03["timeout",null,0,"x"]',
        b'\x03["timeout",null,false,7]',
        b'\x03["timeout",1e300,false,"x"]',
        b'\x03["nonsense",null,false,"x"]',
        b"\x03{",
        packed(_availability(), ASKED),
    ],
)
def test_doubt_that_no_node_writes_is_no_answer(content: bytes) -> None:
    assert unpacked_doubt(content, Whose(ANN, ASKED, START)) is None


@given(st.binary(max_size=200))
def test_no_bytes_are_read_as_doubt_that_is_none(content: bytes) -> None:
    for kind in (b"", b"\x03", b"\x04"):
        answer = unpacked_doubt(kind + content, Whose(ANN, ASKED, START))
        if isinstance(answer, Availability):
            assert answer.unknown


def test_a_busy_month_is_small() -> None:
    month = [BusyInterval(window(12 * number, 1), BusyStatus.BUSY) for number in range(60)]
    hours = WorkingHours(RuleZone(RULES), (WorkingPeriod(frozenset(Weekday), 480, 1020),))
    assert len(packed(_availability(ASKED, *month, working_hours=hours), ASKED) or b"") < 700
