"""VAVAILABILITY as working hours."""

from zoneinfo import ZoneInfo

import pytest

from protocols.model.freebusy import Weekday, WorkingHours, WorkingPeriod
from tests.protocols.caldav.ics import told

WEEKDAYS = frozenset(Weekday(day) for day in range(5))
BERLIN = ZoneInfo("Europe/Berlin")


def available(
    *lines: str,
    start: str = "20260105T090000",
    end: str = "20260105T173000",
    rule: str = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
) -> list[str]:
    times = [f"DTSTART;TZID=Europe/Berlin:{start}", f"DTEND;TZID=Europe/Berlin:{end}", f"RRULE:{rule}"]
    return ["BEGIN:AVAILABLE", *times, *lines, "END:AVAILABLE"]


def hours(*lines: str) -> WorkingHours | None:
    found = told("BEGIN:VAVAILABILITY", *lines, "END:VAVAILABILITY")
    assert list(found.intervals) == []  # what lies outside is no busy time
    return found.hours


def test_weekly_hours() -> None:
    assert hours(*available()) == WorkingHours(BERLIN, (WorkingPeriod(WEEKDAYS, 540, 1050),))


def test_two_halves_of_a_day_and_other_hours_on_friday() -> None:
    found = hours(
        *available(end="20260105T120000", rule="FREQ=WEEKLY;BYDAY=MO,FR"),
        *available(start="20260105T130000", rule="FREQ=WEEKLY;BYDAY=MO"),
    )
    assert found is not None
    assert found.periods == (
        WorkingPeriod(frozenset({Weekday.MONDAY, Weekday.FRIDAY}), 540, 720),
        WorkingPeriod(frozenset({Weekday.MONDAY}), 780, 1050),
    )


def test_a_night_shift_is_two_periods() -> None:
    found = hours(*available(start="20260105T220000", end="20260106T060000", rule="FREQ=WEEKLY;BYDAY=SU"))
    assert found is not None
    assert found.periods == (
        WorkingPeriod(frozenset({Weekday.MONDAY}), 0, 360),
        WorkingPeriod(frozenset({Weekday.SUNDAY}), 1320, 1440),
    )


def test_a_day_of_24_hours_every_day() -> None:
    found = hours(*available(start="20260105T000000", end="20260106T000000", rule="FREQ=DAILY"))
    assert found is not None
    assert found.periods == (WorkingPeriod(frozenset(Weekday), 0, 1440),)


def test_the_lower_number_goes_first_and_none_goes_last() -> None:
    def one(start: str, *lines: str) -> list[str]:
        return ["BEGIN:VAVAILABILITY", *lines, *available(start=start), "END:VAVAILABILITY"]

    plain, third, first = (
        one("20260105T060000"),
        one("20260105T070000", "PRIORITY:3"),
        one("20260105T080000", "PRIORITY:1"),
    )
    found = told(*plain, *third, *first).hours
    assert found is not None
    assert found.periods[0].start == 480
    found = told(*plain, *third).hours
    assert found is not None
    assert found.periods[0].start == 420


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["DTEND:20260101T000000Z", *available()],
        ["DTSTART:20270101T000000Z", *available()],
        available(rule="FREQ=MONTHLY"),
        available(rule="FREQ=WEEKLY;INTERVAL=2"),
        available(rule="FREQ=WEEKLY;BYMONTH=2"),
        available(rule="FREQ=WEEKLY;UNTIL=20260201T000000Z"),
        available(rule="nonsense"),
        available(end="20260105T080000"),
        available(end="20260115T080000"),
        ["BEGIN:AVAILABLE", "RRULE:FREQ=DAILY", "END:AVAILABLE"],
        ["BEGIN:AVAILABLE", "DTSTART;TZID=Narnia:20260105T090000", "RRULE:FREQ=DAILY", "END:AVAILABLE"],
    ],
)
def test_what_says_nothing_of_every_week(lines: list[str]) -> None:
    assert hours(*lines) is None
