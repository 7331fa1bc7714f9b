"""One VEVENT: how it takes its owner's time, and what may be shown of it."""

import pytest

from protocols.caldav.events import BUSYSTATUSES
from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus, EventDetails
from tests.protocols.caldav.ics import NINE, TIMES, doubts, event, spans, told

OWNER = "ann@x.example"
CDO = "X-MICROSOFT-CDO-BUSYSTATUS"
ORDER = [BusyStatus.FREE, BusyStatus.TENTATIVE, BusyStatus.BUSY, BusyStatus.OUT_OF_OFFICE, BusyStatus.WORKING_ELSEWHERE]


def status(*lines: str) -> BusyStatus | None:
    found = told(*event(*TIMES, *lines), owners=[OWNER])
    assert found.unknown == ()
    return next((block.status for block in found.intervals), None)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], BusyStatus.BUSY),
        (["STATUS:CONFIRMED", "TRANSP:OPAQUE"], BusyStatus.BUSY),
        (["STATUS:TENTATIVE"], BusyStatus.TENTATIVE),
        (["STATUS:CANCELLED"], None),
        (["STATUS:CANCELLED", f"{CDO}:BUSY"], None),
        (["STATUS:X-STRANGE"], BusyStatus.BUSY),
        (["TRANSP:TRANSPARENT"], None),
        (["transp:transparent"], None),
        ([f"{CDO}:OOF"], BusyStatus.OUT_OF_OFFICE),
        ([f"{CDO}:TENTATIVE", "STATUS:CONFIRMED"], BusyStatus.TENTATIVE),
        ([f"{CDO}:BUSY", "STATUS:TENTATIVE"], BusyStatus.BUSY),
        ([f"{CDO}:FREE"], None),
        ([f"{CDO}:FREE", "TRANSP:TRANSPARENT"], None),
        ([f"{CDO}:FREE", "TRANSP:OPAQUE"], BusyStatus.BUSY),  # they contradict each other
        ([f"{CDO}:OOF", "TRANSP:TRANSPARENT"], BusyStatus.OUT_OF_OFFICE),
        ([f"{CDO}:WORKINGELSEWHERE", "TRANSP:TRANSPARENT"], BusyStatus.WORKING_ELSEWHERE),
        (["X-MICROSOFT-CDO-INTENDEDSTATUS:OOF"], BusyStatus.OUT_OF_OFFICE),
        (["X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY", f"{CDO}:TENTATIVE"], BusyStatus.TENTATIVE),
        ([f"{CDO}:X-STRANGE", "TRANSP:TRANSPARENT"], None),
        ([f"{CDO}:X-STRANGE"], BusyStatus.BUSY),
        ([f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWNER}"], None),
        (["ATTENDEE;PARTSTAT=DECLINED:MAILTO:Ann@X.example"], None),
        ([f"ATTENDEE;PARTSTAT=DECLINED;EMAIL={OWNER}:urn:uuid:1"], None),
        (["ATTENDEE;PARTSTAT=DECLINED:mailto:bob@x.example"], BusyStatus.BUSY),
        ([f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OWNER}"], BusyStatus.TENTATIVE),
        ([f"ATTENDEE:mailto:{OWNER}"], BusyStatus.TENTATIVE),
        ([f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OWNER}"], BusyStatus.BUSY),
        ([f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{OWNER}", f"{CDO}:BUSY"], BusyStatus.BUSY),
    ],
)
def test_status(lines: list[str], expected: BusyStatus | None) -> None:
    assert status(*lines) is expected


def test_every_status_of_ours_has_a_word_of_microsofts() -> None:
    assert set(BUSYSTATUSES.values()) == set(BusyStatus)


def details(*lines: str) -> EventDetails | None:
    [found] = told(*event(*TIMES, *lines), detail=Detail.DETAILS).intervals
    return found.details


def test_details_where_they_are_asked_for() -> None:
    lines = ["SUMMARY:Plan\\, then do", "LOCATION:Room 1", "ATTENDEE:mailto:bob@x.example"]
    found = details(*lines, "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM")
    assert found == EventDetails(subject="Plan, then do", location="Room 1", meeting=True, reminder=True)
    [bare] = told(*event(*TIMES, *lines)).intervals
    assert bare.details is None


@pytest.mark.parametrize("word", ["PRIVATE", "CONFIDENTIAL", "X-SECRET", "private"])
def test_what_is_private_shows_neither_subject_nor_place(word: str) -> None:
    assert details(f"CLASS:{word}", "SUMMARY:Plan", "LOCATION:Room 1") == EventDetails(private=True)


@pytest.mark.parametrize("line", ["CLASS", "CLASS;X:PUBLIC", "CLASS:"])
def test_a_class_that_cannot_be_read_hides(line: str) -> None:
    shown = line == "CLASS:"
    assert details(line, "SUMMARY:Plan") == EventDetails(subject="Plan" if shown else None, private=not shown)


@pytest.mark.parametrize("line", ['ATTENDEE;CN="Bob;PARTSTAT=DECLINED:mailto:ann@x.example', "STATUS", "TRANSP;X:A"])
def test_what_says_nothing_about_time_spoils_none(line: str) -> None:
    assert status(line) is BusyStatus.BUSY
    assert details('SUMMARY;X="a:b', "LOCATION:Room 1") == EventDetails(location="Room 1")


def test_what_is_busy_does_not_depend_on_subjects() -> None:
    assert told(*event(*TIMES, "SUMMARY:a")) == told(*event(*TIMES, 'SUMMARY;X="b:c', "CLASS:PRIVATE"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20261124T090000Z", "DURATION:PT1H"], [NINE]),
        (["DTSTART:20261124T090000Z"], []),
        (["DTSTART:20261124T090000Z", "DTEND:20261124T090000Z"], []),
        (["DTSTART;VALUE=DATE:20261124"], ["24T00:00-25T00:00"]),
        (["DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261124"], ["24T00:00-25T00:00"]),
        (["DTSTART;VALUE=DATE:20261124", "DURATION:PT0S"], ["24T00:00-25T00:00"]),
        (["item1.DTSTART:20261124T090000Z", "item2.DTEND:20261124T100000Z"], [NINE]),
        (["DTSTART:20261124T090000Z", "item1.DURATION:PT1H"], [NINE]),
        (["DTSTART:20261124T090000Z", "DTEND:20261124T090000Z", "DURATION:PT1H"], [NINE]),
        (["DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261126"], ["24T00:00-26T00:00"]),
        (["DTSTART;VALUE=DATE:20261124", "DURATION:P2D"], ["24T00:00-26T00:00"]),
        (["DTSTART;TZID=Europe/Berlin:20261124T100000", "DTEND;TZID=Europe/London:20261124T100000"], [NINE]),
    ],
)
def test_times(lines: list[str], expected: list[str]) -> None:
    found = told(*event(*lines))
    assert spans(found) == expected
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20261124T090000Z", "DTEND:nonsense"], "24T09:00-30T00:00"),
        (["DTSTART:20261124T090000Z", "DURATION:nonsense"], "24T09:00-30T00:00"),
        (["DTSTART:20261124T090000Z", "RRULE:nonsense"], "24T09:00-30T00:00"),
        (["DTSTART:20261124T090000Z", "RDATE:nonsense"], "24T09:00-30T00:00"),
        (["DTSTART:20261124T090000Z", "EXDATE:nonsense"], "24T09:00-30T00:00"),
        (["DTSTART:20261124T090000Z", "RECURRENCE-ID:nonsense"], "23T00:00-30T00:00"),
        (["DTSTART:20261124T090000Z", "DTSTART:20261125T090000Z"], "23T00:00-30T00:00"),
        (["DTEND:20261124T090000Z"], "23T00:00-30T00:00"),
        (["DTSTART:nonsense", "DTEND:20261124T090000Z"], "23T00:00-30T00:00"),
        (["DTSTART:20261124T100000Z", "DTEND:20261124T090000Z"], "24T09:00-24T10:00"),
        (["DTSTART;TZID=Narnia:20261125T120000", "DURATION:PT1H"], "24T22:00-26T01:00"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_spoils_nothing_else(lines: list[str], expected: str) -> None:
    found = told(*event(*lines), *event("DTSTART:20261123T090000Z", "DTEND:20261123T100000Z", uid="2@x"))
    assert doubts(found) == [expected]
    assert spans(found) == ["23T09:00-23T10:00"]


def test_one_private_event_hides_the_whole_series() -> None:
    master = event(*TIMES, "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Secret", "CLASS:PRIVATE")
    moved = event("RECURRENCE-ID:20261125T090000Z", "DTSTART:20261125T120000Z", "DURATION:PT1H", "SUMMARY:Secret")
    other = event("DTSTART:20261128T090000Z", "DURATION:PT1H", "SUMMARY:Open", uid="2@x")
    for lines in ([*master, *moved], [*moved, *master]):
        found = told(*lines, *other, detail=Detail.DETAILS)
        subjects = [(block.details.subject, block.details.private) for block in found.intervals if block.details]
        assert subjects == [(None, True)] * 3 + [("Open", False)]


def test_a_private_series_that_cannot_be_read_or_is_long_over_hides_its_exceptions_too() -> None:
    for lines in (["DTSTART:nonsense"], ["DTSTART:19990101T090000Z"]):
        master = event(*lines, "SUMMARY:Secret", "CLASS:X-STRANGE")
        moved = event("RECURRENCE-ID:20261125T090000Z", "DTSTART:20261125T120000Z", "DURATION:PT1H", "SUMMARY:Secret")
        [block] = told(*master, *moved, detail=Detail.DETAILS).intervals
        assert block.details is not None
        assert block.details.subject is None
