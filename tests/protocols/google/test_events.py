"""events.list: what each kind of event means for its owner's time, and that damage is never free time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.google.events import ask
from protocols.http import HttpResponse
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.window import TimeWindow
from tests.protocols.google.samples import ANN, BOB, BUSY, DETAILS, NOW, WINDOW, at, windows
from tests.protocols.mutation import covered, mutated
from tests.protocols.scripted import Peer, html, json, run

NINE = {"start": {"dateTime": "2026-11-23T10:00:00+01:00"}, "end": {"dateTime": "2026-11-23T11:00:00+01:00"}}
BLOCK = TimeWindow(at(23, 9), at(23, 10))


def listing(*items: Any, zone: str = "Europe/Berlin", role: str = "reader", **more: Any) -> dict[str, Any]:
    return {"timeZone": zone, "accessRole": role, "items": list(items), **more}


def event(**fields: Any) -> dict[str, Any]:
    return {"status": "confirmed", **NINE, **fields}


def answer(*documents: dict[str, Any], question: Question = DETAILS) -> Answer:
    peer = Peer(*(json(document) for document in documents))
    [found] = run(ask(peer, (ANN,), question, api_url="https://g.example", source="northwind", as_of=NOW))
    return found


def blocks(*documents: dict[str, Any], question: Question = DETAILS) -> list[BusyInterval]:
    found = answer(*documents, question=question)
    assert isinstance(found, Availability)
    return list(found.intervals)


def me(response: str) -> dict[str, Any]:
    return {"attendees": [{"self": True, "responseStatus": response}]}


def working(where: str) -> dict[str, Any]:
    location = {"type": where, where: {}}
    return {"eventType": "workingLocation", "transparency": "transparent", "workingLocationProperties": location}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, BusyStatus.BUSY),
        ({"transparency": "opaque"}, BusyStatus.BUSY),
        ({"transparency": "somethingNew"}, BusyStatus.BUSY),
        ({"transparency": "transparent"}, None),
        ({"status": "cancelled"}, None),
        ({"status": "tentative"}, BusyStatus.TENTATIVE),
        (me("accepted"), BusyStatus.BUSY),
        (me("declined"), None),
        (me("tentative"), BusyStatus.TENTATIVE),
        (me("needsAction"), BusyStatus.TENTATIVE),
        ({"attendees": [{"responseStatus": "declined"}]}, BusyStatus.BUSY),
        ({"eventType": "outOfOffice"}, BusyStatus.OUT_OF_OFFICE),
        ({"eventType": "focusTime"}, BusyStatus.BUSY),
        ({"eventType": "birthday", "transparency": "transparent"}, None),
        ({"eventType": "fromGmail"}, BusyStatus.BUSY),
        (working("homeOffice"), BusyStatus.WORKING_ELSEWHERE),
        (working("officeLocation"), None),
        (working("customLocation"), None),
    ],
)
def test_how_an_event_takes_time(fields: dict[str, Any], status: BusyStatus | None) -> None:
    found = blocks(listing(event(**fields)), question=BUSY)
    assert found == ([] if status is None else [BusyInterval(BLOCK, status)])


def test_details_are_read() -> None:
    series = {"recurringEventId": "r", "originalStartTime": {"dateTime": "2026-11-23T08:00:00Z"}}
    reminders = {"reminders": {"useDefault": True}}
    rich = event(summary="Plan", location="Room 1", attendeesOmitted=True, **series, **reminders)
    [block] = blocks(listing(rich, defaultReminders=[{"method": "popup", "minutes": 10}]))
    assert block.details == EventDetails(
        subject="Plan", location="Room 1", meeting=True, recurring=True, exception=True, reminder=True
    )
    plain = event(summary="", recurringEventId="r", originalStartTime=NINE["start"], reminders={"useDefault": True})
    assert blocks(listing(plain))[0].details == EventDetails(recurring=True)


@pytest.mark.parametrize("visibility", ["private", "confidential", "somethingNew", 7])
def test_a_private_event_is_bare(visibility: object) -> None:
    [block] = blocks(listing(event(summary="Secret", location="Nowhere", visibility=visibility)))
    assert block.details == EventDetails(private=True)


@pytest.mark.parametrize("visibility", ["default", "public"])
def test_an_open_event_is_not(visibility: str) -> None:
    [block] = blocks(listing(event(summary="Plan", visibility=visibility)))
    assert block.details == EventDetails(subject="Plan")


def test_a_busy_question_keeps_no_details() -> None:
    found = answer(listing(event(summary="Plan", location="Room 1")), question=BUSY)
    assert isinstance(found, Availability)
    assert found.detail is Detail.BUSY
    assert not found.intervals.has_details


def test_where_google_grants_free_busy_only_the_answer_says_so() -> None:
    found = answer(listing(NINE, role="freeBusyReader"))
    assert isinstance(found, Availability)
    assert found.detail is Detail.BUSY
    assert list(found.intervals) == [BusyInterval(BLOCK, BusyStatus.BUSY)]


def test_an_all_day_event_follows_the_calendars_own_zone() -> None:
    whole = {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}}
    [block] = blocks(listing(whole, zone="America/New_York"))
    assert block.window == TimeWindow(at(24, 5), at(25, 5))


def test_an_all_day_event_in_a_zone_nobody_knows_is_unknown() -> None:
    found = answer(listing({"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}}, zone="Mars/Olympus"))
    assert isinstance(found, Availability)
    assert not len(found.intervals)
    assert found.unknown == (TimeWindow(at(23, 10), at(25, 12)),)


def test_an_event_partly_in_the_window_is_given_whole_and_one_outside_not_at_all() -> None:
    across = {"start": {"dateTime": "2026-11-22T23:00:00Z"}, "end": {"dateTime": "2026-11-23T01:00:00Z"}}
    before = {"start": {"dateTime": "2026-11-21T23:00:00Z"}, "end": {"dateTime": "2026-11-22T01:00:00Z"}}
    [block] = blocks(listing(across, before))
    assert block.window == TimeWindow(at(22, 23), at(23, 1))


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "junk",
        {"status": "confirmed"},
        {
            **NINE,
            "end": {"dateTime": "2026-11-23T09:00:00Z", "date": None},
            "start": {"dateTime": "2026-11-23T10:00:00Z"},
        },
        {**NINE, "start": {"dateTime": "2026-11-23T10:00:00"}},
        {**NINE, "start": {"date": "2026-11-23"}},
        {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-23"}},
        {**NINE, "attendees": [None]},
        {**NINE, "visibility": {}},
    ],
)
def test_an_event_that_cannot_be_read_spoils_its_calendar(broken: Any) -> None:
    found = answer(listing(event(), broken))
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.GARBLED


def test_each_calendar_stands_for_itself() -> None:
    peer = Peer(json({"error": {"errors": [{"reason": "notFound"}]}}, 404), json(listing(event())))
    lost, found = run(ask(peer, (ANN, BOB), BUSY, api_url="https://g.example", source="northwind", as_of=NOW))
    assert lost == Unavailable(mailbox=ANN, reason=Reason.NO_SUCH_MAILBOX)
    assert isinstance(found, Availability)
    assert found.mailbox == BOB


_OF_ALL = [
    (json({"error": {}}, 429, Retry_After="2"), Reason.THROTTLED, timedelta(seconds=2)),
    (json({"error": {"errors": [{"reason": "rateLimitExceeded"}]}}, 403), Reason.THROTTLED, None),
    (json({"error": {}}, 401), Reason.UNAUTHORIZED, None),
    (HttpResponse(500), Reason.PEER_FAILED, None),
    (html(503), Reason.PEER_FAILED, None),
    (PeerError(Reason.UNREACHABLE), Reason.UNREACHABLE, None),
]


@pytest.mark.parametrize(("failed", "reason", "wait"), _OF_ALL)
def test_what_fails_for_all_calendars_fails_the_call(
    failed: HttpResponse | PeerError, reason: Reason, wait: timedelta | None
) -> None:
    with pytest.raises(PeerError) as caught:
        run(ask(Peer(failed), (ANN, BOB), BUSY, api_url="https://g.example", source="northwind", as_of=NOW))
    assert (caught.value.reason, caught.value.retry_after) == (reason, wait)


@pytest.mark.parametrize(("failed", "reason", "wait"), _OF_ALL)
def test_what_is_known_by_then_is_kept(
    failed: HttpResponse | PeerError, reason: Reason, wait: timedelta | None
) -> None:
    peer = Peer(json(listing(event())), failed)
    found, lost = run(ask(peer, (ANN, BOB), BUSY, api_url="https://g.example", source="northwind", as_of=NOW))
    assert isinstance(found, Availability)
    assert lost == Unavailable(mailbox=BOB, reason=reason, retry_after=wait)


@pytest.mark.parametrize(
    "failed",
    [
        json({"error": {"errors": [{"reason": "invalid"}]}}, 400),
        json({"error": {"errors": [{"reason": "forbidden"}]}}, 403),
        json({"error": {}}, 404),
    ],
)
def test_what_one_calendar_has_of_its_own_does_not_fail_the_call(failed: HttpResponse) -> None:
    [lost] = run(ask(Peer(failed), (ANN,), BUSY, api_url="https://g.example", source="northwind", as_of=NOW))
    assert isinstance(lost, Unavailable)


@pytest.mark.parametrize("lost", [HttpResponse(500), json({"timeZone": "UTC"}), json({"items": None})])
def test_a_lost_page_is_never_free(lost: HttpResponse) -> None:
    peer = Peer(json(listing(nextPageToken="a")), lost)
    [found] = run(ask(peer, (ANN,), BUSY, api_url="https://g.example", source="northwind", as_of=NOW))
    assert found == Unavailable(mailbox=ANN, reason=Reason.INCOMPLETE)


def test_half_a_page_raises() -> None:
    half = HttpResponse(200, body=b'{"items": [')
    with pytest.raises(PeerError):
        run(ask(Peer(half), (ANN,), BUSY, api_url="https://g.example", source="northwind", as_of=NOW))


_WIRE = {
    BusyStatus.BUSY: {},
    BusyStatus.TENTATIVE: {"status": "tentative"},
    BusyStatus.OUT_OF_OFFICE: {"eventType": "outOfOffice"},
    BusyStatus.WORKING_ELSEWHERE: working("homeOffice"),
}


def wire(block: BusyInterval) -> dict[str, Any]:
    """An interval as Google would write it."""
    times = {"start": {"dateTime": block.window.start.isoformat()}, "end": {"dateTime": block.window.end.isoformat()}}
    details = block.details or EventDetails()
    fields: dict[str, Any] = {"summary": details.subject, "location": details.location, **_WIRE[block.status], **times}
    if details.private:
        fields |= {"visibility": "private", "summary": "never seen"}
    if details.meeting:
        fields["attendees"] = [{"self": True, "responseStatus": "accepted"}]
    if details.recurring:
        fields |= {"recurringEventId": "r", "originalStartTime": _original(block.window.start, moved=details.exception)}
    if details.reminder:
        fields["reminders"] = {"useDefault": False, "overrides": [{"method": "email", "minutes": 5}]}
    return fields


def _original(start: datetime, *, moved: bool) -> dict[str, str]:
    return {"dateTime": (start - timedelta(hours=int(moved))).isoformat()}


@st.composite
def details(draw: st.DrawFn) -> EventDetails:
    flags = {name: draw(st.booleans()) for name in ("meeting", "recurring", "private", "reminder")}
    words = {
        name: None if flags["private"] else draw(st.none() | st.text(min_size=1)) for name in ("subject", "location")
    }
    exception = flags["recurring"] and draw(st.booleans())
    return EventDetails(subject=words["subject"], location=words["location"], exception=exception, **flags)


@given(st.lists(st.builds(BusyInterval, windows(), st.sampled_from(list(_WIRE)), details()), max_size=8))
def test_events_survive_the_wire(given_blocks: list[BusyInterval]) -> None:
    inside = [block for block in given_blocks if block.window.overlaps(WINDOW)]
    found = answer(listing(*(wire(block) for block in given_blocks)))
    assert isinstance(found, Availability)
    assert found.intervals == Intervals.pack(inside)
    bare = answer(listing(*(wire(block) for block in given_blocks)), question=BUSY)
    assert isinstance(bare, Availability)
    assert bare.intervals == Intervals.pack(inside).bare()


_RICH = listing(
    event(summary="Plan", attendees=[{"self": True, "responseStatus": "accepted"}], recurringEventId="r"),
    event(
        status="tentative",
        visibility="public",
        location="Here",
        originalStartTime=NINE["start"],
        reminders={"useDefault": True},
    ),
)


@given(mutated(_RICH))
def test_a_damaged_answer_is_never_free(damaged: dict[str, Any]) -> None:
    assert covered(answer(damaged), BLOCK)


@given(mutated(listing({"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}})))
def test_a_damaged_day_is_never_free(damaged: dict[str, Any]) -> None:
    assert covered(answer(damaged), TimeWindow(at(23, 23), at(24, 23)))
