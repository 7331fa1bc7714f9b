"""An answer of a shape seen before is read as the parser would read it, or left to the parser."""

import re
import subprocess
import sys
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.ews.familiar_answers import Read, cut, is_apart, read_familiar
from protocols.ews.names import SOAP, M, T
from protocols.ews.query import View
from protocols.ews.reading import read, read_parsed
from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import (
    ANN,
    BOB,
    HOURS,
    START,
    WEEK,
    answered,
    block,
    blocks,
    event_details,
    known,
    request_of,
)

_DETAILS = Question(window=WEEK, detail=Detail.DETAILS, interval=timedelta(minutes=30))
_BUSY = Question(window=WEEK, interval=timedelta(minutes=30))
_MEETING = EventDetails(subject="Größe 1", location="", meeting=True, reminder=True)
_TRUTH = [block(9, details=_MEETING), block(9, details=EventDetails(private=True)), block(30, 2, BusyStatus.TENTATIVE)]
_OURS = answered(
    request_of(ANN, BOB, view=View.DETAILED),
    known(_TRUTH, hours=HOURS),
    known([block(60, details=EventDetails(subject="x & y"))], mailbox=BOB),
)
_NAMESPACE = f' xmlns="{T}"'
_EVENT = (
    "<CalendarEvent><StartTime>2026-11-23T09:00:00</StartTime><EndTime>2026-11-23T10:00:00</EndTime>"
    "<BusyType>Busy</BusyType><CalendarEventDetails><ID>00AF</ID><Subject>Staff</Subject><Location />"
    "<IsMeeting>true</IsMeeting><IsRecurring>true</IsRecurring><IsException>false</IsException>"
    "<IsReminderSet>false</IsReminderSet><IsPrivate>false</IsPrivate></CalendarEventDetails></CalendarEvent>"
)
# [MS-OXWAVLS] 4.2: how Exchange itself puts the names of the types
_EXCHANGE = (
    f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
    f'<GetUserAvailabilityResponse xmlns="{M}"><FreeBusyResponseArray><FreeBusyResponse>'
    '<ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode></ResponseMessage><FreeBusyView>'
    f"<FreeBusyViewType{_NAMESPACE}>Detailed</FreeBusyViewType><CalendarEventArray{_NAMESPACE}>{_EVENT}"
    f"{_EVENT.replace('T09:00:00', 'T11:00:00-05:00').replace('T10:00:00', 'T12:00:00-05:00')}</CalendarEventArray>"
    "</FreeBusyView></FreeBusyResponse></FreeBusyResponseArray></GetUserAvailabilityResponse></soap:Body>"
    "</soap:Envelope>"
).encode()
_REFUSED = answered(
    request_of(ANN, BOB, view=View.DETAILED), Unavailable(mailbox=ANN, reason=Reason.NO_ACCESS), known(_TRUTH)
)
_BARE = answered(request_of(ANN, BOB, view=View.FREE_BUSY), known(_TRUTH), known([]))
_DIGITS = answered(request_of(ANN, BOB), known(_TRUTH), known([]))
_SEEDS = [(_OURS, 2), (_EXCHANGE, 1), (_REFUSED, 2), (_BARE, 2), (_DIGITS, 2)]
_PIECES = st.sampled_from(
    [
        b"<!-- x -->", b"<![CDATA[x]]>", b"<!DOCTYPE a>", b"<?x y?>", b"\x00", b"&amp;", b"&#13;", b"&x;", b"&", b"]]>",
        b"x", b" ", b"\n", b"\xff", b"\xef\xbf\xbf", b"\xc3\xa4", b"/", b">", b"<a/>", b"<t:NoData/>", b"NoData",
        b"<t:CalendarEvent>", b"</t:CalendarEvent>", b"</t:CalendarEventArray>", b"<t:CalendarEventArray>",
        b"<m:FreeBusyResponse>", b"</m:FreeBusyResponse>", b"<m:FreeBusyResponseArray>", b"</m:FreeBusyResponseArray >",
    ]
)  # fmt: skip


def told(data: bytes, count: int, question: Question = _DETAILS, *, parsed: bool = False) -> object:
    """All that comes of reading ``data``, the words of a failure included."""
    reader = read_parsed if parsed else read
    try:
        answers = reader(data, [ANN, BOB, ANN][:count], question, zone=UTC, source="peer", as_of=START)
    except PeerError as error:
        return error.reason, str(error), error.retry_after
    return answers, [answer.detail for answer in answers]


def familiar(data: bytes, question: Question = _DETAILS) -> list[Read | None]:
    """What is read of each response without the parser."""
    whole = cut(data)
    return [read_familiar(whole, response, question) for response in whole.responses] if whole is not None else []


