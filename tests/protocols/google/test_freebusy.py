"""freeBusy.query: what is sent, what an answer means, and that nothing doubtful ever reads as free."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.google.freebusy import API_URL, api, ask, decode
from protocols.http import HttpResponse
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.google.samples import ANN, BOB, BUSY, DETAILS, NOW, WINDOW, at, windows
from tests.protocols.mutation import covered, mutated
from tests.protocols.scripted import Peer, html, json, run


def calendar(*busy: tuple[datetime, datetime]) -> dict[str, Any]:
    return {"busy": [{"start": start.isoformat(), "end": end.isoformat()} for start, end in busy]}


def document(window: TimeWindow = WINDOW, groups: Any = None, **calendars: Any) -> dict[str, Any]:
    """An answer; a calendar's id is given by its local part."""
    body = {
        "kind": "calendar#freeBusy",
        "timeMin": window.start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "timeMax": window.end.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "calendars": {f"{name}@northwind.example": entry for name, entry in calendars.items()},
    }
    return body if groups is None else {**body, "groups": groups}


def asked(*answers: HttpResponse, mailboxes: tuple[Mailbox, ...] = (ANN,), question: Question = BUSY) -> list[Answer]:
    return run(ask(Peer(*answers), mailboxes, question, api_url=API_URL, source="northwind", as_of=NOW))


def reason(answer: Answer) -> Reason:
    assert isinstance(answer, Unavailable)
    return answer.reason


def test_one_request_asks_each_address_once_in_utc() -> None:
    peer = Peer(json(document(ann=calendar(), bob=calendar())))
    fine = Question(window=TimeWindow(at(23, 9).replace(microsecond=5), at(23, 10).replace(microsecond=5)))
    answers = run(ask(peer, (ANN, BOB, ANN), fine, api_url=API_URL, source="northwind", as_of=NOW))
    [request] = peer.requests
    assert (request.method, request.url) == ("POST", "https://www.googleapis.com/calendar/v3/freeBusy")
    assert orjson.loads(request.body) == {
        "timeMin": "2026-11-23T09:00:00Z",
        "timeMax": "2026-11-23T10:00:01Z",
        "timeZone": "UTC",
        "groupExpansionMax": 100,
        "calendarExpansionMax": 50,
        "items": [{"id": "ann@northwind.example"}, {"id": "bob@northwind.example"}],
    }
    assert [answer.mailbox for answer in answers] == [ANN, BOB, ANN]


def test_nobody_asked_sends_nothing() -> None:
    assert asked(mailboxes=()) == []


@pytest.mark.parametrize("given_url", ["https://g.example", "https://g.example/", "https://g.example/calendar/v3"])
def test_the_origin_may_carry_the_path(given_url: str) -> None:
    assert api(given_url) == "https://g.example/calendar/v3"


def test_every_block_is_busy_and_has_no_details() -> None:
    [answer] = asked(json(document(Ann=calendar((at(23, 9), at(23, 10))))), question=DETAILS)
    assert answer == Availability(
        mailbox=ANN,
        window=WINDOW,
        intervals=Intervals.pack([BusyInterval(TimeWindow(at(23, 9), at(23, 10)), BusyStatus.BUSY)]),
        source="northwind",
        as_of=NOW,
    )


def test_offsets_are_honoured_and_empty_blocks_take_no_time() -> None:
    busy = [
        {"start": "2026-11-23T10:00:00+01:00", "end": "2026-11-23T11:00:00+01:00"},
        {"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T10:00:00Z"},
    ]
    [answer] = asked(json(document(ann={"busy": busy})))
    assert isinstance(answer, Availability)
    assert [interval.window for interval in answer.intervals] == [TimeWindow(at(23, 9), at(23, 10))]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("notFound", Reason.NO_SUCH_MAILBOX),
        ("groupTooBig", Reason.GROUP_TOO_LARGE),
        ("tooManyCalendarsRequested", Reason.GROUP_TOO_LARGE),
        ("internalError", Reason.PEER_FAILED),
        ("somethingNew", Reason.PEER_FAILED),
    ],
)
def test_an_error_is_one_calendars_own(word: str, expected: Reason) -> None:
    failed = {"errors": [{"domain": "global", "reason": word}], "busy": []}
    answers = asked(json(document(ann=failed, bob=calendar())), mailboxes=(ANN, BOB))
    assert reason(answers[0]) is expected
    assert isinstance(answers[1], Availability)


def test_a_calendar_missing_from_the_answer_is_incomplete() -> None:
    answers = asked(json(document(bob=calendar())), mailboxes=(ANN, BOB))
    assert reason(answers[0]) is Reason.INCOMPLETE
    assert isinstance(answers[1], Availability)


def test_an_id_in_two_spellings_is_not_trusted() -> None:
    [answer] = asked(json(document(ann=calendar((at(23, 9), at(23, 10))), Ann=calendar())))
    assert reason(answer) is Reason.GARBLED


