"""Series become events as a calendar system expands them, through the changes of the clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus
from simulation.expansion import Series, instant, occurrences

WEEKLY = Series(
    uid="w", subject="Weekly", zone="Europe/Berlin", first=date(2026, 10, 19), start=time(9), length=timedelta(hours=1),
    days=frozenset({0}),
)  # fmt: skip


def starts(series: Series, begin: date, end: date) -> list[datetime]:
    return [o.window.start for o in occurrences(series, begin, end)]


def test_a_weekly_meeting_keeps_its_hour_on_the_wall() -> None:
    assert starts(WEEKLY, date(2026, 10, 1), date(2026, 11, 3)) == [
        datetime(2026, 10, 19, 7, tzinfo=UTC),  # 9:00 in summer time
        datetime(2026, 10, 26, 8, tzinfo=UTC),  # 9:00 in winter time
        datetime(2026, 11, 2, 8, tzinfo=UTC),
    ]


def test_every_second_week_counts_from_the_first() -> None:
    fortnightly = replace(WEEKLY, every=2, last=date(2026, 11, 16))
    assert [s.day for s in starts(fortnightly, date(2026, 10, 21), date(2026, 12, 31))] == [2, 16]


def test_exceptions_move_and_cancelled_days_fall_out() -> None:
    series = replace(
        WEEKLY,
        moved=((date(2026, 10, 26), datetime.fromisoformat("2026-10-27T14:00")),),
        cancelled=frozenset({date(2026, 11, 2)}),
    )
    events = list(occurrences(series, date(2026, 10, 19), date(2026, 11, 9)))
    assert [(e.window.start.isoformat(), e.exception) for e in events] == [
        ("2026-10-19T07:00:00+00:00", False),
        ("2026-10-27T13:00:00+00:00", True),
    ]


def test_an_all_day_event_is_the_persons_own_day() -> None:
    series = Series(uid="d", subject="Off", zone="Australia/Sydney", first=date(2026, 10, 4), all_day=True)
    (event,) = occurrences(series, date(2026, 1, 1), date(2027, 1, 1))
    assert event.window.start == datetime(2026, 10, 3, 14, tzinfo=UTC)
    assert event.window.length == timedelta(hours=23)  # the day on which Sydney's clocks go forward
    assert event.days == (date(2026, 10, 4), date(2026, 10, 5))


@pytest.mark.parametrize(
    ("naive", "utc"),
    [
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        ("2027-03-28T02:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # never: 3:30
    ],
)
def test_doubled_and_skipped_hours(naive: str, utc: datetime) -> None:
    assert instant(datetime.fromisoformat(naive), "Europe/Berlin") == utc


def test_a_private_event_is_bare_and_a_busy_look_sees_blocks_only() -> None:
    series = Series(
        uid="p", subject="Secret", location="There", zone="Asia/Kolkata", first=date(2026, 11, 23), private=True,
        status=BusyStatus.OUT_OF_OFFICE,
    )  # fmt: skip
    (event,) = occurrences(series, date(2026, 11, 1), date(2026, 12, 1))
    shown = event.interval(Detail.DETAILS).details
    assert shown is not None
    assert (shown.subject, shown.location, shown.private) == (None, None, True)
    assert event.interval(Detail.BUSY).details is None