def blocks_of(data: bytes) -> list[BusyInterval]:
    """The blocks of the only mailbox, which are familiar."""
    (found,) = familiar(data)
    assert found is not None
    return list(found.intervals)


@pytest.mark.parametrize("question", [_DETAILS, _BUSY])
@pytest.mark.parametrize("data", [_OURS, _EXCHANGE, _BARE])
def test_what_servers_write_is_familiar(data: bytes, question: Question) -> None:
    found = familiar(data, question)
    assert found
    assert None not in found
    assert told(data, len(found), question) == told(data, len(found), question, parsed=True)


def test_all_of_an_event_is_read() -> None:
    details = EventDetails(subject="Staff", location="", meeting=True, recurring=True)
    assert blocks_of(_EXCHANGE) == [block(9, details=details), block(16, details=details)]


def test_no_more_is_read_than_was_asked_for() -> None:
    (found,) = familiar(_EXCHANGE, _BUSY)
    assert found is not None
    assert (found.detail, found.intervals.has_details) == (Detail.BUSY, False)


def test_the_events_are_new_each_time() -> None:
    for day in range(23, 29):
        data = _EXCHANGE.replace(b"2026-11-23T09", b"2026-11-%dT09" % day).replace(
            b"2026-11-23T10", b"2026-11-%dT10" % day
        )
        start = START + timedelta(days=day - 23, hours=9)
        assert blocks_of(data)[day > 23].window == TimeWindow(start, start + timedelta(hours=1))


def test_a_private_event_shows_neither_subject_nor_place() -> None:
    data = _EXCHANGE.replace(b"<IsPrivate>false", b"<IsPrivate>true")
    details = {one.details for one in blocks_of(data)}
    assert details == {EventDetails(meeting=True, recurring=True, private=True)}


def test_a_reminder_without_length_takes_no_time() -> None:
    assert len(blocks_of(_EXCHANGE.replace(b"T10:00:00", b"T09:00:00"))) == 1


@pytest.mark.parametrize(
    ("written", "meant"), [(b"a &amp; b", "a & b"), (b"&lt;b&gt;", "<b>"), (b"a&#13;", "a\r"), (b"]]", "]]")]
)
def test_entities_are_the_parser_s(written: bytes, meant: str) -> None:
    details = blocks_of(_EXCHANGE.replace(b"Staff", written))[0].details
    assert details is not None
    assert details.subject == meant


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Busy</", b"NoData</"),
        (b"Busy</", b"Napping</"),
        (b"<BusyType>Busy</BusyType>", b""),
        (b"T09:00:00", b"T09:00:00.5"),
        (b"T09:00:00", b"T24:00:00"),
        (b"T09:00:00", b"T10:00:01"),
        (b"2026-11-23T09", b"1969-11-23T09"),
        (b"</EndTime>", b"</EndTime> "),
        (b"<CalendarEvent>", b"<CalendarEvent >"),
        (b"<CalendarEvent>", b"<t:CalendarEvent>"),
        (b"</CalendarEvent>", b"</CalendarEvent><!-- x -->"),
        (b"</CalendarEvent>", b"<More/></CalendarEvent>"),
        (b"<IsPrivate>false</IsPrivate>", b""),
        (b"<IsPrivate>false", b"<IsPrivate>0"),
        (b"Staff", b"<![CDATA[Staff]]>"),
        (b"Staff", b"&unknown;"),
        (b"Staff", b"\n"),
        (b"Staff", b"\xef\xbf\xbe"),
        (b"<Subject>Staff</Subject><Location />", b"<Location /><Subject>Staff</Subject>"),
        (b"</CalendarEventArray>", b"</CalendarEventArray><CalendarEventArray/>"),
        (b"</CalendarEventArray>", b'</CalendarEventArray><MergedFreeBusy xmlns="x">00</MergedFreeBusy>'),
        (b"NoError", b"ErrorServerBusy"),
        (b"Success", b"Warning"),
        (b">Detailed<", b">None<"),
        (b">Detailed<", b">MergedOnly<"),
    ],
)
def test_the_unusual_is_left_to_the_parser(old: bytes, new: bytes) -> None:
    assert old in _EXCHANGE
    data = _EXCHANGE.replace(old, new)
    assert familiar(data) in ([], [None])
    assert told(data, 1) == told(data, 1, parsed=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"utf-8", b"iso-8859-1"),
        (b"<soap:Body>", b"<soap:Body><!-- x -->"),
        (b"<soap:Body>", b"<?x y?><soap:Body>"),
        (b"<FreeBusyResponse>", b"<FreeBusyResponse >"),
        (b"</FreeBusyResponse>", b"</FreeBusyResponse><Other/>"),
        (b"</FreeBusyResponseArray>", b"</FreeBusyResponseArray><FreeBusyResponseArray/>"),
        (b"<FreeBusyResponseArray>", b"<FreeBusyResponseArray/><FreeBusyResponseArray>"),
        (b"</soap:Envelope>", b" " * 9_000 + b"</soap:Envelope>"),
        (b"Staff", b"\xe4"),
    ],
)
def test_a_frame_that_is_not_plain_is_not_cut(old: bytes, new: bytes) -> None:
    data = _EXCHANGE.replace(old, new)
    assert data != _EXCHANGE
    assert cut(data) is None
    assert told(data, 1) == told(data, 1, parsed=True)


