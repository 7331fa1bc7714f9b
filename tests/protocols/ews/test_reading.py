"""A peer's answer, read with suspicion."""

import copy
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.errors import Fault, PeerError, RequestError
from protocols.ews.names import M, T
from protocols.ews.query import View
from protocols.ews.reading import read
from protocols.ews.soap import encode_fault, envelope
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyStatus, EventDetails
from protocols.model.mailbox import Mailbox
from tests.protocols.ews.samples import ANN, BOB, HOURS, START, WEEK, answered, block, known, request_of
from tests.protocols.mutation import covered

_TRUTH = [block(9), block(30, 2, BusyStatus.TENTATIVE, EventDetails(subject="x", meeting=True)), block(60, 5)]
_WHOLE = answered(
    request_of(ANN, BOB, view=View.DETAILED), known(_TRUTH, hours=HOURS), known(_TRUTH, mailbox=BOB, hours=HOURS)
)
_OK = '<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
_TYPE = "<t:FreeBusyViewType>{}</t:FreeBusyViewType>"
_QUESTION = Question(window=WEEK, detail=Detail.DETAILS, interval=timedelta(minutes=30))


def _read(data: bytes, *mailboxes: Mailbox) -> list[Answer]:
    return read(data, mailboxes or [ANN], _QUESTION, zone=UTC, source="peer", as_of=START)


def _one(inner: str) -> Answer:
    array = f"<m:FreeBusyResponseArray><m:FreeBusyResponse>{inner}</m:FreeBusyResponse></m:FreeBusyResponseArray>"
    (answer,) = _read(
        envelope(f'<m:GetUserAvailabilityResponse xmlns:m="{M}" xmlns:t="{T}">{array}</m:GetUserAvailabilityResponse>')
    )
    return answer


def _seen(view: str, inner: str = "") -> Answer:
    return _one(f"{_OK}<m:FreeBusyView>{_TYPE.format(view)}{inner}</m:FreeBusyView>")


def _reason(answer: Answer) -> Reason:
    assert isinstance(answer, Unavailable)
    return answer.reason


def test_a_whole_answer() -> None:
    first, second = _read(_WHOLE, ANN, BOB)
    assert isinstance(first, Availability)
    assert isinstance(second, Availability)
    assert (first.mailbox, second.mailbox) == (ANN, BOB)
    assert (first.source, first.as_of, first.detail) == ("peer", START, Detail.DETAILS)
    assert list(first.intervals) == _TRUTH


@pytest.mark.parametrize(
    "data", [b"", b"<!DOCTYPE html><html></html>", b"<html/>", envelope(""), envelope("<a/>"), _WHOLE[:-9]]
)
def test_what_is_no_answer_at_all(data: bytes) -> None:
    with pytest.raises(PeerError) as failed:
        _read(data, ANN, BOB)
    assert failed.value.reason is Reason.GARBLED


@pytest.mark.parametrize("mailboxes", [(ANN,), (ANN, BOB, ANN)])
def test_as_many_answers_as_mailboxes_or_none_at_all(mailboxes: tuple[Mailbox, ...]) -> None:
    with pytest.raises(PeerError, match="2 responses for"):
        _read(_WHOLE, *mailboxes)


def test_a_fault_with_status_200() -> None:
    with pytest.raises(PeerError) as failed:
        _read(encode_fault(RequestError(Fault.BUSY), back_off=timedelta(seconds=9)))
    assert (failed.value.reason, failed.value.retry_after) == (Reason.THROTTLED, timedelta(seconds=9))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ErrorMailRecipientNotFound", Reason.NO_SUCH_MAILBOX),
        ("ErrorInvalidSmtpAddress", Reason.NO_SUCH_MAILBOX),
        ("ErrorNoFreeBusyAccess", Reason.NO_ACCESS),
        ("ErrorTimeoutExpired", Reason.TIMEOUT),
        ("ErrorSomethingNew", Reason.PEER_FAILED),
        ("NoError", Reason.INCOMPLETE),
        ("", Reason.INCOMPLETE),
    ],
)
def test_errors_per_mailbox(code: str, reason: Reason) -> None:
    message = f'<m:ResponseMessage ResponseClass="Error"><m:ResponseCode>{code}</m:ResponseCode></m:ResponseMessage>'
    assert _reason(_one(f"{message}<m:FreeBusyView>{_TYPE.format('FreeBusy')}</m:FreeBusyView>")) is reason


