"""Times and the lines of ``recurrence`` are read without guessing, and written as Google takes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from protocols.google.calendar_times import Again, again, at, lines, original, times, when
from protocols.model.event import Days, Span, When
from protocols.model.recurrence import Frequency, Recurrence, Weekday

HOUR = timedelta(hours=1)
NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)
TIMED = Span(NINE, NINE + HOUR, "Europe/Berlin")
WHOLE = Days(date(2026, 11, 9), date(2026, 11, 10))
WEEKLY = Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),))


def timed(start: str, end: str | None = None, zone: str | None = None) -> dict[str, Any]:
    beside = {"timeZone": zone} if zone is not None else {}
    event = {"start": {"dateTime": start, **beside}}
    return event if end is None else {**event, "end": {"dateTime": end, **beside}}


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (timed("2026-11-09T10:00:00+01:00", "2026-11-09T11:00:00+01:00", "Europe/Berlin"), TIMED),
        (timed("2026-11-09T10:00:00", "2026-11-09T11:00:00", "Europe/Berlin"), TIMED),
        (timed("2026-11-09T09:00:00Z", "2026-11-09T10:00:00Z", "W. Europe Standard Time"), TIMED),
        (timed("2026-11-09T09:00:00.750Z", "2026-11-09T10:00:00Z"), Span(NINE, NINE + HOUR, "Asia/Tokyo")),
        (timed("2026-11-09T09:00:00Z", "2026-11-09T10:00:00Z", "Mars/Base"), Span(NINE, NINE + HOUR, "Asia/Tokyo")),
        (timed("2026-11-09T09:00:00Z", "2026-11-09T10:00:00Z", "Etc/UTC"), Span(NINE, NINE + HOUR, "UTC")),
        (timed("2026-11-09T09:00:00Z"), Span(NINE, NINE, "Asia/Tokyo")),
        ({**timed("2026-11-09T09:00:00Z"), "end": {}}, Span(NINE, NINE, "Asia/Tokyo")),
        ({"start": {"date": "2026-11-09"}, "end": {"date": "2026-11-10"}}, WHOLE),
        ({"start": {"date": "2026-11-09"}, "end": {"date": "2026-11-09"}}, WHOLE),
        ({"start": {"date": "2026-11-09"}}, WHOLE),
    ],
)
def test_when_it_is(event: dict[str, Any], told: When) -> None:
    assert when(event, "Asia/Tokyo") == told


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({}, "no beginning"),
        ({"start": "now"}, "no beginning"),
        ({"start": {}}, "times cannot be read"),
        ({"start": {"date": "2026-02-30"}}, "days cannot be read"),
        ({"start": {"date": "2026-11-09"}, "end": {"date": "2026-11-08"}}, "ends before"),
        (timed("2026-11-09T09:00:00Z", "2026-11-09T08:00:00Z"), "ends before"),
        (timed("2026-11-09T09:00:00", "2026-11-09T10:00:00", "Mars/Base"), "times cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(event: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        when(event, "UTC")


def test_a_series_repeats_by_no_unknown_clocks() -> None:
    event = timed("2026-11-09T09:00:00Z", "2026-11-09T10:00:00Z", "Mars/Base")
    with pytest.raises(ValueError, match="zone that nobody knows"):
        when(event, "UTC", repeats=True)


@pytest.mark.parametrize(
    ("series", "told"),
    [
        (
            TIMED,
            Again(WEEKLY, (datetime(2026, 11, 11, 9, tzinfo=UTC),), frozenset({datetime(2026, 11, 16, 9, tzinfo=UTC)})),
        ),
        (WHOLE, Again(WEEKLY, (date(2026, 11, 11),), frozenset({date(2026, 11, 16), date(2026, 11, 23)}))),
        (TIMED, Again(None, (datetime(2026, 11, 11, 9, tzinfo=UTC),), frozenset())),
        (TIMED, Again()),
    ],
)
def test_lines_come_back(series: When, told: Again) -> None:
    assert again(lines(told, series), series) == told


def test_how_lines_look() -> None:
    told = Again(WEEKLY, (date(2026, 11, 11),), frozenset({date(2026, 11, 16)}))
    assert lines(told, WHOLE) == [
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "RDATE;VALUE=DATE:20261111",
        "EXDATE;VALUE=DATE:20261116",
    ]


@pytest.mark.parametrize(
    ("line", "without"),
    [
        ("EXDATE;TZID=Europe/Berlin:20261116T100000", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("EXDATE:20261116T090000Z", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("EXDATE:20261116T100000", datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ("EXDATE;VALUE=DATE:20261116", datetime(2026, 11, 16, 9, tzinfo=UTC)),
    ],
)
def test_days_that_are_left_out(line: str, without: datetime) -> None:
    assert again(["RRULE:FREQ=WEEKLY", line], TIMED) == Again(WEEKLY, (), frozenset({without}))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (["RRULE:FREQ=HOURLY"], "by the hour"),
        (["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY"], "two rules"),
        (["RRULE:FREQ=WEEKLY", "EXRULE:FREQ=MONTHLY"], "EXRULE"),
        (["RRULE:FREQ=WEEKLY", "RDATE;VALUE=PERIOD:20261111T090000Z/PT1H"], "periods"),
        (["RRULE:FREQ=WEEKLY", "EXDATE:tomorrow"], "cannot be read"),
        (["RRULE:FREQ=WEEKLY", "EXDATE;TZID=Mars/Base:20261116T100000"], "cannot be read"),
        (["RDATE:" + ",".join(["20261111T090000Z"] * 10_001)], "more days"),
        (
            ["RDATE:" + ",".join(f"{year}1111T090000Z" for year in range(low, low + 4_000)) for low in (1000, 5000)]
            + ["EXDATE:" + ",".join(f"{year}1112T090000Z" for year in range(1000, 4_001))],
            "more days",
        ),
        (["RRULE:NONSENSE"], "rule"),
    ],
)
def test_what_no_other_calendar_could_repeat(told: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        again(told, TIMED)


@pytest.mark.parametrize(
    ("event", "series", "told"),
    [
        (
            {"originalStartTime": {"dateTime": "2026-11-16T10:00:00+01:00"}},
            TIMED,
            datetime(2026, 11, 16, 9, tzinfo=UTC),
        ),
        ({"originalStartTime": {"date": "2026-11-16"}}, TIMED, datetime(2026, 11, 16, 9, tzinfo=UTC)),
        ({"originalStartTime": {"date": "2026-11-16"}}, WHOLE, date(2026, 11, 16)),
        ({"originalStartTime": {"dateTime": "2026-11-16T00:00:00Z"}}, WHOLE, date(2026, 11, 16)),
    ],
)
def test_which_occurrence_it_is(event: dict[str, Any], series: When, told: object) -> None:
    assert original(event, series) == told


def test_an_occurrence_that_does_not_say_which_it_is() -> None:
    with pytest.raises(ValueError, match="which it is"):
        original({}, TIMED)


def test_what_is_written_takes_the_other_form_away() -> None:
    assert times(WHOLE)["start"] == {"date": "2026-11-09", "dateTime": None, "timeZone": None}
    assert times(TIMED)["end"] == {"dateTime": "2026-11-09T10:00:00Z", "date": None, "timeZone": "Europe/Berlin"}
    assert (at(NINE), at(date(2026, 11, 9))) == ("2026-11-09T09:00:00Z", "2026-11-09")
