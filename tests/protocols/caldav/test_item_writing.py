"""What is written comes back, says nothing of anybody, and leaves alone whatever the hub does not know."""

from dataclasses import replace

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.caldav.item_reading import Found, read
from protocols.caldav.item_writing import edited, new
from protocols.model.event import Event, Occurrence, Sensitivity
from protocols.model.window import TimeWindow
from protocols.recurrence.occurrences import starts
from tests.contracts.quiet import loud
from tests.contracts.spoke_events import EVENTS, SERIES, span
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import BERLIN, WEEKLY, at

NOW = at(2026, 11, 2, 8)
STAMP = "busyline:merger/item1"
SECOND, THIRD = at(2026, 11, 16, 9), at(2026, 11, 23, 9)
ALARM = ("BEGIN:VALARM", "ACTION:EMAIL", "TRIGGER:-P1D", "SUMMARY:mail", "END:VALARM")
THEIRS = cal(
    "PRODID:-//Somebody//Else//EN",
    "BEGIN:X-COMPONENT",
    "X-A:b",
    "END:X-COMPONENT",
    *event(*WEEKLY, "SUMMARY;LANGUAGE=en:Weekly", "X-OTHER;Y=Z:" + "ä" * 60, "EXDATE:20261123T090000Z", *ALARM),
    *event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261116T120000Z", "DURATION:PT1H", "SUMMARY:Weekly", *ALARM),
    *event("RECURRENCE-ID:20261130T090000Z", "DTSTART;TZID=Europe/Berlin:20261130T100000", "DURATION:PT1H",
           "SUMMARY:Weekly", "X-OTHER:of this one"),
)  # fmt: skip


def held(content: Event) -> Event:
    """As iCalendar can hold it."""
    personal = content.sensitivity is Sensitivity.PERSONAL
    return replace(content, sensitivity=Sensitivity.PRIVATE) if personal else content


def told(data: bytes) -> Found:
    found = read(data)
    assert found is not None
    return found


def ours(content: Event) -> bytes:
    return new(content, uid="1@busyline", stamp=STAMP, at=NOW)


def change(data: bytes, **fields: object) -> bytes:
    found = told(data)
    return edited(data, found, replace(found.event, **fields), at=NOW)  # type: ignore[arg-type]


def lines(data: bytes) -> list[bytes]:
    return data.replace(b"\r\n ", b"").split(b"\r\n")


@pytest.mark.parametrize("content", EVENTS.values(), ids=EVENTS)
def test_what_is_written_comes_back(content: Event) -> None:
    data = ours(content)
    found = told(data)
    assert found.event == held(content)
    assert (found.uid, found.stamp, found.guarded) == ("1@busyline", STAMP, "")
    assert loud([b"PUT /x\n\n" + data]) == []
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


@pytest.mark.parametrize("content", EVENTS.values(), ids=EVENTS)
def test_another_library_reads_it(content: Event) -> None:
    calendar = icalendar.Calendar.from_ical(ours(content))
    master = calendar.walk("VEVENT")[0]
    assert str(master.get("SUMMARY", "")) == content.subject
    assert str(master.get("DESCRIPTION", "")) == content.body
    found = recurring_ical_events.of(calendar).between(at(2026, 10, 1), at(2027, 6, 1))
    assert found


def test_another_library_counts_the_same_occurrences() -> None:
    window = TimeWindow(at(2026, 10, 1), at(2027, 1, 1))
    for content in SERIES.values():
        calendar = icalendar.Calendar.from_ical(ours(content))
        found = recurring_ical_events.of(calendar).between(window.start, window.end)
        cancelled = sum(one is None for one in content.exceptions.values())
        assert len(found) == len(list(starts(content, window))) - cancelled


@given(st.sampled_from(sorted(EVENTS)), st.sampled_from(sorted(EVENTS)), st.sampled_from(sorted(EVENTS)))
@settings(max_examples=150, deadline=None)
def test_anything_becomes_anything(first: str, second: str, third: str) -> None:
    data = ours(EVENTS[first])
    for name in (second, third):
        data = edited(data, told(data), held(EVENTS[name]), at=NOW)
        assert told(data).event == held(EVENTS[name])
        assert told(data).stamp == STAMP
    assert loud([b"PUT /x\n\n" + data]) == []