@pytest.mark.parametrize(
    ("inside", "wait"),
    [
        ('<t:Value Name="InnerErrorResponseCode">ErrorServerBusy</t:Value>', None),
        ('<t:Value Name="BackOffMilliseconds">1500</t:Value>', timedelta(seconds=1.5)),
    ],
)
def test_throttling_of_one_mailbox_hides_in_a_server_error(inside: str, wait: timedelta | None) -> None:
    answer = _one(
        '<m:ResponseMessage ResponseClass="Error"><m:ResponseCode>ErrorInternalServerError</m:ResponseCode>'
        f"<m:MessageXml>{inside}</m:MessageXml></m:ResponseMessage>"
    )
    assert isinstance(answer, Unavailable)
    assert (answer.reason, answer.retry_after) == (Reason.THROTTLED, wait)


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("", Reason.GARBLED),
        (_OK, Reason.GARBLED),
        (f"{_OK}<m:FreeBusyView/>", Reason.GARBLED),
        (
            f"{_OK.replace('Success', 'Warning')}<m:FreeBusyView>{_TYPE.format('FreeBusy')}</m:FreeBusyView>",
            Reason.INCOMPLETE,
        ),
        (f"<m:FreeBusyView>{_TYPE.format('FreeBusy')}</m:FreeBusyView>", Reason.GARBLED),
    ],
)
def test_half_answers_are_doubt(inner: str, reason: Reason) -> None:
    assert _reason(_one(inner)) is reason


@pytest.mark.parametrize(
    ("view", "inner", "reason"),
    [
        ("None", "", Reason.INCOMPLETE),
        ("Everything", "", Reason.GARBLED),
        ("MergedOnly", "", Reason.GARBLED),
        ("MergedOnly", "<t:MergedFreeBusy>00</t:MergedFreeBusy>", Reason.GARBLED),
        ("FreeBusy", "<t:CalenderEventArray/>", Reason.GARBLED),
        ("FreeBusy", "<t:CalendarEventArray/><t:CalendarEventArray/>", Reason.GARBLED),
    ],
)
def test_views_that_leave_a_doubt(view: str, inner: str, reason: Reason) -> None:
    assert _reason(_seen(view, inner)) is reason


@pytest.mark.parametrize("inner", ["", "<t:CalendarEventArray/>"])
def test_no_events_are_free(inner: str) -> None:
    answer = _seen("FreeBusy", inner)
    assert isinstance(answer, Availability)
    assert (len(answer.intervals), answer.unknown, answer.detail) == (0, (), Detail.BUSY)


@pytest.mark.parametrize("view", ["MergedOnly", "FreeBusyMerged"])
def test_digits_count_where_there_are_no_events(view: str) -> None:
    answer = _seen(view, f"<t:MergedFreeBusy>{'0' * 18 + '2245' + '0' * 314}</t:MergedFreeBusy>")
    assert isinstance(answer, Availability)
    assert list(answer.intervals) == [block(9)]
    assert [gap.length for gap in answer.unknown] == [timedelta(hours=1)]


def _event(hour: int, word: str) -> str:
    times = f"<t:StartTime>2026-11-23T{hour:02}:00:00</t:StartTime><t:EndTime>2026-11-23T{hour:02}:40:00</t:EndTime>"
    return f"<t:CalendarEvent>{times}<t:BusyType>{word}</t:BusyType></t:CalendarEvent>"