@pytest.mark.parametrize("opening", ["<CalendarEventArray >", f'<CalendarEventArray a=""{_NAMESPACE}>'])
def test_an_array_in_disguise_does_not_hide_behind_another(opening: str) -> None:
    """The real events stand in the disguised array, and in the plain one beside it, which is no part of the view."""
    other = f"<WorkingHours{_NAMESPACE}><CalendarEventArray></CalendarEventArray></WorkingHours>"
    real = f"{opening}{_EVENT}</CalendarEventArray >"
    data = re.sub(rb"<CalendarEventArray.*</CalendarEventArray>", f"{real}{other}".encode(), _EXCHANGE)
    assert familiar(data) == [None]
    assert told(data, 1) == told(data, 1, parsed=True)


def test_a_response_that_is_not_familiar_spoils_no_other() -> None:
    assert [one is None for one in familiar(_REFUSED)] == [True, False]
    whole = cut(_REFUSED)
    assert whole is not None
    assert is_apart(whole.responses[0])
    assert told(_REFUSED, 2) == told(_REFUSED, 2, parsed=True)


def test_half_a_response_is_not_mended_by_its_neighbour() -> None:
    data = _REFUSED.replace(b"</m:ResponseMessage>", b"</m:ResponseMessage><x>", 1)
    assert told(data, 2) == told(data, 2, parsed=True)
    assert told(data, 2)[0] is Reason.GARBLED  # type: ignore[index]


def test_no_answer_can_name_the_event_that_stands_in_for_the_others() -> None:
    script = "from protocols.ews import familiar_answers; print(familiar_answers._STAND_IN)"
    found = {
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    }
    assert len(found) == 2
    assert {len(one) for one in found} == {32}


def test_an_endless_shape_is_left_to_the_parser_and_not_remembered() -> None:
    data = _EXCHANGE.replace(b"</FreeBusyView>", b" " * 9_000 + b"</FreeBusyView>")
    assert familiar(data) == [None]
    assert told(data, 1) == told(data, 1, parsed=True)


@given(
    st.sampled_from(_SEEDS), st.floats(0, 1), st.integers(0, 12), st.lists(_PIECES, max_size=3), st.floats(0, 1),
    st.integers(0, 300), st.sampled_from([_DETAILS, _BUSY]),
)  # fmt: skip
def test_never_other_than_the_parser(
    seed: tuple[bytes, int], at: float, gone: int, pieces: list[bytes], source: float, copied: int, question: Question
) -> None:
    data, count = seed
    place, start = int(at * len(data)), int(source * len(data))
    copy = data[start : start + copied] if copied > 200 else b""
    changed = data[:place] + b"".join(pieces) + copy + data[place + gone :]
    assert told(changed, count, question) == told(changed, count, question, parsed=True)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4), st.sampled_from([_DETAILS, _BUSY]))
def test_never_other_than_the_parser_where_tags_move(moves: list[tuple[int, int]], question: Question) -> None:
    pieces = re.split(rb"(?=<)", _EXCHANGE)
    for move in moves:
        one, other = (place % len(pieces) for place in move)
        pieces[one], pieces[other] = pieces[other], pieces[one]
    data = b"".join(pieces)
    assert told(data, 1, question) == told(data, 1, question, parsed=True)


@given(blocks(st.none() | event_details()), blocks(st.none() | event_details()), st.sampled_from([_DETAILS, _BUSY]))
def test_any_events(one: list[BusyInterval], other: list[BusyInterval], question: Question) -> None:
    data = answered(request_of(ANN, BOB, view=View.DETAILED), known(one), known(other, mailbox=BOB))
    answers = told(data, 2, question)
    assert answers == told(data, 2, question, parsed=True)
    assert _lengths(answers) == [len(one), len(other)]


def _lengths(answers: object) -> list[int]:
    found: list[Answer] = answers[0]  # type: ignore[index]
    return [0 if isinstance(answer, Unavailable) else len(answer.intervals) for answer in found]