def test_nothing_but_the_subject_is_changed() -> None:
    before, after = lines(THEIRS), lines(change(THEIRS, subject="Other"))
    gone, come = [each for each in before if each not in after], [each for each in after if each not in before]
    assert gone == [b"SUMMARY;LANGUAGE=en:Weekly", *[b"SUMMARY:Weekly"] * 2]
    stamps = [b"DTSTAMP:20261102T080000Z", b"LAST-MODIFIED:20261102T080000Z"]
    zone = come.index(b"BEGIN:VTIMEZONE")
    assert zone == 0  # which was missing
    assert set(come[come.index(b"END:VTIMEZONE") + 1 :]) == {b"SUMMARY:Other", *stamps}
    assert told(change(THEIRS, subject="Other")).event.exceptions == told(THEIRS).event.exceptions


def test_what_does_not_change_is_written_as_it_was_sent() -> None:
    data = THEIRS.replace(b"X-OTHER;Y=Z:", b"X-OTHER;\r\n\tY=Z:")
    after = change(data, location="here")
    assert b"X-OTHER;\r\n\tY=Z:" in after
    assert b"BEGIN:X-COMPONENT\r\nX-A:b\r\nEND:X-COMPONENT\r\n" in after
    assert after.count(b"ACTION:EMAIL") == 2


def test_an_occurrence_is_cancelled_moved_and_called_back() -> None:
    old = told(THEIRS).event
    cancelled = change(THEIRS, exceptions={**old.exceptions, SECOND: None})
    assert told(cancelled).event.exceptions == {SECOND: None, THIRD: None}
    assert b"EXDATE;TZID=Europe/Berlin:20261116T100000" in cancelled
    assert cancelled.count(b"RECURRENCE-ID") == 1
    back = change(cancelled, exceptions={})
    assert b"EXDATE" not in back
    assert told(back).event.exceptions == {}
    moved = Occurrence(when=span(24, 9, zone="Europe/Berlin"), location="there")
    again = change(THEIRS, exceptions={**old.exceptions, THIRD: moved})
    assert told(again).event.exceptions == {**old.exceptions, THIRD: moved}
    assert b"EXDATE" not in again


def test_one_of_several_dates_of_a_line_is_called_back() -> None:
    data = THEIRS.replace(b"EXDATE:20261123T090000Z", b"EXDATE;X=y:20261123T090000Z,20261207T090000Z")
    assert b"EXDATE;X=y:20261207T090000Z\r\n" in change(data, exceptions={at(2026, 12, 7, 9): None})


def test_an_occurrence_that_stands_there_keeps_what_is_in_it() -> None:
    old = told(THEIRS).event
    after = change(THEIRS, exceptions={**old.exceptions, SECOND: Occurrence(when=span(16, 14, zone="Europe/Berlin"))})
    assert after.count(b"BEGIN:VALARM") == 2
    assert b"X-OTHER:of this one" in after
    assert b"DTSTART;TZID=Europe/Berlin:20261116T150000" in after


def test_a_series_that_is_moved_keeps_its_last_day() -> None:
    until = cal(*event(*BERLIN, "RRULE:FREQ=DAILY;UNTIL=20261120T090000Z"))
    later = change(until, when=span(9, 15, zone="Europe/Berlin"))
    assert b"UNTIL=20261120T150000Z" in later
    assert told(later).event.rule == told(until).event.rule


def test_a_strange_resource_is_not_touched() -> None:
    with pytest.raises(ValueError, match="iCalendar"):
        edited(b"BEGIN:VCALENDAR\r\n", told(THEIRS), told(THEIRS).event, at=NOW)
    with pytest.raises(ValueError, match="parts"):
        edited(cal(*event(*WEEKLY)), told(THEIRS), told(THEIRS).event, at=NOW)
