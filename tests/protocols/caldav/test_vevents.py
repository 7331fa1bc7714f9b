"""All events of a calendar together: what damage does, and how many occurrences are looked at."""

from contextlib import suppress
from datetime import UTC
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.icalendar import Bounds, read
from protocols.errors import PeerError
from protocols.model.freebusy import Availability, Detail
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.caldav.ics import TIMES, WINDOW, at, cal, doubts, event, spans, told
from tests.protocols.mutation import covered

FULL = [
    *event(
        "DTSTART;TZID=Europe/Berlin:20261102T100000",
        "DTEND;TZID=Europe/Berlin:20261102T110000",
        "RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "EXDATE;TZID=Europe/Berlin:20261123T100000",
        "SEQUENCE:3",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "CLASS:PUBLIC",
        "SUMMARY:Stand-up",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@x.example",
    ),
    *event("RECURRENCE-ID:20261125T090000Z", "DTSTART:20261125T150000Z", "DURATION:PT1H", "SEQUENCE:3"),
]
BUSY = [TimeWindow(at(24, 9), at(24, 10)), TimeWindow(at(25, 15), at(25, 16)), TimeWindow(at(27, 9), at(27, 10))]
VALUES = [number for number, line in enumerate(FULL) if not line.startswith(("BEGIN", "END:"))]
JUNK = ["", ":", ";", ":\x00", ":junk", ":20261102T999999Z", ';X="a:20261102', ":-1"]


@given(st.sampled_from(VALUES), st.sampled_from(JUNK))
def test_a_damaged_property_never_makes_anybody_free(number: int, junk: str) -> None:
    lines = list(FULL)
    name = lines[number].partition(":")[0].partition(";")[0]
    lines[number] = name + junk
    try:
        found = read(cal(*lines), WINDOW, zone=UTC, detail=Detail.DETAILS, owners=["ann@x.example"])
    except PeerError:
        return
    mailbox = Mailbox.parse("ann@x.example")
    answer = Availability(
        mailbox=mailbox,
        window=WINDOW,
        intervals=found.intervals,
        unknown=found.unknown,
        source="x",
        as_of=at(1),
        detail=Detail.DETAILS,
    )
    assert all(covered(answer, busy) for busy in BUSY)


@given(st.integers(0, len(cal(*FULL))), st.integers(0, len(cal(*FULL))))
def test_bytes_that_got_lost_never_raise_anything_of_ours(one: int, other: int) -> None:
    data = cal(*FULL)
    low, high = sorted((one, other))
    with suppress(PeerError):
        read(data[:low] + data[high:], WINDOW, zone=None, detail=Detail.DETAILS)


def test_all_days_are_those_of_the_calendars_zone() -> None:
    day = event("DTSTART;VALUE=DATE:20261124")
    assert spans(told("X-WR-TIMEZONE:Asia/Kolkata", *day)) == ["23T18:30-24T18:30"]
    assert spans(told(*day, zone=ZoneInfo("America/New_York"))) == ["24T05:00-25T05:00"]
    assert spans(told("X-WR-TIMEZONE:Narnia", *day, zone=ZoneInfo("America/New_York"))) == ["24T05:00-25T05:00"]
    assert doubts(told(*day, zone=None)) == ["23T10:00-25T12:00"]


def test_more_occurrences_than_are_looked_at_are_unknown() -> None:
    series = event("DTSTART:20261124T000000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY")
    found = told(*series, *event(*TIMES, uid="2@x"), bounds=Bounds(occurrences=100))
    assert doubts(found)[0].startswith("24T00:00")
    assert doubts(found)[-1].endswith("30T00:00")


def test_one_that_ended_or_begins_elsewhere_is_not_told() -> None:
    before = event("DTSTART:20261122T230000Z", "DTEND:20261123T000000Z")
    after = event("DTSTART:20261130T000000Z", "DURATION:PT1H", uid="2@x")
    across = event("DTSTART:20261001T000000Z", "DTEND:20261231T000000Z", uid="3@x")
    assert spans(told(*before, *after)) == []
    assert spans(told(*across)) == ["01T00:00-31T00:00"]
