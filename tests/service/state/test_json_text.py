"""Tests of service/state/json_text.py: whatever text comes from outside is read back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from service.state.json_text import dumped, loaded

ANYTHING = st.text(st.characters(), max_size=12)  # halves of surrogate pairs too: sources are broken like that
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_json_comes_back_even_with_broken_text(value: object) -> None:
    assert loaded(dumped(value)) == value
