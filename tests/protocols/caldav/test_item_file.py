"""A published file is its events by UID, each with a version that follows what it says."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.item_file import Entry, reading
from protocols.caldav.pieces import done
from protocols.errors import PeerError
from protocols.model.event import Span
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import END, START, WEEKLY, at

OVERRIDE = event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261117T090000Z", uid="b")
MASTER = event(*WEEKLY, uid="b")


def entries(data: bytes, zone: tzinfo | None = None) -> dict[str, Entry]:
    """All of a file at once."""
    return done(reading(data, zone))


def versions(*lines: str) -> dict[str, str]:
    return {key: entry.version for key, entry in entries(cal(*lines)).items()}


def test_events_are_told_by_their_uid() -> None:
    found = entries(cal("METHOD:PUBLISH", "PRODID:-//A//EN", *event(START, uid="a"), *OVERRIDE, *MASTER))
    assert list(found) == ["a", "b"]
    assert set(found["b"].read().event.exceptions) == {at(2026, 11, 16, 9)}
    assert found["a"].read().maker == "-//A//EN"


def test_stamps_and_order_make_no_new_version() -> None:
    stamped = ("DTSTAMP:20261101T000000Z", "CREATED:20261101T000000Z", "LAST-MODIFIED:20261101T000000Z", "SEQUENCE:3")
    assert versions(*event(START, uid="a")) == versions(*event(*stamped, START, uid="a"))
    assert versions(*OVERRIDE, *MASTER) == versions(*MASTER, *OVERRIDE)
    assert versions(*event(START, uid="a")) != versions(*event(START, END, uid="a"))


def test_without_a_uid_an_event_is_its_own_name() -> None:
    first, second = (list(versions("BEGIN:VEVENT", START, f"SUMMARY:{text}", "END:VEVENT")) for text in "ab")
    assert first != second
    assert first == list(versions("BEGIN:VEVENT", "DTSTAMP:20261101T000000Z", START, "SUMMARY:a", "END:VEVENT"))


def test_times_without_a_zone_are_those_of_the_file() -> None:
    floating = event("DTSTART:20261109T100000", uid="a")
    said = entries(cal("X-WR-TIMEZONE:Europe/Berlin", *floating), ZoneInfo("Asia/Kolkata"))["a"].read().event.when
    told = entries(cal(*floating), ZoneInfo("Asia/Kolkata"))["a"].read().event.when
    assert isinstance(said, Span)
    assert isinstance(told, Span)
    assert (said.start, told.start) == (at(2026, 11, 9, 9), at(2026, 11, 9, 4, 30))


def test_one_that_cannot_be_read_spoils_no_other() -> None:
    found = entries(cal(*event("DTSTART:never", uid="a"), *event(START, uid="b"), *event(START, uid="c") * 2))
    assert found["b"].read().uid == "b"
    for key, words in {"a": "not a date", "c": "same UID"}.items():
        with pytest.raises(ValueError, match=words):
            found[key].read()


@pytest.mark.parametrize("data", [b"<html>", cal(*event(START))[:-20], cal("CALSCALE:HEBREW", *event(START))])
def test_what_is_no_whole_file_is_an_error(data: bytes) -> None:
    with pytest.raises(PeerError):
        entries(data)
