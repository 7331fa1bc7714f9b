"""Habits that nobody can have are refused."""

from typing import Any

import pytest

from bench.workload.habits import DAYS, Habits, Span


def test_every_span_has_its_days() -> None:
    assert set(DAYS) == set(Span)
    assert set(Habits().spans) == set(Span)


@pytest.mark.parametrize(
    "habit",
    [
        {"users": 0},
        {"mailboxes": 0},
        {"attendees": 0.5},
        {"looks": 0},
        {"meetings": 0},
        {"pause": 0},
        {"usual": 1.5},
        {"flips": -1},
        {"spans": {}},
        {"spans": {Span.DAY: 0}},
    ],
)
def test_impossible_habits_are_refused(habit: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least|once|more than 0|shares"):
        Habits(**habit)
