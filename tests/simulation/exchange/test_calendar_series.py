"""Tests of simulation/exchange/calendar_series.py."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from simulation.exchange.calendar_series import check, local_day, starts
from simulation.exchange.soap import SoapFault, T

NINE = datetime(2026, 10, 12, 9, tzinfo=UTC)
COUNT = "<t:NumberedRecurrence><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence>"


def _rule(text: str) -> etree._Element:
    return etree.fromstring(f'<t:Recurrence xmlns:t="{T}">{text}</t:Recurrence>')


def _days(pattern: str, span: str = COUNT) -> list[str]:
    return [f"{each:%m-%d}" for each in starts(_rule(pattern + span), NINE, "UTC")]


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        ("<t:DailyRecurrence><t:Interval>3</t:Interval></t:DailyRecurrence>", ["10-12", "10-15", "10-18", "10-21"]),
        ("<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday Sunday</t:DaysOfWeek>"
         "<t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>", ["10-12", "10-18", "10-26", "11-01"]),
        ("<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday Sunday</t:DaysOfWeek>"
         "</t:WeeklyRecurrence>", ["10-12", "10-25", "10-26", "11-08"]),
        ("<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth>"
         "</t:AbsoluteMonthlyRecurrence>", ["10-31", "11-30", "12-31", "01-31"]),
        ("<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek>"
         "<t:DayOfWeekIndex>Last</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>",
         ["10-30", "11-30", "12-31", "01-29"]),
        ("<t:RelativeMonthlyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>"
         "<t:DayOfWeekIndex>Second</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>",
         ["10-12", "12-14", "02-08", "04-12"]),
        ("<t:AbsoluteYearlyRecurrence><t:DayOfMonth>12</t:DayOfMonth><t:Month>October</t:Month>"
         "</t:AbsoluteYearlyRecurrence>", ["10-12"] * 4),
        ("<t:RelativeYearlyRecurrence><t:DaysOfWeek>Monday</t:DaysOfWeek><t:DayOfWeekIndex>Second</t:DayOfWeekIndex>"
         "<t:Month>October</t:Month></t:RelativeYearlyRecurrence>", ["10-12", "10-11", "10-09", "10-08"]),
    ],
)  # fmt: skip
def test_patterns(pattern: str, days: list[str]) -> None:
    assert _days(pattern) == days


def test_a_series_ends_on_its_day_and_keeps_its_time_by_its_clock() -> None:
    rule = _rule(
        "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>"
        "<t:EndDateRecurrence><t:EndDate>2026-10-26Z</t:EndDate></t:EndDateRecurrence>"
    )
    assert [f"{each:%d %H}" for each in starts(rule, NINE, "W. Europe Standard Time")] == ["12 09", "19 09", "26 10"]


def test_a_series_without_end_is_counted_for_a_while() -> None:
    pattern = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
    assert len(_days(pattern, "<t:NoEndRecurrence/>")) == 1000


def test_what_is_no_rule_is_refused() -> None:
    for text in ("", "<t:NoEndRecurrence/>", "<t:DailyRegeneration/><t:NoEndRecurrence/>"):
        with pytest.raises(SoapFault):
            check(_rule(text))


def test_the_day_by_a_clock() -> None:
    assert local_day(datetime(2026, 11, 9, 23, 30, tzinfo=UTC), "W. Europe Standard Time").day == 10
