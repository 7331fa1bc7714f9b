"""Tests of service/jobs/cron.py: what is due when, and what is no schedule."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from service.jobs.cron import Schedule, ScheduleLine, ZoneName, zone

BERLIN = ZoneInfo("Europe/Berlin")


def times(text: str, after: datetime, number: int, where: ZoneInfo = BERLIN) -> list[str]:
    found, schedule = [], Schedule.parse(text, where)
    for _ in range(number):
        after = schedule.following(after)
        found.append(f"{after:%d %H:%M}")
    return found


def test_daily_at_three_by_the_clocks_of_the_zone_whatever_they_do() -> None:
    assert times("0 3 * * *", datetime(2026, 3, 27, 12, tzinfo=UTC), 3) == ["28 02:00", "29 01:00", "30 01:00"]


def test_a_time_that_is_skipped_is_due_right_after() -> None:
    assert times("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == ["29 01:00", "30 00:30"]


def test_a_time_that_comes_twice_is_due_once() -> None:
    assert times("30 2 * * *", datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == ["25 00:30", "26 01:30"]


def test_every_hour_goes_on_through_the_night_of_25_hours() -> None:
    assert times("0 * * * *", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 3) == ["25 00:00", "25 01:00", "25 02:00"]


@pytest.mark.parametrize(
    "text", ["0 3 * * *", "  0  3 * * * ", "@daily", "@Hourly", "*/15 8-18 * * MON-FRI", "0 4 L * *"]
)
def test_what_is_a_schedule(text: str) -> None:
    assert len(str(Schedule.parse(text)).split()) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "five fields"),
        ("every day", "five fields"),
        ("0 0 3 * * *", "five fields"),
        ("0 24 * * *", "bad hour"),
        ("0 3 31 2 *", "bad day-of-month"),
        ("0 0 * * 1#6", "bad day-of-week"),
        (3, "not a schedule"),
        (None, "not a schedule"),
    ],
)
def test_what_is_none_and_what_to_write(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=words) as told:
        Schedule.parse(text)
    assert '"0 3 * * *"' in str(told.value)


@settings(max_examples=60)
@given(
    st.sampled_from(("0 3 * * *", "30 2 * * *", "*/7 * * * *", "15 1,2 * * *", "0 0 1 * *", "5 2-3 * * 0")),
    st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney")),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),  # noqa: DTZ001 - of UTC
)
def test_the_latest_is_the_last_of_those_that_follow(text: str, where: str, instant: datetime) -> None:
    instant, schedule = instant.replace(tzinfo=UTC), Schedule.parse(text, ZoneInfo(where))
    latest, following = schedule.latest(instant), schedule.following(instant)
    assert latest <= instant < following
    assert schedule.following(latest) == following
    assert schedule.following(latest - timedelta(seconds=1)) == latest


def test_now_is_the_latest_and_not_what_follows() -> None:
    schedule, now = Schedule.parse("0 3 * * *"), datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert (schedule.latest(now), schedule.following(now)) == (now, now + timedelta(days=1))


def test_a_zone_is_known_by_its_name() -> None:
    assert zone("Europe/Berlin") == zone(BERLIN) == BERLIN
    for name in ("Berlin", "", "../etc", 3):
        with pytest.raises(ValueError, match="IANA"):
            zone(name)


class _Section(BaseModel):
    schedule: ScheduleLine
    zone: ZoneName


def test_as_a_field_of_settings() -> None:
    section = _Section.model_validate({"schedule": "@daily", "zone": "Europe/Berlin"})
    assert section.model_dump(mode="json") == {"schedule": "0 0 * * *", "zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("0 3 * * *", timedelta(hours=25)),  # the night of 25 hours
        ("*/15 * * * *", timedelta(minutes=15)),
        ("0 8-18 * * 1-5", timedelta(hours=62) + timedelta(hours=1)),  # a weekend, and the clocks are put back
        ("@monthly", timedelta(days=31, hours=1)),
        ("0 0 29 2 *", timedelta(days=4 * 365 + 1)),
    ],
)
def test_the_longest_time_between_two(text: str, gap: timedelta) -> None:
    assert Schedule.parse(text, BERLIN).longest_gap(datetime(2026, 1, 1, tzinfo=UTC)) == gap
