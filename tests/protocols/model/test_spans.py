"""Arithmetic of stretches of time, held against sets of seconds."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.spans import Spans, in_both, joined, outside

_PAIRS = st.lists(st.tuples(st.integers(0, 50), st.integers(-2, 9)), max_size=6).map(
    lambda pairs: [(start, start + length) for start, length in pairs]
)
_SPANS = _PAIRS.map(joined)


def _seconds(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {second for start, end in spans for second in range(start, end)}


def _is_ordered_and_apart(spans: Spans) -> bool:
    ends = [end for span in spans for end in span]
    return all(one < other for one, other in pairwise(ends))


@given(_PAIRS)
def test_joined_is_the_same_time_in_stretches_apart(pairs: list[tuple[int, int]]) -> None:
    assert _seconds(joined(pairs)) == _seconds(pairs)
    assert _is_ordered_and_apart(joined(pairs))


@given(_SPANS, _SPANS)
def test_in_both_is_what_lies_in_both(one: Spans, other: Spans) -> None:
    assert _seconds(in_both(one, other)) == _seconds(one) & _seconds(other)
    assert _is_ordered_and_apart(in_both(one, other))


@given(_SPANS, _SPANS)
def test_outside_is_what_the_other_leaves(one: Spans, other: Spans) -> None:
    assert _seconds(outside(one, other)) == _seconds(one) - _seconds(other)
    assert _is_ordered_and_apart(outside(one, other))


def test_what_touches_is_one_stretch_and_what_is_empty_none() -> None:
    assert joined([(5, 7), (1, 3), (3, 5), (9, 9)]) == ((1, 7),)
