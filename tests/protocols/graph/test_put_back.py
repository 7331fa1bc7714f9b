"""Settings taken back: what somebody changed since stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.graph.put_back import put_back

values = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)


def test_ours_go_and_theirs_stay() -> None:
    was, did = {"a": 1, "b": 1}, {"a": 2, "b": 1, "c": 2, "d": 2}
    now = {"a": 2, "b": 3, "c": 2, "d": 4, "e": 5}
    assert put_back(now, was=was, did=did) == {"a": 1, "b": 3, "d": 4, "e": 5}


def test_what_we_took_away_comes_again_unless_somebody_set_it() -> None:
    assert put_back({}, was={"a": 1}, did={}) == {"a": 1}
    assert put_back({"a": 2}, was={"a": 1}, did={}) == {"a": 2}


def test_who_says_what_is_the_same() -> None:
    assert put_back({"a": "X"}, was={}, did={"a": "x"}) == {"a": "X"}
    assert (
        put_back({"a": "X"}, was={}, did={"a": "x"}, same=lambda one, two: str(one).lower() == str(two).lower()) == {}
    )


@settings(max_examples=50)
@given(values, values)
def test_all_of_it_where_nobody_else_was_there(was: dict[str, int], did: dict[str, int]) -> None:
    assert put_back(did, was=was, did=did) == was
    assert put_back(was, was=was, did=was) == was
