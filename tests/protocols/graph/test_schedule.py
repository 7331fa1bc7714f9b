"""getSchedule: what is sent, whose answer is whose, and that nothing doubtful ever reads as free."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.graph.schedule import View, ask, decode
from protocols.http import HttpResponse
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.graph.samples import ANN, BOB, BUSY, CELLS, DETAILS, NOW, START, WINDOW, at, item, schedule
from tests.protocols.mutation import covered, mutated
from tests.protocols.scripted import Peer, html, json, run


def asking(peer: Peer, mailboxes: tuple[Mailbox, ...] = (ANN,), question: Question = BUSY) -> list[Answer]:
    url, anchor = "https://graph.example", "fb1@contoso.example"
    return run(ask(peer, mailboxes, question, api_url=url, anchor=anchor, source="contoso", as_of=NOW))


def answers(*schedules: Any, mailboxes: tuple[Mailbox, ...] = (ANN,), question: Question = BUSY) -> list[Answer]:
    return asking(Peer(json({"value": list(schedules)})), mailboxes, question)


def known(*schedules: Any, question: Question = BUSY) -> Availability:
    [answer] = answers(*schedules, question=question)
    assert isinstance(answer, Availability)
    return answer


def reason(answer: Answer) -> Reason:
    assert isinstance(answer, Unavailable)
    return answer.reason


def test_one_request_asks_each_address_once_in_utc() -> None:
    peer = Peer(json({"value": [schedule("ann"), schedule("bob")]}))
    found = asking(peer, (ANN, BOB, ANN))
    [request] = peer.requests
    assert request.url == "https://graph.example/v1.0/users/fb1@contoso.example/calendar/getSchedule"
    assert request.headers["Prefer"] == 'outlook.timezone="UTC"'
    assert orjson.loads(request.body) == {
        "schedules": ["ann@contoso.example", "bob@contoso.example"],
        "startTime": {"dateTime": "2026-11-23T00:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-11-25T00:00:00", "timeZone": "UTC"},
        "availabilityViewInterval": 30,
    }
    assert [answer.mailbox for answer in found] == [ANN, BOB, ANN]


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "minutes"),
    [
        (timedelta(), timedelta(hours=1), at(23, 0), at(23, 1), 30),
        (timedelta(seconds=5), timedelta(seconds=6), at(23, 0), at(23, 0, 5), 5),
        (timedelta(), timedelta(minutes=12, microseconds=1), at(23, 0), at(23, 0, 13), 13),
        (timedelta(), timedelta(minutes=70), at(23, 0), at(23, 1, 30), 30),
    ],
)
def test_the_view_fits_the_window(start: Any, end: Any, first: Any, last: Any, minutes: int) -> None:
    assert View.over(TimeWindow(START + start, START + end)) == View(TimeWindow(first, last), minutes)


def test_nobody_asked_sends_nothing() -> None:
    assert asking(Peer(), ()) == []


def test_items_become_intervals() -> None:
    zone = {"name": "W. Europe Standard Time"}
    hours = {"daysOfWeek": ["monday"], "startTime": "08:00:00", "endTime": "17:00:00", "timeZone": zone}
    plan = item(at(23, 9), at(23, 10), subject="Plan", location="Room 1")
    secret = item(at(23, 11), at(23, 12), "oof", isPrivate=True, subject="Secret")
    found = known(schedule("Ann", plan, secret, workingHours=hours), question=DETAILS)
    assert list(found.intervals) == [
        BusyInterval(
            TimeWindow(at(23, 9), at(23, 10)), BusyStatus.BUSY, EventDetails(subject="Plan", location="Room 1")
        ),
        BusyInterval(TimeWindow(at(23, 11), at(23, 12)), BusyStatus.OUT_OF_OFFICE, EventDetails(private=True)),
    ]
    assert found.working_hours is not None
    assert (found.detail, found.unknown, found.source, found.as_of) == (DETAILS.detail, (), "contoso", NOW)


def test_a_busy_question_keeps_no_details() -> None:
    assert not known(schedule("ann", item(at(23, 9), at(23, 10), subject="Plan"))).intervals.has_details


def test_answers_are_matched_by_name_whatever_their_order() -> None:
    busy = item(at(23, 9), at(23, 10))
    found = answers(schedule("BOB"), schedule("ANN", busy), mailboxes=(ANN, BOB))
    assert [isinstance(answer, Availability) and len(answer.intervals) for answer in found] == [1, 0]


def test_an_answer_without_a_name_is_taken_by_its_place() -> None:
    nameless = {"scheduleItems": [item(at(23, 9), at(23, 10))]}
    first, second = answers(nameless, schedule("bob"), mailboxes=(ANN, BOB))
    assert isinstance(first, Availability)
    assert len(first.intervals) == 1
    assert isinstance(second, Availability)


@pytest.mark.parametrize(
    "value",
    [
        [schedule("bob")],
        [schedule("bob"), schedule("cy")],
        [schedule("bob"), schedule("bob"), {"scheduleItems": []}],
        [None, schedule("bob")],
        [schedule("ann"), schedule("ANN"), schedule("bob")],
        [],
    ],
)
def test_a_schedule_that_is_missing_or_there_twice_is_incomplete(value: list[Any]) -> None:
    found = answers(*value, mailboxes=(ANN, BOB))
    assert reason(found[0]) is Reason.INCOMPLETE


def test_an_error_is_one_schedules_own() -> None:
    failed = {"scheduleId": "ann@contoso.example", "error": {"message": "m", "responseCode": "5009"}}
    first, second = answers(failed, schedule("bob"), mailboxes=(ANN, BOB))
    assert reason(first) is Reason.NO_SUCH_MAILBOX
    assert isinstance(second, Availability)


def test_the_view_stands_in_for_absent_items_with_its_doubts() -> None:
    view = "0" * 18 + "22" + "4" + "0" * (CELLS - 22)
    found = known({"scheduleId": "ann@contoso.example", "availabilityView": view})
    assert list(found.intervals) == [BusyInterval(TimeWindow(at(23, 9), at(23, 10)), BusyStatus.BUSY)]
    assert found.unknown == (
        TimeWindow(at(23, 10), at(23, 10, 30)),
        TimeWindow(at(24, 23, 30), at(25, 0)),
    )


def test_the_view_speaks_where_the_items_are_silent() -> None:
    view = "0" * 18 + "22" + "0" * (CELLS - 20)
    assert len(known(schedule("ann", availabilityView=view)).intervals) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"scheduleItems": None, "availabilityView": None},
        {"scheduleItems": None, "availabilityView": ""},
        {"scheduleItems": {}, "availabilityView": "0" * CELLS},
        {"scheduleItems": [None], "availabilityView": "0" * CELLS},
        {},
    ],
)
def test_a_schedule_that_cannot_be_read_is_garbled(broken: dict[str, Any]) -> None:
    [answer] = answers({"scheduleId": "ann@contoso.example", **broken})
    assert reason(answer) is Reason.GARBLED


def test_unknown_time_is_cut_to_the_window() -> None:
    unknown = item(START - timedelta(hours=1), START + timedelta(hours=1), "unknown")
    outside = item(START - timedelta(hours=3), START - timedelta(hours=2), "unknown")
    assert known(schedule("ann", unknown, outside)).unknown == (TimeWindow(START, START + timedelta(hours=1)),)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (html(), Reason.GARBLED),
        (json({}), Reason.GARBLED),
        (json({"value": None}), Reason.GARBLED),
        (json({"error": {"code": "ErrorAccessDenied"}}, 403), Reason.NO_ACCESS),
        (json({"error": {"code": "TooManyRequests"}}, 429, Retry_After="3"), Reason.THROTTLED),
    ],
)
def test_a_call_that_failed_raises(response: HttpResponse, expected: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        asking(Peer(response))
    assert caught.value.reason is expected


_WORDS = {
    BusyStatus.WORKING_ELSEWHERE: "workingElsewhere",
    BusyStatus.TENTATIVE: "tentative",
    BusyStatus.BUSY: "busy",
    BusyStatus.OUT_OF_OFFICE: "oof",
}
_LOW = int(START.timestamp())


def wire(block: BusyInterval) -> dict[str, Any]:
    """An interval as Graph would write it."""
    details = block.details or EventDetails()
    words = {"subject": "never seen"} if details.private else {"subject": details.subject, "location": details.location}
    return item(block.window.start, block.window.end, _WORDS[block.status], isPrivate=details.private, **words)


@st.composite
def blocks(draw: st.DrawFn) -> BusyInterval:
    start = draw(st.integers(_LOW - 86_400, _LOW + 3 * 86_400))
    window = TimeWindow.of_seconds(start, start + draw(st.integers(1, 90_000)))
    private = draw(st.booleans())
    text = st.none() if private else st.none() | st.text(min_size=1)
    return BusyInterval(
        window,
        draw(st.sampled_from(list(_WORDS))),
        EventDetails(subject=draw(text), location=draw(text), private=private),
    )


@given(st.lists(blocks(), max_size=8))
def test_items_survive_the_wire(given_blocks: list[BusyInterval]) -> None:
    expected = Intervals.pack(block for block in given_blocks if block.window.overlaps(WINDOW))
    sent = schedule("ann", *(wire(block) for block in given_blocks))
    assert known(sent, question=DETAILS).intervals == expected
    assert known(sent).intervals == expected.bare()


_BLOCK = TimeWindow(at(24, 9), at(24, 10))
_VIEW = "0" * 66 + "22" + "0" * (CELLS - 68)
_WHOLE = {
    "value": [
        schedule("ann", item(_BLOCK.start, _BLOCK.end, subject="Plan"), availabilityView=_VIEW),
        schedule("bob", item(_BLOCK.start, _BLOCK.end, "tentative")),
    ]
}


@given(mutated(_WHOLE), st.sampled_from([BUSY, DETAILS]))
def test_a_damaged_answer_is_never_free(damaged: dict[str, Any], question: Question) -> None:
    try:
        found = decode(damaged, (ANN, BOB), question, source="contoso", as_of=NOW)
    except PeerError:
        return
    assert all(covered(answer, _BLOCK) for answer in found)


@given(st.integers(0, len(orjson.dumps(_WHOLE)) - 1))
def test_a_truncated_answer_is_garbled(length: int) -> None:
    with pytest.raises(PeerError) as caught:
        asking(Peer(HttpResponse(200, body=orjson.dumps(_WHOLE)[:length])))
    assert caught.value.reason is Reason.GARBLED


@given(st.text(alphabet="01234?", max_size=CELLS + 4))
def test_a_view_never_makes_a_cell_free_that_it_does_not_call_free(view: str) -> None:
    [answer] = answers({"scheduleId": "ann@contoso.example", "availabilityView": view})
    for number in range(CELLS):
        cell = TimeWindow(START + number * timedelta(minutes=30), START + (number + 1) * timedelta(minutes=30))
        assert covered(answer, cell) or view[number : number + 1] == "0"
