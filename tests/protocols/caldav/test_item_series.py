"""A series is the same whatever way its exceptions are written."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from tests.protocols.caldav.ics import event
from tests.protocols.caldav.item_samples import BERLIN, START, WEEKLY, at, found, one

SECOND, THIRD = at(2026, 11, 16, 9), at(2026, 11, 23, 9)
DAYS = ("DTSTART;VALUE=DATE:20261109", "RRULE:FREQ=DAILY;COUNT=5")


def usual(*parts: int) -> Span:
    return Span(at(*parts), at(*parts) + timedelta(hours=1), "Europe/Berlin")


def series(*parts: Sequence[str], lines: Sequence[str] = WEEKLY) -> Event:
    """A weekly series, with what stands for single occurrences of it."""
    return found(*event(*lines), *(line for part in parts for line in event(*part))).event


def moved(name: str, start: str, *more: str) -> tuple[str, ...]:
    return (f"RECURRENCE-ID{name}", f"DTSTART;TZID=Europe/Berlin:{start}", "DURATION:PT1H", *more)


def test_a_rule_is_said_whole() -> None:
    assert series().rule == Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=8)


@pytest.mark.parametrize(
    "exdate",
    [
        "EXDATE:20261116T090000Z",
        "EXDATE;TZID=Europe/Berlin:20261116T100000",
        "EXDATE;VALUE=DATE:20261116",  # the one of that day, as older clients write it
        "EXDATE;TZID=America/New_York:20261116T040000,20261117T040000",  # the second is no occurrence
    ],
)
def test_a_cancelled_occurrence_however_it_is_named(exdate: str) -> None:
    assert series(lines=(*WEEKLY, exdate)).exceptions == {SECOND: None}


def test_a_cancelled_day() -> None:
    for exdate in ("EXDATE;VALUE=DATE:20261111", "EXDATE:20261111T000000Z"):
        assert series(lines=(*DAYS, exdate)).exceptions == {date(2026, 11, 11): None}


def test_an_occurrence_that_was_moved() -> None:
    for name in (":20261116T090000Z", ";TZID=Europe/Berlin:20261116T100000", ";VALUE=DATE:20261116"):
        told = series(moved(name, "20261117T140000"))
        assert told.exceptions == {SECOND: Occurrence(when=usual(2026, 11, 17, 13))}


def test_its_zone_is_that_of_the_series() -> None:
    told = series(("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261117T130000Z", "DTEND:20261117T140000Z"))
    assert told.exceptions == {SECOND: Occurrence(when=usual(2026, 11, 17, 13))}


def test_what_equals_the_series_is_not_said_again() -> None:
    texts = ("SUMMARY:a", "BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT5M", "END:VALARM")
    same = moved(":20261116T090000Z", "20261116T100000", *texts)
    other = moved(":20261123T090000Z", "20261123T100000", "SUMMARY:b", "CLASS:PRIVATE")
    told = series(same, other, lines=(*WEEKLY, *texts))
    assert set(told.exceptions) == {THIRD}
    differing = told.exceptions[THIRD]
    assert differing is not None
    assert (differing.subject, differing.location, differing.reminder) == ("b", None, NO_REMINDER)


def test_an_occurrence_that_was_called_off_is_cancelled() -> None:
    assert series(moved(":20261116T090000Z", "20261116T100000", "STATUS:CANCELLED")).exceptions == {SECOND: None}


def test_of_two_the_newer_stands() -> None:
    older = moved(":20261116T090000Z", "20261117T140000", "SEQUENCE:1", "SUMMARY:old")
    newer = moved(":20261116T090000Z", "20261118T140000", "SEQUENCE:2")
    assert series(newer, older).exceptions == {SECOND: Occurrence(when=usual(2026, 11, 18, 13))}


def test_further_dates() -> None:
    told = series(lines=(*WEEKLY, "RDATE;TZID=Europe/Berlin:20261110T100000,20261116T100000,20261109T100000"))
    assert told.extra == (at(2026, 11, 10, 9),)  # the others are there by the rule
    alone = one(*BERLIN, "RDATE:20261110T090000Z")
    assert (alone.rule, alone.extra) == (None, (at(2026, 11, 10, 9),))
    days = series(lines=("DTSTART;VALUE=DATE:20261109", "RDATE;VALUE=DATE:20261112"))
    assert days.extra == (date(2026, 11, 12),)


def test_a_further_date_of_another_length() -> None:
    told = series(lines=(*WEEKLY, "RDATE;VALUE=PERIOD:20261110T090000Z/PT3H,20261112T090000Z/20261112T100000Z"))
    assert told.extra == (at(2026, 11, 10, 9), at(2026, 11, 12, 9))
    longer = Span(at(2026, 11, 10, 9), at(2026, 11, 10, 12), "Europe/Berlin")
    assert told.exceptions == {at(2026, 11, 10, 9): Occurrence(when=longer)}


def test_what_stands_for_no_occurrence_is_one_more() -> None:
    told = series(moved(":20261119T090000Z", "20261119T150000"))
    assert told.extra == (at(2026, 11, 19, 9),)
    assert told.exceptions == {at(2026, 11, 19, 9): Occurrence(when=usual(2026, 11, 19, 14))}


def test_a_day_among_times() -> None:
    told = series(("RECURRENCE-ID:20261116T090000Z", "DTSTART;VALUE=DATE:20261116"))
    assert told.exceptions == {SECOND: Occurrence(when=Days(date(2026, 11, 16), date(2026, 11, 17)))}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((START, "RRULE:FREQ=HOURLY"), "by the hour"),
        ((START, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "several rules"),
        ((START, "RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"), "several rules"),
        ((START, "RDATE:" + ",".join(["20261110T090000Z"] * 11_000)), "more dates"),
        ((START, "RRULE:FREQ=DAILY", *(f"EXDATE:{'20261110T090000Z,' * 5_500}" for _ in range(2))), "more dates"),
        ((START, "RRULE:FREQ=DAILY", "EXDATE:never"), "not a date"),
    ],
)
def test_what_cannot_be_told_is_named(lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        one(*lines)


def test_a_change_of_all_after_it_is_not_told_as_one_of_one() -> None:
    with pytest.raises(ValueError, match="RANGE"):
        series(moved(";RANGE=THISANDFUTURE:20261116T090000Z", "20261116T110000"))


def test_an_endless_series_with_many_exceptions_is_read() -> None:
    lines = (*BERLIN, "RRULE:FREQ=DAILY", *(f"EXDATE:202611{day}T090000Z" for day in range(10, 30)))
    assert len(series(lines=lines).exceptions) == 20


def test_further_dates_that_nobody_can_count_to_are_not_lost() -> None:
    told = series(lines=(*WEEKLY, "RDATE:00010101T120000Z,20270105T120000Z"))
    assert at(2027, 1, 5, 12) in told.extra
