"""freeBusy.query as a server reads and answers it; whoever reads the answer with our own client sees the same."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import Fault, RequestError
from protocols.google import freebusy, front
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from tests.protocols.google.samples import ANN, BOB, NOW, WINDOW, at, windows

ASKED = {
    "timeMin": "2026-11-23T00:00:00Z",
    "timeMax": "2026-11-30T00:00:00Z",
    "items": [{"id": "ann@northwind.example"}],
}
TAKEN = (BusyStatus.TENTATIVE, BusyStatus.BUSY, BusyStatus.OUT_OF_OFFICE)


def asked(**more: Any) -> front.FreeBusyRequest:
    """The request, with fields replaced."""
    return front.decode(orjson.dumps(ASKED | more))


def known(*blocks: BusyInterval, unknown: tuple[TimeWindow, ...] = (), window: TimeWindow = WINDOW) -> Availability:
    """What is known of Ann."""
    packed = Intervals.pack(blocks)
    return Availability(mailbox=ANN, window=window, intervals=packed, unknown=unknown, source="script", as_of=NOW)


def told(request: front.FreeBusyRequest, *answers: Answer) -> dict[str, Any]:
    """The calendars of the answer."""
    document = orjson.loads(front.encode(request, answers))
    assert document["kind"] == "calendar#freeBusy"
    return dict(document["calendars"])


def busy(start: datetime, end: datetime, status: BusyStatus = BusyStatus.BUSY) -> BusyInterval:
    """A block."""
    return BusyInterval(TimeWindow(start, end), status)


def test_a_query_in_the_shape_of_the_reference() -> None:
    request = asked(
        timeMin="2026-11-23T01:00:00+01:00",
        timeMax="2026-11-29t19:00:00.500-05:00",
        timeZone="Europe/Berlin",
        groupExpansionMax=100,
        calendarExpansionMax=50,
        items=[{"id": "SMTP:Ann@Northwind.example"}, {"id": "primary"}, {"id": "bob@northwind.example"}],
        somethingNew={"a": 1},
    )
    assert request.ids == ("SMTP:Ann@Northwind.example", "primary", "bob@northwind.example")
    assert request.mailboxes == (ANN, None, BOB)
    end = datetime(2026, 11, 30, 0, 0, 1, tzinfo=UTC)  # whole seconds, rather too wide
    assert request.question == Question(window=TimeWindow(WINDOW.start, end), detail=Detail.BUSY)
    assert request.zone is zone_named("Europe/Berlin")
    assert request.left_out == ()


def test_ids_are_kept_as_asked_and_each_once() -> None:
    request = asked(items=[{"id": each} for each in ("ann@northwind.example", "ANN@northwind.example") * 2])
    assert request.ids == ("ann@northwind.example", "ANN@northwind.example")
    assert list(told(request, known(), known())) == list(request.ids)


def test_blocks_are_merged_clipped_and_written_in_the_zone_asked_for() -> None:
    answer = known(
        busy(at(22, 20), at(23, 2)),
        busy(at(23, 9), at(23, 10), BusyStatus.TENTATIVE),
        busy(at(23, 10), at(23, 11), BusyStatus.OUT_OF_OFFICE),  # touches the one before
        busy(at(23, 9, 30), at(23, 9, 45)),
        busy(at(24, 9), at(24, 10), BusyStatus.FREE),
        busy(at(24, 11), at(24, 12), BusyStatus.WORKING_ELSEWHERE),
        busy(at(29, 23), at(29, 23) + timedelta(hours=5)),
    )
    calendars = told(asked(timeZone="America/New_York"), answer)
    assert calendars == {
        "ann@northwind.example": {
            "busy": [
                {"start": "2026-11-22T19:00:00-05:00", "end": "2026-11-22T21:00:00-05:00"},
                {"start": "2026-11-23T04:00:00-05:00", "end": "2026-11-23T06:00:00-05:00"},
                {"start": "2026-11-29T18:00:00-05:00", "end": "2026-11-29T19:00:00-05:00"},
            ]
        }
    }


def test_utc_and_what_equals_it_is_written_with_z() -> None:
    for zone in ("UTC", "Europe/London", None, ""):
        (block,) = told(asked(timeZone=zone), known(busy(at(23, 9), at(23, 10))))["ann@northwind.example"]["busy"]
        assert block == {"start": "2026-11-23T09:00:00Z", "end": "2026-11-23T10:00:00Z"}


def test_the_window_is_answered_in_utc_with_milliseconds() -> None:
    document = orjson.loads(front.encode(asked(timeMin="2026-11-23T01:00:00.25+01:00"), [known()]))
    assert (document["timeMin"], document["timeMax"]) == ("2026-11-23T00:00:00.250Z", "2026-11-30T00:00:00.000Z")


def test_nothing_but_the_time_shows() -> None:
    loud = EventDetails(subject="Merger talks", location="Boardroom 7")
    blocks = [BusyInterval(TimeWindow(at(23, 9), at(23, 10)), BusyStatus.BUSY, details) for details in (loud, None)]
    first, second = (front.encode(asked(), [known(block)]) for block in blocks)
    assert first == second


@pytest.mark.parametrize("reason", Reason)
def test_what_is_not_known_is_an_error_and_never_busy_or_free(reason: Reason) -> None:
    calendar = told(asked(), Unavailable(mailbox=ANN, reason=reason, detail="secret"))["ann@northwind.example"]
    assert set(calendar) == {"errors"}
    assert "secret" not in str(calendar)


@pytest.mark.parametrize(
    "answer",
    [
        known(unknown=(TimeWindow(at(24, 0), at(24, 1)),)),
        known(window=TimeWindow(WINDOW.start, WINDOW.end - timedelta(seconds=1))),
    ],
)
def test_doubt_anywhere_in_the_window_is_an_error(answer: Availability) -> None:
    assert told(asked(), answer) == {
        "ann@northwind.example": {"errors": [{"domain": "global", "reason": "backendError"}]}
    }


def test_doubt_outside_the_window_is_none() -> None:
    answer = known(unknown=(TimeWindow(at(30, 0), at(30, 1)),), window=WINDOW.widen(after=timedelta(days=1)))
    assert told(asked(), answer) == {"ann@northwind.example": {"busy": []}}


def test_calendars_beyond_the_most_are_told_so_each() -> None:
    items = [{"id": f"p{number}@northwind.example"} for number in range(52)]
    request = asked(items=items)
    assert (len(request.mailboxes), len(request.left_out)) == (50, 2)
    calendars = told(request, *[known()] * 50)
    assert len(calendars) == 52
    assert calendars["p51@northwind.example"] == {
        "errors": [{"domain": "global", "reason": "tooManyCalendarsRequested"}]
    }
    assert asked(items=items, calendarExpansionMax=1_000).left_out == request.left_out
    assert len(asked(items=items, calendarExpansionMax="3").mailboxes) == 3


@pytest.mark.parametrize("items", [None, []])
def test_no_items_are_no_calendars(items: Any) -> None:
    assert told(asked(items=items)) == {}


@pytest.mark.parametrize(
    ("body", "fault", "text"),
    [
        (b"", Fault.MALFORMED, ""),
        (b"{", Fault.MALFORMED, ""),
        (b"[]", Fault.MALFORMED, ""),
        (b"\xff", Fault.MALFORMED, ""),
        (b"[" * 100_000, Fault.MALFORMED, ""),
        ({"timeMin": None}, Fault.MISSING_ARGUMENT, "timeMin"),
        ({"timeMax": ""}, Fault.MISSING_ARGUMENT, "timeMax"),
        ({"timeMin": 5}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00:00"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "today"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-W47-1T00:00:00Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "20261123T000000Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23 00:00:00Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00:00,5Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00:00+0100"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00:00+01:00:30"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-22T24:00:00Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00:00Z\n"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "\u0662026-11-23T00:00:00Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "2026-11-23T00:00:00." + "0" * 100 + "Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "0001-01-01T00:00:00+14:00"}, Fault.SCHEMA, "timeMin"),
        ({"timeMin": "1969-12-31T00:00:00Z"}, Fault.SCHEMA, "timeMin"),
        ({"timeMax": "2106-01-01T00:00:00Z"}, Fault.SCHEMA, "timeMax"),
        ({"timeMax": "2026-11-23T00:00:00Z"}, Fault.INVALID_WINDOW, ""),
        ({"timeMax": "2026-11-22T00:00:00Z"}, Fault.INVALID_WINDOW, ""),
        ({"timeMax": "2027-02-22T00:00:00Z"}, Fault.WINDOW_TOO_LONG, ""),
        ({"timeZone": "Mars/Olympus"}, Fault.INVALID_TIME_ZONE, ""),
        ({"timeZone": 1}, Fault.INVALID_TIME_ZONE, ""),
        ({"items": {}}, Fault.SCHEMA, "items"),
        ({"items": ["ann@northwind.example"]}, Fault.SCHEMA, "items"),
        ({"items": [{"id": 5}]}, Fault.SCHEMA, "items"),
        ({"items": [{"id": ""}]}, Fault.SCHEMA, "items"),
        ({"items": [{"id": "a@b.example"}] * 1_001}, Fault.TOO_MANY_MAILBOXES, ""),
        ({"calendarExpansionMax": 0}, Fault.SCHEMA, "calendarExpansionMax"),
        ({"calendarExpansionMax": True}, Fault.SCHEMA, "calendarExpansionMax"),
        ({"groupExpansionMax": "many"}, Fault.SCHEMA, "groupExpansionMax"),
    ],
)
def test_what_is_wrong_is_told_by_the_name_of_the_field(body: Any, fault: Fault, text: str) -> None:
    with pytest.raises(RequestError) as wrong:
        front.decode(body if isinstance(body, bytes) else orjson.dumps(ASKED | body))
    assert (wrong.value.fault, wrong.value.text) == (fault, text)


def test_ninety_days_are_answered_also_where_the_clocks_go_back_in_them() -> None:
    request = asked(timeMin="2026-09-01T00:00:00+02:00", timeMax="2026-11-30T00:00:00+01:00")
    assert request.window.length == timedelta(days=90, hours=1)


def test_answers_that_are_not_as_many_are_never_put_together() -> None:
    with pytest.raises(ValueError, match="shorter"):
        front.encode(asked(), [])


def test_pretty_says_the_same() -> None:
    request, answer = asked(), known(busy(at(23, 9), at(23, 10)))
    pretty = front.encode(request, [answer], pretty=True)
    assert b"\n  " in pretty
    assert orjson.loads(pretty) == orjson.loads(front.encode(request, [answer]))


@settings(max_examples=100)
@given(blocks=st.lists(st.tuples(windows(), st.sampled_from(BusyStatus)), max_size=8))
def test_our_own_client_reads_back_exactly_what_takes_time(blocks: list[tuple[TimeWindow, BusyStatus]]) -> None:
    answer = known(*(BusyInterval(window, status) for window, status in blocks))
    question = Question(window=WINDOW)
    encoded = freebusy.encode([Mailbox.parse(ANN.address)], WINDOW, api_url="https://x.example").body
    request = front.decode(encoded)
    (read,) = freebusy.decode(
        orjson.loads(front.encode(request, [answer])), [ANN], question, source="script", as_of=NOW
    )
    assert isinstance(read, Availability)
    assert read.unknown == ()
    low, high = WINDOW.seconds
    near = {edge + off for window, _ in blocks for edge in window.seconds for off in (-1, 0, 1)} | {low, high - 1}
    seconds = sorted(second for second in near if low <= second < high)
    taken = [_holds(blocks, second) for second in seconds]
    shown = [any(i.window.seconds[0] <= second < i.window.seconds[1] for i in read.intervals) for second in seconds]
    assert shown == taken
    edges = [i.window for i in read.intervals]
    assert all(before.end < after.start for before, after in pairwise(edges))


def _holds(blocks: list[tuple[TimeWindow, BusyStatus]], second: int) -> bool:
    return any(status in TAKEN and w.seconds[0] <= second < w.seconds[1] for w, status in blocks)
