"""RFC 3339 as Google writes it, and days in a calendar's own zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.google.times import day, days, instant, rfc3339, whole_seconds, window_between
from protocols.model.window import TimeWindow

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.builds(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds),
    st.integers(0, 4 * 10**15),
)


@pytest.mark.parametrize(
    "text",
    ["2026-11-23T09:00:00Z", "2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00.000Z", "2026-11-22T23:00:00-10:00"],
)
def test_the_same_instant_in_several_spellings(text: str) -> None:
    assert instant(text) == datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [None, 7, "", "junk", "2026-11-23", "2026-11-23T09:00:00", "0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z"],
)
def test_what_is_no_instant(text: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are for nobody
        instant(text)


@given(MOMENTS)
def test_instants_survive_the_wire(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert instant(rfc3339(whole)) == whole


@given(MOMENTS, st.integers(1, 10**12))
def test_whole_seconds_cover_the_window(start: datetime, microseconds: int) -> None:
    window = TimeWindow(start, start + timedelta(microseconds=microseconds))
    whole = whole_seconds(window)
    assert whole.covers(window)
    assert whole.start.microsecond == whole.end.microsecond == 0
    assert whole.length - window.length < timedelta(seconds=2)


def test_a_window_of_no_length_and_a_reversed_one() -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    assert window_between(moment, moment) is None
    with pytest.raises(ValueError, match="before"):
        window_between(moment, moment - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("first", "start", "end"),
    [
        (date(2026, 11, 23), "2026-11-22T23:00", "2026-11-23T23:00"),
        (date(2026, 3, 29), "2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours
        (date(2026, 10, 25), "2026-10-24T22:00", "2026-10-25T23:00"),  # 25 hours
    ],
)
def test_a_day_in_berlin(first: date, start: str, end: str) -> None:
    expected = TimeWindow(*(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end)))
    assert days(first, first + timedelta(days=1), BERLIN) == (expected, True)


@given(
    st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.sampled_from(["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
)
def test_without_a_zone_the_day_covers_that_of_every_zone(first: date, name: str) -> None:
    exact, certain = days(first, first + timedelta(days=1), ZoneInfo(name))
    wide, guess = days(first, first + timedelta(days=1), None)
    assert exact is not None
    assert wide is not None
    assert wide.covers(exact)
    assert (certain, guess) == (True, False)


def test_the_first_day_of_all_calendars() -> None:
    with pytest.raises(ValueError, match="calendars"):
        days(date.min, date(1, 1, 2), None)


def test_what_is_no_day() -> None:
    assert day({"dateTime": "2026-11-23T09:00:00Z"}) is None
    for value in (7, "junk"):
        with pytest.raises(ValueError):  # noqa: PT011
            day({"date": value})
