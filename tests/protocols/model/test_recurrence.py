"""How a series comes again: what no rule may say."""

from datetime import date

import pytest

from protocols.model.recurrence import Frequency, Recurrence, Weekday


@pytest.mark.parametrize("wrong", [{"interval": 0}, {"count": 0}, {"count": 1, "until": date(2026, 12, 1)}])
def test_what_no_rule_says(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a rule"):
        Recurrence(frequency=Frequency.DAILY, **wrong)  # type: ignore[arg-type]


def test_weekdays_count_as_dates_do() -> None:
    assert date(2026, 11, 23).weekday() == Weekday.MO
    assert Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),)).week_start is Weekday.MO
