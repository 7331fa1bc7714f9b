"""Tests of proxy/layers/budget.py."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.layers.budget import MOST, Budget, Rate

SECOND = timedelta(seconds=1)


class _Timer:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _spent(budget: Budget) -> int:
    """How many calls may go out now; they do."""
    count = 0
    while not budget.wait():
        budget.spend()
        count += 1
    return count


def test_as_many_as_are_allowed_may_go_at_once_and_the_next_when_the_first_is_forgotten() -> None:
    timer = _Timer()
    budget = Budget([Rate(3, 60 * SECOND)], timer=timer)
    budget.spend()
    timer.now += 10
    assert _spent(budget) == 2
    assert budget.wait() == 50 * SECOND
    timer.now += 49
    assert budget.wait() == SECOND
    timer.now += 1
    assert _spent(budget) == 1
    assert budget.wait() == 10 * SECOND


def test_each_rate_is_kept_to() -> None:
    timer = _Timer()
    budget = Budget([Rate(2, SECOND), Rate(3, 60 * SECOND)], timer=timer)
    assert _spent(budget) == 2
    timer.now += 1
    assert _spent(budget) == 1
    assert budget.wait() == 59 * SECOND


def test_what_several_share_is_spent_by_each() -> None:
    timer = _Timer()
    together = Budget([Rate(5, 60 * SECOND)], timer=timer)
    one, other = (Budget([Rate(3, 60 * SECOND)], over=together, timer=timer) for _ in range(2))
    assert (_spent(one), _spent(other), _spent(one)) == (3, 2, 0)
    assert together.wait() == 60 * SECOND


def test_without_a_rate_there_is_no_limit() -> None:
    budget = Budget()
    for _ in range(1000):
        budget.spend()
    assert budget.wait() == timedelta()


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 20)), min_size=1, max_size=3),
    st.lists(st.floats(0, 9, allow_nan=False), max_size=60),
)
@settings(max_examples=100)
def test_never_more_in_any_window_than_each_rate_allows(rates: list[tuple[int, int]], pauses: list[float]) -> None:
    timer = _Timer()
    budget = Budget([Rate(calls, seconds * SECOND) for calls, seconds in rates], timer=timer)
    went: list[float] = []
    for pause in pauses:
        timer.now += pause
        if not budget.wait():
            budget.spend()
            went.append(timer.now)
        else:
            late = [sum(now > timer.now - seconds - 1e-6 for now in went) >= calls for calls, seconds in rates]
            assert any(late), "held back without a reason"
    for calls, seconds in rates:
        for first, then in zip(went, went[calls:], strict=False):
            assert then - first >= seconds - 1e-6


@pytest.mark.parametrize(("calls", "per"), [(0, SECOND), (-1, SECOND), (1, timedelta()), (MOST + 1, SECOND)])
def test_rates_by_which_nobody_can_go_are_refused(calls: int, per: timedelta) -> None:
    with pytest.raises(ValueError, match="no call goes"):
        Rate(calls, per)


@pytest.mark.parametrize(("calls", "parts", "each"), [(600, 1, 600), (600, 4, 150), (10, 3, 3), (2, 5, 1)])
def test_several_who_know_nothing_of_each_other_have_a_part_each(calls: int, parts: int, each: int) -> None:
    assert Rate(calls, SECOND).among(parts) == Rate(each, SECOND)
