"""An event of Graph as an Event."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.calendar_event import Told, Unreadable, read, stamp_of
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.model.event import Event, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from tests.protocols.graph.calendar_samples import OWNERS, entry, moment, occurrence, person, weekly

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(body: dict[str, Any]) -> Told:
    found = read(body, owners=OWNERS)
    assert isinstance(found, Told), found
    return found


def test_an_appointment() -> None:
    one = told(
        entry(
            subject="  One\r\nline ",
            showAs="oof",
            sensitivity="private",
            categories=["Red", " Blue", "Red", 7],
            isReminderOn=True,
            iCalUId="a@google.com",
            transactionId="t",
            **{EXTENDED: [{"id": STAMP.lower(), "value": "busyline:hub/item"}]},
        )
    )
    assert one.event == Event(
        when=Span(START, START + HOUR),
        subject="One line",
        location="Room",
        body="Text",
        shows=BusyStatus.OUT_OF_OFFICE,
        sensitivity=Sensitivity.PRIVATE,
        categories=("Blue", "Red"),
        reminder=timedelta(minutes=15),
    )
    assert (one.key, one.etag, one.version, one.uid) == ("one", 'W/"one"', 'W/"one"', "a@google.com")
    assert (one.stamp, one.token, one.others, one.cut) == ("busyline:hub/item", "t", False, frozenset())
    assert one.changed_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert one.plain


def test_a_meeting_is_told_as_one_and_by_whom() -> None:
    guests = [person("Bob@b.example", "Bob"), person("ann@contoso.example", "Ann")]
    one = told(entry(attendees=guests, isOrganizer=False, responseStatus={"response": "tentativelyAccepted"}))
    assert one.others
    assert one.event.meeting
    assert one.event.response is Response.TENTATIVE
    assert one.event.people == ("Organiser: Ann <ann@contoso.example>", "Bob <bob@b.example>")


@pytest.mark.parametrize(
    ("fields", "name", "wanted"),
    [
        ({"showAs": "unknown"}, "shows", BusyStatus.BUSY),
        ({"showAs": None}, "shows", BusyStatus.BUSY),
        ({"sensitivity": "odd"}, "sensitivity", Sensitivity.NORMAL),
        ({"subject": None}, "subject", ""),
        ({"subject": "a\x00b"}, "subject", "ab"),
        ({"location": None}, "location", ""),
        ({"categories": None}, "categories", ()),
        ({"body": {"contentType": "html", "content": "<p>One</p><p>Two &amp; three</p>"}}, "body", "One\nTwo & three"),
        ({"body": {"contentType": "text", "content": "  in\r\n\r\nout \r\n\r\n"}}, "body", "  in\n\nout"),
        ({"body": None}, "body", ""),
        ({"isReminderOn": True, "reminderMinutesBeforeStart": -5}, "reminder", timedelta()),
        ({"isReminderOn": True, "reminderMinutesBeforeStart": None}, "reminder", timedelta()),
        ({"isCancelled": True}, "cancelled", True),
    ],
)
def test_what_is_odd_is_read_as_well_as_it_can_be(fields: dict[str, Any], name: str, wanted: object) -> None:
    assert getattr(told(entry(**fields)).event, name) == wanted


def test_a_long_text_is_cut_and_an_online_meeting_s_is_not_only_text() -> None:
    one = told(entry(body={"contentType": "text", "content": "x" * 2_000_000}))
    assert (len(one.event.body), one.cut) == (32_000, frozenset({"body"}))
    assert told(entry(isOnlineMeeting=True)).cut == frozenset({"body"})


def test_a_long_text_of_an_occurrence_is_cut_and_named() -> None:
    long = occurrence("2026-11-16", body={"contentType": "text", "content": "x" * 40_000})
    series = told(weekly(exceptionOccurrences=[long]))
    assert series.cut_at == set(series.event.exceptions)
    assert len(series.cut_at) == 1
    assert series.cut == frozenset()


def test_a_series_with_what_differs() -> None:
    moved = occurrence("2026-11-16", start=moment("2026-11-17T13:00:00"), end=moment("2026-11-17T14:00:00"))
    plain = occurrence("2026-11-30")
    series = told(
        weekly(
            iCalUId="u",
            cancelledOccurrences=["OID.s.2026-11-23", "rubbish"],
            exceptionOccurrences=[moved, plain],
        )
    )
    second, third, fourth = (START + timedelta(days=7 * number) for number in (1, 2, 3))
    there = datetime(2026, 11, 17, 13, tzinfo=UTC)
    assert series.repeats
    assert series.event.exceptions == {
        third: None,
        second: Occurrence(when=Span(there, there + HOUR, "Europe/Berlin")),
    }
    assert set(series.instances) == {second, fourth}
    assert series.instances[fourth].same
    assert series.version.startswith('W/"s" ')
    assert told(weekly(cancelledOccurrences=["OID.s.2026-11-23"])).version != told(weekly()).version
    assert told(weekly()).version == 'W/"s"'


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("declined", Response.DECLINED),
        ("tentativelyAccepted", Response.TENTATIVE),
        ("notResponded", Response.UNANSWERED),
        ("accepted", None),
        ("none", None),
    ],
)
def test_one_occurrence_may_be_answered_otherwise(answer: str, response: Response | None) -> None:
    bob: dict[str, Any] = {"organizer": person("b@b.example"), "isOrganizer": False}
    other = occurrence("2026-11-16", **bob, responseStatus={"response": answer})
    series = told(weekly(exceptionOccurrences=[other], **bob, responseStatus={"response": "accepted"}))
    second = START + timedelta(days=7)
    one = Occurrence(when=Span(second, second + HOUR, "Europe/Berlin"), response=response)
    assert series.event.response is Response.ACCEPTED
    assert series.event.exceptions == ({second: one} if response else {})
    off = occurrence("2026-11-16", **bob, isCancelled=True)
    assert told(weekly(exceptionOccurrences=[off], **bob)).event.exceptions == {second: None}


def test_somebody_invited_to_one_occurrence_guards_the_series() -> None:
    series = told(weekly(exceptionOccurrences=[occurrence("2026-11-16", attendees=[person("b@b.example")])]))
    assert series.others
    assert series.event.meeting


@pytest.mark.parametrize(
    "body",
    [
        entry(start=moment("2026-11-09T11:00:00")),
        entry(start=None),
        weekly(recurrence={"pattern": {"type": "hourly"}}),
        weekly(originalStartTimeZone="Customized Time Zone", recurrence={"pattern": {"type": "daily"}, "range": {}}),
        weekly(exceptionOccurrences=[occurrence("2026-11-16", originalStart=None, occurrenceId=None)]),
    ],
)
def test_what_cannot_be_read_is_told_beside(body: dict[str, Any]) -> None:
    found = read(body, owners=OWNERS)
    assert isinstance(found, Unreadable)
    assert found.key == body["id"]
    assert found.words
    assert "Subject" not in found.words


def test_what_has_no_id_is_garbled() -> None:
    with pytest.raises(PeerError):
        read({"subject": "x"})


def test_days_and_their_series() -> None:
    days = {"isAllDay": True, "start": moment("2026-11-09T00:00:00"), "end": moment("2026-11-10T00:00:00")}
    gone = {"cancelledOccurrences": ["OID.s.2026-11-16"]}
    assert told(weekly(**days, **gone)).event.exceptions == {date(2026, 11, 16): None}


def test_a_stamp_is_found_however_its_id_is_spelt() -> None:
    assert stamp_of({EXTENDED: [{"id": STAMP.upper(), "value": "x"}]}) == "x"
    assert stamp_of({EXTENDED: [{"id": "String other", "value": "x"}]}) == ""
    assert stamp_of({}) == ""