def test_what_the_answer_does_not_cover_is_unknown() -> None:
    narrow = TimeWindow(WINDOW.start + timedelta(days=1), WINDOW.end - timedelta(days=2))
    [answer] = asked(json(document(narrow, ann=calendar())))
    assert isinstance(answer, Availability)
    assert answer.unknown == (TimeWindow(WINDOW.start, narrow.start), TimeWindow(narrow.end, WINDOW.end))
    [other] = asked(json(document(TimeWindow(at(1, 0), at(2, 0)), ann=calendar())))
    assert reason(other) is Reason.INCOMPLETE


def test_a_group_is_busy_when_a_member_is() -> None:
    members = {"ann@northwind.example": {"calendars": ["Bob@northwind.example", "cy@northwind.example"]}}
    bob, cy = calendar((at(23, 9), at(23, 10))), calendar((at(24, 9), at(24, 10)))
    [answer] = asked(json(document(groups=members, bob=bob, cy=cy)))
    assert isinstance(answer, Availability)
    assert [interval.window.start for interval in answer.intervals] == [at(23, 9), at(24, 9)]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"errors": [{"reason": "groupTooBig"}]}, Reason.GROUP_TOO_LARGE),
        ({"calendars": ["bob@northwind.example", "gone@northwind.example"]}, Reason.INCOMPLETE),
        ({"calendars": []}, Reason.GARBLED),
        ({}, Reason.GARBLED),
    ],
)
def test_a_group_with_doubt_about_a_member_is_no_data(group: Any, expected: Reason) -> None:
    [answer] = asked(json(document(groups={"ann@northwind.example": group}, bob=calendar())))
    assert reason(answer) is expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (html(), Reason.GARBLED),
        (html(404), Reason.GARBLED),
        (HttpResponse(200, body=b"[]"), Reason.GARBLED),
        (json({"calendars": {}}), Reason.GARBLED),
        (json({**document(), "calendars": None}), Reason.GARBLED),
        (json({"error": {"code": 404, "errors": [{"reason": "notFound"}]}}, 404), Reason.PEER_FAILED),
        (json({"error": {"errors": [{"reason": "timeRangeTooLong"}]}}, 400), Reason.WINDOW_TOO_LONG),
    ],
)
def test_a_call_that_failed_raises(response: HttpResponse, expected: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        asked(response)
    assert caught.value.reason is expected


def test_what_send_raises_is_raised() -> None:
    with pytest.raises(PeerError):
        run(ask(Peer(PeerError(Reason.TIMEOUT)), (ANN,), BUSY, api_url=API_URL, source="n", as_of=NOW))


@given(st.lists(windows(), max_size=12))
def test_blocks_survive_the_wire(blocks: list[TimeWindow]) -> None:
    [answer] = asked(json(document(ann=calendar(*((b.start, b.end) for b in blocks)))))
    assert isinstance(answer, Availability)
    expected = Intervals.pack(BusyInterval(block, BusyStatus.BUSY) for block in set(blocks) if block.overlaps(WINDOW))
    assert answer.intervals == expected


_BLOCK = TimeWindow(at(24, 9), at(24, 10))
_WHOLE = document(ann=calendar((_BLOCK.start, _BLOCK.end)), bob=calendar((_BLOCK.start, _BLOCK.end)))


def test_the_measure_of_the_next_test_sees_free_time() -> None:
    gaps = document(ann=calendar((at(24, 9), at(24, 9, 20)), (at(24, 9, 30), at(24, 10))), bob=calendar())
    answers = decode(gaps, (ANN, BOB), BUSY, source="northwind", as_of=NOW)
    assert [covered(answer, _BLOCK) for answer in answers] == [False, False]


@given(mutated(_WHOLE))
def test_a_damaged_answer_is_never_free(damaged: dict[str, Any]) -> None:
    try:
        answers = decode(damaged, (ANN, BOB), BUSY, source="northwind", as_of=NOW)
    except PeerError:
        return
    assert all(covered(answer, _BLOCK) for answer in answers)


@given(st.integers(0, len(orjson.dumps(_WHOLE)) - 1))
def test_a_truncated_answer_is_garbled(length: int) -> None:
    with pytest.raises(PeerError) as caught:
        asked(HttpResponse(200, body=orjson.dumps(_WHOLE)[:length]))
    assert caught.value.reason is Reason.GARBLED


def test_far_away_times_do_not_break_the_answer() -> None:
    busy = [{"start": "0001-01-01T00:00:00+14:00", "end": "9999-12-31T23:59:59-14:00"}]
    [answer] = asked(json(document(ann={"busy": busy})))
    assert reason(answer) is Reason.GARBLED
    wide = calendar((datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)))
    [answer] = asked(json(document(ann=wide)))
    assert covered(answer, WINDOW)
