"""RRULE is read into one form and written so that it means the same."""

from datetime import date

import pytest
from hypothesis import given, settings

from protocols.model.event import Days, When
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.recurrence.rules import normal, read, written
from tests.protocols.recurrence.series import span, texts, whens

MONDAY = span(2026, 3, 2)
DAYS = Days(date(2026, 3, 2), date(2026, 3, 3))


@given(texts(), whens)
@settings(max_examples=300)
def test_what_is_written_is_read_as_it_was(text: str, when: When) -> None:
    rule = read(text, when)
    assert read(written(rule, when), when) == rule
    assert normal(rule, when) == rule


def test_every_part_has_its_field() -> None:
    rule = read(" freq=monthly; interval=2;BYDAY=-1FR,+2MO;BYMONTH=3,1,3;WKST=SU;COUNT=5; ", MONDAY)
    assert rule == Recurrence(
        frequency=Frequency.MONTHLY,
        interval=2,
        days=((-1, Weekday.FR), (2, Weekday.MO)),
        months=(1, 3),
        count=5,
    )


def test_weeks_and_days_of_the_year_are_kept_as_they_are() -> None:
    rule = read("FREQ=YEARLY;BYYEARDAY=200,-1,1", MONDAY)
    assert rule.others == (("BYYEARDAY", "-1,1,200"),)
    assert written(read("FREQ=YEARLY;BYWEEKNO=20;WKST=SU", MONDAY), MONDAY) == (
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU"
    )


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260310T080000Z", date(2026, 3, 10)),  # the instant itself: 9 o'clock in Berlin
        ("20260310T075959Z", date(2026, 3, 9)),
        ("20260310T225959Z", date(2026, 3, 10)),  # the day's end, as Google writes it
        ("20260310T230000Z", date(2026, 3, 10)),  # midnight in Berlin: nothing of the 11th any more
        ("20260310", date(2026, 3, 10)),
        ("20260310T090000", date(2026, 3, 10)),  # by the wall, which the RFC forbids and clients write
        ("20260329T070000Z", date(2026, 3, 29)),  # summer time by now
    ],
)
def test_until_is_the_last_day_on_which_one_may_begin(until: str, last: date) -> None:
    assert read(f"FREQ=DAILY;UNTIL={until}", MONDAY).until == last


def test_until_of_days_is_the_day_written() -> None:
    for until in ("20260310", "20260310T000000Z", "20260310T225959Z"):
        rule = read(f"FREQ=DAILY;UNTIL={until}", DAYS)
        assert rule.until == date(2026, 3, 10)
        assert written(rule, DAYS) == "FREQ=DAILY;UNTIL=20260310"


def test_until_is_written_as_the_instant_of_the_last() -> None:
    summer = Recurrence(frequency=Frequency.DAILY, until=date(2026, 4, 1))
    assert written(summer, MONDAY) == "FREQ=DAILY;UNTIL=20260401T070000Z"
    night = span(2026, 3, 1, 2, 30)
    in_the_gap = read("FREQ=DAILY;UNTIL=20260329T013000Z", night)
    assert in_the_gap.until == date(2026, 3, 29)
    assert written(in_the_gap, night) == "FREQ=DAILY;UNTIL=20260329T013000Z"


def test_an_end_beyond_all_calendars_is_written() -> None:
    west = span(2026, 3, 2, 22, zone="America/New_York")
    text = written(Recurrence(frequency=Frequency.DAILY, until=date(9999, 12, 31)), west)
    assert text == "FREQ=DAILY;UNTIL=99991231T235959Z"


@pytest.mark.parametrize("text", ["FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "FREQ=DAILY;RSCALE=GREGORIAN;SKIP=OMIT"])
def test_what_says_nothing_new_is_left_out(text: str) -> None:
    assert read(text, MONDAY) == Recurrence(frequency=Frequency.DAILY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "misshapen"),
        ("FREQ=DAILY;FREQ=WEEKLY", "misshapen"),
        ("INTERVAL=2", "frequency"),
        ("FREQ=FORTNIGHTLY", "frequency"),
        ("FREQ=HOURLY", "by the hour"),
        ("FREQ=DAILY;BYHOUR=9,17", "by the hour"),
        ("FREQ=DAILY;BYHOUR=10", "by the hour"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=many", "COUNT"),
        ("FREQ=DAILY;COUNT=99999999999999999999", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "both"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20261301", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20260301", "ends before"),
        ("FREQ=WEEKLY;BYDAY=XX", "weekday"),
        ("FREQ=WEEKLY;BYDAY=", "nothing"),
        ("FREQ=WEEKLY;BYDAY=2TU", "counts weekdays"),
        ("FREQ=MONTHLY;BYDAY=0TU", "weekday"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "days of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "bounds"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "bounds"),
        ("FREQ=YEARLY;BYMONTH=13", "bounds"),
        ("FREQ=YEARLY;BYMONTH=-1", "bounds"),
        ("FREQ=YEARLY;BYMONTH=5L", "no number"),
        ("FREQ=MONTHLY;BYSETPOS=,", "nothing"),
        ("FREQ=MONTHLY;BYWEEKNO=3", "not come yearly"),
        ("FREQ=WEEKLY;WKST=Monday", "WKST"),
        ("FREQ=YEARLY;BYEASTER=1", "not known"),
        ("FREQ=YEARLY;RSCALE=HEBREW;BYMONTH=5", "not known"),
        ("FREQ=DAILY;" + "X" * 5000, "longer"),
    ],
)
def test_what_is_out_of_specification_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(text, MONDAY)
