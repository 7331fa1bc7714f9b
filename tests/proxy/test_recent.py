"""Bounds by number and by weight, and what goes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.recent import Recent


def _recent(count: int | None = None, weight: int = 100) -> Recent[str, bytes]:
    return Recent(count=count, weight=weight, weigh=lambda key, value: len(key) + len(value))


def test_reading_is_a_use() -> None:
    recent = _recent(count=2)
    recent["a"], recent["b"] = b"1", b"2"
    assert recent["a"] == b"1"
    recent["c"] = b"3"
    assert list(recent) == ["a", "c"]


def test_many_go_where_one_is_heavy() -> None:
    recent = _recent(weight=10)
    for key in "abc":
        recent[key] = b"12"
    recent["d"] = b"123456"
    assert list(recent) == ["c", "d"]


@pytest.mark.parametrize("recent", [_recent(count=0), _recent(weight=1)])
def test_what_has_no_place_is_not_kept(recent: Recent[str, bytes]) -> None:
    recent["a"] = b"1"
    assert not recent
    assert recent.weight == 0


def test_what_became_too_heavy_is_not_there_in_its_old_shape() -> None:
    recent = _recent(weight=5)
    recent["a"] = b"1"
    recent["a"] = b"12345"
    assert "a" not in recent


def test_what_is_not_there_raises() -> None:
    with pytest.raises(KeyError):
        _recent()["a"]
    with pytest.raises(KeyError):
        del _recent()["a"]


@given(
    st.integers(0, 4),
    st.integers(0, 30),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.binary(max_size=9) | st.none())),
)
def test_the_bounds_hold_and_the_weight_is_that_of_what_is_kept(
    count: int, weight: int, steps: list[tuple[str, bytes | None]]
) -> None:
    recent = _recent(count, weight)
    for key, value in steps:
        if value is None:
            recent.pop(key, None)
        else:
            recent[key] = value
        assert len(recent) <= count
        assert recent.weight == sum(len(key) + len(recent[key]) for key in list(recent)) <= weight
