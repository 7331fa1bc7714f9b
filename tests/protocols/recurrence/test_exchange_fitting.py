"""What Exchange and Microsoft 365 hold alike, and in what they may be told to differ."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.recurrence.exchange_fitting import Holder, fit

START = datetime(2026, 11, 9, 9, 0, 0, 7, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
EVENT = Event(when=Span(START, START + HOUR, "Europe/Vienna"), shows=BusyStatus.WORKING_ELSEWHERE)
SERIES = replace(
    EVENT,
    when=Span(START.replace(microsecond=0), START + HOUR, "Europe/Vienna"),
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),)),
)


def _silent(_rule: Recurrence, _first: date) -> str:
    raise ValueError("no words for it")


OUTLOOK = Holder(name="Outlook", says=lambda _rule, _first: "")


def test_times_are_of_whole_seconds_in_a_zone_of_windows() -> None:
    held, words = fit(replace(EVENT, subject=" a\x07 "), OUTLOOK)
    whole = START.replace(microsecond=0)
    assert held == replace(EVENT, when=Span(whole, whole + HOUR, "Europe/Berlin"), subject="a")
    assert words == ""


def test_who_knows_no_other_place_is_free_there() -> None:
    held, _ = fit(EVENT, replace(OUTLOOK, elsewhere=False))
    assert held is not None
    assert held.shows is BusyStatus.FREE


@pytest.mark.parametrize(("apart", "kept"), [(True, Sensitivity.PRIVATE), (False, None)])
def test_whether_an_occurrence_has_a_sensitivity_of_its_own(apart: bool, kept: Sensitivity | None) -> None:
    second = SERIES.when.start + WEEK  # type: ignore[union-attr]
    one = Occurrence(when=Span(second, second + HOUR, "UTC"), subject="X", sensitivity=Sensitivity.PRIVATE)
    held, _ = fit(replace(SERIES, exceptions={second: one}), replace(OUTLOOK, apart=apart))
    assert held is not None
    [told] = held.exceptions.values()
    assert told is not None
    assert told.sensitivity is kept


def test_what_has_no_words_is_not_held() -> None:
    assert fit(SERIES, replace(OUTLOOK, says=_silent)) == (None, "no words for it")
    assert fit(replace(EVENT, extra=(START,)), OUTLOOK) == (
        None,
        "Outlook cannot hold further dates of a series (RDATE)",
    )
