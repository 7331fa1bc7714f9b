"""Tests of protocols/model/nesting.py."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.model.nesting import Nesting

NAMES = "abcdef"


def test_groups_in_groups_are_told_at_any_depth() -> None:
    nesting = Nesting({"team": ["branch"], "branch": ["firm", "club"], "club": ["firm"]})
    assert nesting.all_of(["team"]) == {"team", "branch", "firm", "club"}
    assert nesting.all_of(["firm", "club"]) == {"firm", "club"}
    assert nesting.all_of([]) == frozenset()


def test_a_circle_ends() -> None:
    assert Nesting({"a": ["b"], "b": ["c"], "c": ["a"]}).all_of(["b"]) == {"a", "b", "c"}


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES))), st.sets(st.sampled_from(NAMES)))
def test_whatever_lies_above_is_in_it_and_nothing_else(above: dict[str, set[str]], groups: set[str]) -> None:
    found = set(groups)
    for _ in NAMES:
        found |= {one for group in found for one in above.get(group, ())}
    assert Nesting(above).all_of(groups) == found