def _both(view: str, digits: str, events: str = "") -> Availability:
    merged = f"<t:MergedFreeBusy>{digits.ljust(336, '0')}</t:MergedFreeBusy>"
    answer = _seen(view, f"{merged}<t:CalendarEventArray>{events}</t:CalendarEventArray>")
    assert isinstance(answer, Availability)
    return answer


@pytest.mark.parametrize("view", ["MergedOnly", "FreeBusyMerged", "DetailedMerged"])
def test_a_blank_array_beside_digits_is_no_free_calendar(view: str) -> None:
    answer = _both(view, "0" * 18 + "2245")
    assert list(answer.intervals) == [block(9)]
    assert [gap.length for gap in answer.unknown] == [timedelta(hours=1)]


@pytest.mark.parametrize("view", ["MergedOnly", "FreeBusyMerged"])
@pytest.mark.parametrize(
    ("word", "digit", "explained"),
    [
        ("Busy", "2", True),
        ("OOF", "2", True),
        ("Tentative", "2", False),
        ("Free", "1", False),
        ("WorkingElsewhere", "1", False),
        ("NoData", "3", False),
    ],
)
def test_an_event_explains_no_digit_stronger_than_itself(view: str, word: str, digit: str, explained: bool) -> None:
    answer = _both(view, "0" * 18 + digit * 2, _event(9, word))
    status = {"1": BusyStatus.TENTATIVE, "2": BusyStatus.BUSY, "3": BusyStatus.OUT_OF_OFFICE}[digit]
    assert (block(9, status=status) in list(answer.intervals)) is not explained


def test_what_is_free_or_elsewhere_goes_with_the_digits_that_say_so() -> None:
    answer = _both("FreeBusyMerged", "0" * 18 + "4400", _event(9, "WorkingElsewhere") + _event(10, "Free"))
    assert [one.status for one in answer.intervals] == [BusyStatus.WORKING_ELSEWHERE, BusyStatus.FREE]
    assert answer.unknown == ()


def test_time_without_data_beside_events_is_not_known() -> None:
    answer = _both("FreeBusyMerged", "0" * 18 + "2245", _event(9, "Busy"))
    assert [one.status for one in answer.intervals] == [BusyStatus.BUSY]
    assert [gap.length for gap in answer.unknown] == [timedelta(hours=1)]


def test_digits_in_the_wrong_number_are_a_doubt_whatever_the_events_say() -> None:
    inner = f"<t:MergedFreeBusy>00</t:MergedFreeBusy><t:CalendarEventArray>{_event(9, 'Busy')}</t:CalendarEventArray>"
    assert _reason(_seen("FreeBusyMerged", inner)) is Reason.GARBLED


@given(st.integers(0, len(_WHOLE) - 1))
def test_no_truncated_answer_is_believed(length: int) -> None:
    with pytest.raises(PeerError):
        _read(_WHOLE[:length], ANN, BOB)


@given(st.data())
def test_no_damaged_answer_shows_busy_time_as_free(data: st.DataObject) -> None:
    """An event, or all of them, removed without a trace cannot be noticed; all else is."""
    root = copy.deepcopy(etree.fromstring(_WHOLE))
    spared = {"CalendarEvent", "CalendarEventArray", "FreeBusyResponseArray"}
    places = [one for one in root.iter() if one is not root and etree.QName(one).localname not in spared]
    victim = data.draw(st.sampled_from([one for one in places if one.getparent() is not None]))
    what = data.draw(st.sampled_from(["remove", "rename", "empty", "junk"]))
    parent = victim.getparent()
    assert parent is not None
    if what == "remove":
        parent.remove(victim)
    elif what == "rename":
        victim.tag = f"{{{T}}}Renamed"
    else:
        for child in list(victim):
            victim.remove(child)
        victim.text = "junk" if what == "junk" else None
    try:
        answers = _read(etree.tostring(root), ANN, BOB)
    except PeerError:
        return
    for answer in answers:
        assert all(covered(answer, one.window) for one in _TRUTH)
