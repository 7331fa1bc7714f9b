"""Whoever asks much waits for its own; nobody saves up turns, and nobody is forgotten."""

import gc
import weakref
from collections import Counter
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.fair_shares import STRANGER, FairShares

_ALL = ("a", "b", f"{STRANGER}c", f"{STRANGER}d")


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


def test_once_nobody_waits_nothing_is_held_against_anybody() -> None:
    shares = FairShares[int]()
    for number in range(3):
        shares.put("a", number, since=0, cost=100)
    _taken(shares, 3)
    shares.charge("a", 100)
    shares.put("a", 3, since=0)
    shares.put("b", 4, since=0)
    assert _taken(shares, 2) == ["a", "b"]


class _Item:
    """Something of which it can be seen whether anybody still has it."""


def test_nothing_is_kept_of_who_left_however_long_the_line_is_never_empty() -> None:
    shares = FairShares[_Item]()
    shares.put("waits", _Item(), since=0)
    called, left = weakref.WeakSet[_Item](), weakref.WeakSet[_Item]()
    for number in range(200):
        item = _Item()
        called.add(item)
        shares.put(f"c{number % 3}", item, since=number, cost=0.001)
        item = _Item()
        left.add(item)
        ticket = shares.put("leaves", item, since=number)
        shares.take()
        shares.leave(ticket)
    del item, ticket
    gc.collect()
    assert shares.waiting <= 3
    assert len(called) <= 3
    assert len(left) == 0


def test_callers_that_asked_once_are_forgotten_while_others_go_on() -> None:
    shares, numbers = FairShares[int](), count()
    shares.put("steady", 0, since=0)
    for number in range(10_000):
        shares.put(f"{STRANGER}{next(numbers)}", 0, since=number)
        shares.put("steady", number, since=number)
        shares.take()
        shares.take()
    assert _known(shares) < 3_000


def _known(shares: FairShares[int]) -> int:
    """How many callers something is held in memory about."""
    seen, left, found = set[int](), [shares], 0
    while left:
        each = left.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        found += type(each).__name__ == "_Share"
        left += gc.get_referents(each)
    return found


def test_who_rested_until_the_others_had_as_much_begins_with_them_again() -> None:
    shares = FairShares[int]()
    for number in range(50):
        shares.put("steady", number, since=0)
    shares.put("dear", 0, since=0, cost=10)
    assert "dear" in _taken(shares, 2)
    _taken(shares, 5)
    shares.put("dear", 1, since=0)
    assert "dear" not in _taken(shares, 4), "it has had ten turns' worth, the others six"
    assert "dear" in _taken(shares, 2)


def test_what_a_turn_cost_is_not_forgotten_while_it_was_being_worked_on() -> None:
    shares = FairShares[int]()
    for number in range(50):
        shares.put("steady", number, since=0)
    shares.put("dear", 0, since=0)
    assert "dear" in _taken(shares, 2)
    _taken(shares, 5)  # all have had as much by now as the dear one seemed to have
    shares.charge("dear", 20)
    shares.put("dear", 1, since=0)
    assert "dear" not in _taken(shares, 18)
    assert "dear" in _taken(shares, 5)


def test_all_strangers_together_have_one_share_and_take_turns_in_it() -> None:
    shares = FairShares[int]({"northwind": 1})
    for number in range(512):
        for _ in range(3):
            shares.put(f"{STRANGER}192.0.2.{number}", number, since=0)
    for number in range(100):
        shares.put("northwind", number, since=0)
    taken = _taken(shares, 200)
    assert taken.count("northwind") == 100
    strangers = [caller for caller in taken if caller != "northwind"]
    assert len(set(strangers)) == 100, "each address once before any has its second turn"


def test_a_stranger_that_sends_much_does_not_stand_before_one_that_sends_little() -> None:
    shares = FairShares[int]()
    for number in range(1_000):
        shares.put(f"{STRANGER}big", number, since=0)
    _taken(shares, 10)
    shares.put(f"{STRANGER}small", 0, since=1)
    assert f"{STRANGER}small" in _taken(shares, 2)


def test_what_strangers_cost_counts_for_all_and_for_the_one() -> None:
    shares = FairShares[int]()
    for number in range(100):
        for caller in (f"{STRANGER}dear", f"{STRANGER}cheap", "proved"):
            shares.put(caller, number, since=0)
    counted = Counter[str]()
    for _ in range(60):
        [caller] = _taken(shares, 1)
        counted[caller] += 1
        shares.charge(caller, 8 if caller == f"{STRANGER}dear" else 0)
    assert counted["proved"] > 36, "half of the cost, not half of the turns"
    assert counted[f"{STRANGER}cheap"] >= 3 * counted[f"{STRANGER}dear"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(_ALL), st.floats(0.1, 5)), max_size=40),
    st.dictionaries(st.sampled_from(_ALL), st.floats(0.1, 10)),
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
        shares.charge(ticket.caller, ticket.cost - 2)
    for caller in _ALL:
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
