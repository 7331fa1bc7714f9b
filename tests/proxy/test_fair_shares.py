"""Whoever asks much waits for its own; nobody saves up turns, and nobody is forgotten."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.fair_shares import FairShares


def _taken(shares: FairShares[int], number: int) -> list[str]:
    found = [shares.take() for _ in range(number)]
    return [ticket.caller for ticket in found if ticket is not None]


def test_one_line_is_first_come_first_served() -> None:
    shares = FairShares[int]()
    for number in range(5):
        shares.put("a", number, since=number)
    taken = [shares.take() for _ in range(6)]
    assert [ticket.item for ticket in taken if ticket] == [0, 1, 2, 3, 4]
    assert taken[-1] is None
    assert shares.waiting == 0


def test_a_thousand_of_one_do_not_stand_before_one_of_another() -> None:
    shares = FairShares[int]()
    for number in range(1_000):
        shares.put("big", number, since=0)
    assert _taken(shares, 500) == ["big"] * 500
    shares.put("small", 0, since=1)
    assert "small" in _taken(shares, 2)


def test_turns_go_by_weight() -> None:
    shares = FairShares[int]({"heavy": 3, "light": 0.5})
    for caller in ("heavy", "usual", "light"):
        for number in range(100):
            shares.put(caller, number, since=0)
    assert Counter(_taken(shares, 90)) == {"heavy": 60, "usual": 20, "light": 10}


def test_turns_go_by_what_they_cost() -> None:
    shares = FairShares[int]()
    for number in range(100):
        shares.put("dear", number, since=0, cost=9)
        shares.put("cheap", number, since=0, cost=1)
    assert Counter(_taken(shares, 50)) == {"dear": 5, "cheap": 45}


def test_what_a_turn_cost_beyond_what_was_thought_counts_with_the_next() -> None:
    shares = FairShares[int]()
    for number in range(100):
        shares.put("dear", number, since=0)
        shares.put("cheap", number, since=0)
    counted = Counter[str]()
    for _ in range(50):
        ticket = shares.take()
        assert ticket is not None
        counted[ticket.caller] += 1
        shares.charge(ticket.caller, 8 if ticket.caller == "dear" else 0)
    assert counted["cheap"] >= 44


def test_whoever_rested_saved_nothing_up() -> None:
    shares = FairShares[int]()
    for number in range(200):
        shares.put("steady", number, since=0)
    _taken(shares, 100)
    for number in range(100):
        shares.put("late", number, since=0)
    assert Counter(_taken(shares, 100)) == {"steady": 50, "late": 50}


def test_who_left_has_no_turn() -> None:
    shares = FairShares[int]()
    tickets = [shares.put("a", number, since=0) for number in range(4)]
    for ticket in (tickets[0], tickets[2], tickets[2]):
        shares.leave(ticket)
    assert shares.waiting == 2
    assert [ticket.item for ticket in shares.everybody()] == [1, 3]
    found = [shares.take(), shares.take(), shares.take()]
    assert [ticket.item for ticket in found if ticket] == [1, 3]


def test_who_waits_too_long_is_told_once() -> None:
    shares = FairShares[int]()
    for number in range(6):
        shares.put("ab"[number % 2], number, since=number)
    assert [ticket.item for ticket in shares.late(3)] == [0, 1, 2]
    assert list(shares.late(3)) == []
    assert shares.waiting == 3
    assert [ticket.item for ticket in shares.late(100)] == [3, 4, 5]
    assert shares.callers == 0, "nobody waits, so nothing is held against anybody"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.1, 5)), max_size=40),
    st.dictionaries(st.sampled_from("abc"), st.floats(0.1, 10)),
)
def test_everybody_has_one_turn_in_the_order_of_its_line(
    asked: list[tuple[str, float]], weights: dict[str, float]
) -> None:
    shares = FairShares[int](weights)
    for number, (caller, cost) in enumerate(asked):
        shares.put(caller, number, since=number, cost=cost)
    taken = []
    while ticket := shares.take():
        taken.append((ticket.caller, ticket.item))
    for caller in "abc":
        assert [item for whose, item in taken if whose == caller] == [
            number for number, (whose, _) in enumerate(asked) if whose == caller
        ]


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0.5, 1, 2, 4]), min_size=2))
def test_nobody_is_more_than_one_turn_from_its_share(weights: dict[str, float]) -> None:
    shares = FairShares[int](weights)
    for caller in sorted(weights):
        for number in range(400):
            shares.put(caller, number, since=0)
    counted = Counter(_taken(shares, 200))
    for caller, weight in weights.items():
        assert counted[caller] == pytest.approx(200 * weight / sum(weights.values()), abs=len(weights) + 1)
