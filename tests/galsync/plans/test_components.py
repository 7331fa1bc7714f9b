"""Tests of galsync/plans/components.py: all rounds are found, and opened by little, in time that is linear."""

from hypothesis import given
from hypothesis import strategies as st

from galsync.plans.components import closing, components

graphs = st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7))).map(
    lambda found: {number: others - {number} for number, others in found.items()}
)


def reached(waits: dict[int, set[int]], start: int) -> set[int]:
    found: set[int] = set()
    todo = [start]
    while todo:
        for other in waits.get(todo.pop(), set()) - found:
            found.add(other)
            todo.append(other)
    return found


@given(graphs)
def test_two_are_in_one_component_where_each_waits_for_the_other(waits: dict[int, set[int]]) -> None:
    found = {frozenset(each) for each in components(waits)}
    meant = {
        frozenset(other for other in reached(waits, number) if number in reached(waits, other))
        for number in waits
        if number in reached(waits, number)
    }
    assert found == meant


@given(graphs)
def test_without_what_closes_a_round_there_is_none(waits: dict[int, set[int]]) -> None:
    cut = list(closing(waits, sorted(waits)))
    left = {number: {other for other in others if (number, other) not in cut} for number, others in waits.items()}
    assert components(left) == []
    assert bool(cut) is bool(components(waits))


def test_a_round_loses_no_more_than_one() -> None:
    ring = {number: {(number + 1) % 2_000} for number in range(2_000)}
    assert len(components(ring)[0]) == 2_000
    assert list(closing(ring, range(2_000))) == [(1_999, 0)]
