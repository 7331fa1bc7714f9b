"""One resource of a calendar, whoever wrote it, is the same event, or is named with what is wrong."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.caldav.item_reading import read
from protocols.model.event import Event, Sensitivity
from tests.contracts.spoke_events import EVENTS
from tests.protocols.caldav.entered import calendar_of
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import START, WEEKLY, at, found, one


@pytest.mark.parametrize("content", EVENTS.values(), ids=EVENTS)
def test_what_another_library_writes_is_read(content: Event) -> None:
    told = read(calendar_of(content, "1@x").to_ical())
    assert told is not None
    personal = content.sensitivity is Sensitivity.PERSONAL  # which iCalendar has no word for
    assert told.event == (replace(content, sensitivity=Sensitivity.NORMAL) if personal else content)
    assert (told.uid, told.guarded, told.maker) == ("1@x", "", "-//Somebody//Else//EN")


def test_what_stands_beside_the_event() -> None:
    changed = "LAST-MODIFIED:20261101T120000Z"
    override = event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261117T090000Z", "LAST-MODIFIED:20261102T120000Z")
    told = found("PRODID:-//A//B//EN", *override, *event(*WEEKLY, changed, "X-BUSYLINE-STAMP:busyline:merger/i\\,1"))
    assert told.stamp == "busyline:merger/i,1"
    assert told.changed_at == at(2026, 11, 2, 12)
    assert (told.master, told.overrides) == (1, {at(2026, 11, 16, 9): 0})
    assert told.maker == "-//A//B//EN"


def test_texts_of_two_megabytes_are_cut() -> None:
    told = found(*event(START, "DESCRIPTION:" + "x" * 2_000_000, "SUMMARY:a"))
    assert len(told.event.body) == 32_000
    assert told.cut == {"body"}
    override = event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261116T090000Z", "SUMMARY:" + "x" * 40_000)
    assert found(*event(*WEEKLY), *override).cut_at == {at(2026, 11, 16, 9)}


def test_invalid_utf8_and_folds_within_a_character_are_read() -> None:
    data = cal(*event(START, "SUMMARY:ab")).replace(b"ab", b"a\xc3\r\n \xa4\xff")
    told = read(data)
    assert told is not None
    assert told.event.subject == "aä�"


def test_tasks_are_no_events() -> None:
    assert read(cal("BEGIN:VTODO", "UID:1", "END:VTODO")) is None


def test_an_invitation_to_one_occurrence_alone() -> None:
    told = found(*event("RECURRENCE-ID:20261116T090000Z", START, "SUMMARY:a", "ORGANIZER:mailto:bob@elsewhere.example"))
    assert (told.event.repeats, told.event.subject, told.event.meeting) == (False, "a", True)


def test_the_newest_of_several_masters_counts() -> None:
    assert found(*event(START, "SEQUENCE:1"), *event(START, "SEQUENCE:2", "SUMMARY:new")).event.subject == "new"
    assert found(*event(START, "SEQUENCE:2", "SUMMARY:a"), *event(START, "SEQUENCE:x")).event.subject == "a"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no iCalendar"),
        (b"<html>Sign in</html>", "no iCalendar"),
        (cal(*event(START))[:-30], "breaks off"),
        (cal(*event(START)) * 2, "several calendars"),
        (cal(*event(START), *event(START)), "same UID"),
        (cal(*event(START, uid="a"), *event(START, "SEQUENCE:2", uid="b")), "several UIDs"),
        (
            cal(*event("RECURRENCE-ID:20261116T090000Z", START), *event("RECURRENCE-ID:20261117T090000Z", START)),
            "series",
        ),
        (cal("CALSCALE:HEBREW", *event(START)), "Gregorian"),
        (cal(*event(START) * 2100), "parts"),
        (cal(*event(START, *["X-NOTHING:"] * 50_001)), "lines"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(data)


def test_lines_without_shape_spoil_nothing_but_times() -> None:
    assert one(START, "SUMMARY;=:x", "LOCATION:here").location == "here"
    with pytest.raises(ValueError, match="misshapen"):
        one("DTSTART;=:20261109T090000Z")


_LINES = st.sampled_from(
    [START, *WEEKLY, "DTSTART;VALUE=DATE:20261109", "DTEND:20261108T090000Z", "EXDATE:20261116T090000Z", "RDATE:1",
     "RECURRENCE-ID:20261116T090000Z", "BEGIN:VALARM", "END:VALARM", "BEGIN:VEVENT", "END:VEVENT", "DURATION:P1W",
     "SUMMARY:x\\", "CATEGORIES:,,", "SEQUENCE:9", "ATTENDEE:", "TRIGGER:-P", "RRULE:FREQ=YEARLY;BYDAY=5MO"]
)  # fmt: skip


@given(st.lists(_LINES, max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_comes_is_read_or_named(lines: list[str]) -> None:
    with suppress(ValueError):
        found = read(cal(*event(*lines)))
        assert found is None or isinstance(found.event, Event)
