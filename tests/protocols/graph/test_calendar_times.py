"""When an event of Graph is, both ways."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.graph.calendar_times import first_day, moment, times, when, zone_of
from protocols.model.event import Days, Span


def at(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


START = datetime(2026, 11, 9, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        (
            {"start": at("2026-11-09T09:00:00.0000000"), "end": at("2026-11-09T10:00:00.0000000")},
            Span(START, START + timedelta(hours=1)),
        ),
        (
            {
                "start": at("2026-11-09T09:00:00.0000000"),
                "end": at("2026-11-09T10:00:00"),
                "originalStartTimeZone": "W. Europe Standard Time",
            },
            Span(START, START + timedelta(hours=1), "Europe/Berlin"),
        ),
        ({"start": at("2026-11-09T10:00:00", "Europe/Berlin"), "end": None}, Span(START, START)),
        ({"start": {"dateTime": "2026-11-09T10:00:00+01:00"}}, Span(START, START)),
        (
            {"start": at("2026-11-09T09:00:00"), "originalStartTimeZone": "tzone://Microsoft/Custom"},
            Span(START, START),
        ),
        (
            {"isAllDay": True, "start": at("2026-11-09T00:00:00"), "end": at("2026-11-11T00:00:00")},
            Days(date(2026, 11, 9), date(2026, 11, 11)),
        ),
        ({"isAllDay": True, "start": at("2026-11-09T00:00:00")}, Days(date(2026, 11, 9), date(2026, 11, 10))),
        (
            {
                "isAllDay": True,
                "start": at("2026-11-08T23:00:00"),
                "end": at("2026-11-09T23:00:00"),
                "originalStartTimeZone": "W. Europe Standard Time",
            },
            Days(date(2026, 11, 9), date(2026, 11, 10)),
        ),
        (
            {"isAllDay": True, "start": at("2026-11-08T22:00:00"), "end": at("2026-11-09T22:00:00")},
            Days(date(2026, 11, 9), date(2026, 11, 10)),
        ),
    ],
)
def test_when_it_is(entry: dict[str, Any], wanted: Span | Days) -> None:
    assert when(entry, "Europe/Athens") == wanted


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"start": at("never")},
        {"start": at("2026-11-09T09:00:00", "Atlantis")},
        {"start": at("2026-11-09T09:00:00"), "end": at("2026-11-09T08:00:00")},
        {"isAllDay": True, "start": at("some day")},
        {"start": at("2026-11-09T09:00:00"), "originalStartTimeZone": "Customized Time Zone", "recurrence": {}},
    ],
)
def test_what_has_no_time_is_named(entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^it"):
        when(entry, "UTC")


def test_a_series_has_the_clocks_of_its_rule() -> None:
    recurrence = {"range": {"recurrenceTimeZone": "Tokyo Standard Time"}}
    assert zone_of({"recurrence": recurrence, "originalStartTimeZone": "UTC"}) == "Asia/Tokyo"
    assert zone_of({"originalStartTimeZone": "tzone://Microsoft/Utc"}) == "UTC"


def test_times_are_written_on_the_clocks_of_the_zone() -> None:
    assert times(Span(START, START + timedelta(hours=1), "Europe/Vienna"), "UTC") == {
        "start": at("2026-11-09T10:00:00", "W. Europe Standard Time"),
        "end": at("2026-11-09T11:00:00", "W. Europe Standard Time"),
        "isAllDay": False,
    }
    assert times(Days(date(2026, 11, 9), date(2026, 11, 11)), "Europe/Berlin") == {
        "start": at("2026-11-09T00:00:00", "W. Europe Standard Time"),
        "end": at("2026-11-11T00:00:00", "W. Europe Standard Time"),
        "isAllDay": True,
    }


def test_of_two_times_by_one_clock_the_second_is_told_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert moment(second, "Europe/Berlin") == at("2026-10-25T01:30:00")
    assert moment(second - timedelta(hours=1), "Europe/Berlin")["timeZone"] == "W. Europe Standard Time"


def test_a_zone_without_a_windows_name_is_told_in_utc() -> None:
    assert moment(START, "Antarctica/Troll") == at("2026-11-09T09:00:00")


def test_the_first_day_is_by_the_clocks_of_the_series() -> None:
    late = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)
    assert first_day(Span(late, late, "Europe/Berlin")) == date(2026, 11, 10)
    assert first_day(Days(date(2026, 11, 9), date(2026, 11, 10))) == date(2026, 11, 9)


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2060, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_what_is_written_is_read_again(start: datetime, zone: str, length: timedelta) -> None:
    begin = start.replace(tzinfo=UTC, microsecond=0)
    span = Span(begin, begin + timedelta(seconds=int(length.total_seconds())), zone)
    written = times(span, "UTC")
    assert when({**written, "originalStartTimeZone": zone}, "UTC") == span
