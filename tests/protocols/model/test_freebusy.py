"""Working periods are checked, and a failure is told of each mailbox in order."""

from datetime import timedelta

import pytest

from protocols.model.freebusy import Reason, Unavailable, Weekday, WorkingPeriod, all_unavailable
from protocols.model.mailbox import Mailbox


@pytest.mark.parametrize(("start", "end"), [(0, 1440), (540, 1020), (1439, 1440)])
def test_working_periods(start: int, end: int) -> None:
    assert WorkingPeriod(frozenset({Weekday.MONDAY}), start, end).end == end


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [({0}, 540, 540), ({0}, 600, 540), ({0}, -1, 540), ({0}, 540, 1441), (set(), 540, 1020)],
)
def test_what_is_no_working_period(days: set[int], start: int, end: int) -> None:
    with pytest.raises(ValueError, match="working period"):
        WorkingPeriod(frozenset(Weekday(day) for day in days), start, end)


def test_weekdays_are_those_of_the_standard_library() -> None:
    assert [day.name.title() for day in Weekday] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]


def test_all_unavailable_keeps_order_and_duplicates() -> None:
    ann, bob = Mailbox.parse("ann@contoso.example"), Mailbox.parse("bob@contoso.example")
    answers = all_unavailable([bob, ann, bob], Reason.TIMEOUT, timedelta(seconds=1), "slow")
    assert [answer.mailbox for answer in answers] == [bob, ann, bob]
    assert all(isinstance(a, Unavailable) and a.reason is Reason.TIMEOUT and a.detail == "slow" for a in answers)


def test_the_log_s_detail_makes_no_difference() -> None:
    assert all_unavailable([None], Reason.LOOP, detail="a") == all_unavailable([None], Reason.LOOP, detail="b")  # type: ignore[list-item]
