"""What reading may cost is counted together, and ends."""

import pytest

from protocols.caldav.icalendar import read
from protocols.caldav.told import Bounds
from protocols.model.freebusy import Detail
from protocols.recurrence.budget import Budget, TooManyError
from tests.protocols.caldav.ics import TIMES, WINDOW, cal, event


class Watch:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_rule_may_not_take_what_all_may() -> None:
    budget = Budget(100, 10)
    with pytest.raises(TooManyError):
        budget.take(11)
    assert budget.steps == 100  # the others are not made to pay for it
    for _ in range(10):
        budget.take(10)
    assert budget.spent


def test_a_share_is_of_one_rule() -> None:
    budget = Budget(100, 10)
    share = budget.share()
    share.take(6)
    with pytest.raises(TooManyError):
        share.take(5)
    budget.share().take(10)
    assert budget.steps == 79  # what was taken too much is paid all the same


def test_other_work_that_is_too_much_ends_everything() -> None:
    budget = Budget(100, 10)
    budget.work(90)
    with pytest.raises(TooManyError):
        budget.work(11)
    assert budget.spent
    with pytest.raises(TooManyError):
        budget.take(1)


def test_occurrences_are_counted() -> None:
    budget = Budget(100, 100, occurrences=2)
    budget.occur()
    budget.occur()
    assert not budget.spent
    with pytest.raises(TooManyError):
        budget.occur()
    assert budget.spent


def test_only_the_time_of_reading_counts() -> None:
    watch = Watch()
    budget = Budget(10**6, 10**6, seconds=2, stopwatch=watch)
    for _ in range(2):
        with budget.reading():
            watch.now += 0.9
            budget.work(1)
        watch.now += 1000
        assert not budget.spent
    with budget.reading():
        watch.now += 0.3
        with pytest.raises(TooManyError):
            budget.work(1)
    assert budget.spent


def test_one_budget_is_for_all_that_is_read_for_a_question() -> None:
    data = cal(*event(*TIMES))
    budget = Bounds(occurrences=2).budget()
    found = [read(data, WINDOW, zone=None, detail=Detail.BUSY, budget=budget) for _ in range(4)]
    assert [len(each.intervals) for each in found] == [1, 1, 0, 0]
    assert [bool(each.unknown) for each in found] == [False, False, True, True]
    assert found[3].unknown == (WINDOW,)
