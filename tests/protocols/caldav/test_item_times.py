"""Times are read without guessing, and written so that they mean the same."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.item_times import written, written_when
from protocols.model.event import Days, Span
from tests.protocols.caldav.ics import event
from tests.protocols.caldav.item_samples import END, START, at, found, one

BERLIN_ZONE = ZoneInfo("Europe/Berlin")
OWN = (
    "BEGIN:VTIMEZONE",
    "TZID:Customized Time Zone",
    "BEGIN:STANDARD",
    "DTSTART:16011104T030000",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010311T020000",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)
STRANGE = ("BEGIN:VTIMEZONE", "TZID:Odd", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0117",
           "TZOFFSETTO:+0117", "END:STANDARD", "END:VTIMEZONE")  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        ((START, END), Span(at(2026, 11, 9, 9), at(2026, 11, 9, 10))),
        ((START, "DURATION:PT90M"), Span(at(2026, 11, 9, 9), at(2026, 11, 9, 10, 30))),
        ((START,), Span(at(2026, 11, 9, 9), at(2026, 11, 9, 9))),
        (("DTSTART;VALUE=DATE:20261109",), Days(date(2026, 11, 9), date(2026, 11, 10))),
        (("DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261109"), Days(date(2026, 11, 9), date(2026, 11, 10))),
        (("DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261111"), Days(date(2026, 11, 9), date(2026, 11, 11))),
        (("DTSTART;VALUE=DATE:20261109", "DURATION:P1W"), Days(date(2026, 11, 9), date(2026, 11, 16))),
        (("DTSTART;VALUE=DATE:20261109", "DTEND:20261110T120000Z"), Days(date(2026, 11, 9), date(2026, 11, 11))),
        (
            ("DTSTART;TZID=W. Europe Standard Time:20261109T100000", "DURATION:PT1H"),
            Span(at(2026, 11, 9, 9), at(2026, 11, 9, 10), "Europe/Berlin"),
        ),
        (
            ("DTSTART:20261109T100000", "DTEND:20261109T110000"),  # floating
            Span(at(2026, 11, 9, 9), at(2026, 11, 9, 10), "Europe/Berlin"),
        ),
        (
            ("DTSTART;TZID=Europe/Berlin:20261109T220000", "DTEND;VALUE=DATE:20261110"),
            Span(at(2026, 11, 9, 21), at(2026, 11, 9, 23), "Europe/Berlin"),
        ),
    ],
)
def test_times_as_they_are_written(lines: tuple[str, ...], when: object) -> None:
    assert one(*lines, zone=BERLIN_ZONE).when == when


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("SUMMARY:x",), "no start"),
        ((START, "DTEND:20261109T080000Z"), "ends before"),
        (("DTSTART;VALUE=DATE:20261109", "DTEND;VALUE=DATE:20261107"), "ends before"),
        ((START, "DURATION:-PT1H"), "duration"),
        (("DTSTART;TZID=Middle-earth/Shire:20261109T100000",), "zone that nobody knows"),
        (("DTSTART:20261109T100000",), "zone that nobody knows"),  # floating, and the calendar has none
        (("DTSTART:soon",), "not a date"),
        (("DTSTART:20261109T090000Z", "DTSTART:20261110T090000Z"), "several DTSTART"),
    ],
)
def test_nothing_is_guessed(lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        one(*lines)


def test_a_definition_is_known_by_its_clocks() -> None:
    times = event("DTSTART;TZID=Customized Time Zone:20261109T100000", "RRULE:FREQ=DAILY;COUNT=2")
    when = found(*OWN, *times, zone=BERLIN_ZONE).event.when
    assert when == Span(at(2026, 11, 9, 9), at(2026, 11, 9, 9), "Europe/Berlin")
    unasked = found(*OWN, *times).event.when
    assert isinstance(unasked, Span)
    assert ZoneInfo(unasked.zone).utcoffset(at(2026, 7, 1).replace(tzinfo=None)) == timedelta(hours=2)


def test_a_strange_zone_is_enough_for_one_time_and_not_for_a_series() -> None:
    start = "DTSTART;TZID=Odd:20261109T101700"
    assert found(*STRANGE, *event(start)).event.when == Span(at(2026, 11, 9, 9), at(2026, 11, 9, 9))
    with pytest.raises(ValueError, match="has no name"):
        found(*STRANGE, *event(start, "RRULE:FREQ=DAILY"))


def test_what_the_clock_shows_twice_is_written_so_that_it_means_the_same() -> None:
    for minute in (at(2026, 10, 25, 0, 30), at(2026, 10, 25, 1, 30)):
        when = Span(minute, minute + timedelta(minutes=45), "Europe/Berlin")
        told = one(*written_when(when)).when
        assert isinstance(told, Span)
        assert (told.start, told.end) == (when.start, when.end)


def test_names_of_occurrences() -> None:
    berlin = Span(at(2026, 11, 9, 9), at(2026, 11, 9, 10), "Europe/Berlin")
    assert written("EXDATE", at(2026, 7, 6, 8), berlin) == "EXDATE;TZID=Europe/Berlin:20260706T100000"
    assert written("EXDATE", at(2026, 7, 6, 8), Span(berlin.start, berlin.end)) == "EXDATE:20260706T080000Z"
    assert written("EXDATE", date(2026, 7, 6), Days(date(2026, 7, 6), date(2026, 7, 7))) == "EXDATE;VALUE=DATE:20260706"


def test_the_end_has_to_be_later() -> None:
    assert written_when(Span(at(2026, 11, 9, 9), at(2026, 11, 9, 9))) == ["DTSTART:20261109T090000Z"]


def test_an_end_that_the_clock_shows_twice_is_told_by_its_length() -> None:
    when = Span(at(2026, 10, 25, 0), at(2026, 10, 25, 1), "Europe/Berlin")  # 2:00 to 2:00 on the wall
    assert written_when(when) == ["DTSTART;TZID=Europe/Berlin:20261025T020000", "DURATION:PT3600S"]
    assert one(*written_when(when)).when == when
