"""The bound of what is rendered and kept."""

import pytest

from proxy.fragments import Fragments


def test_the_longest_unused_goes_first() -> None:
    fragments = Fragments(10)
    fragments["a"], fragments["b"] = b"12345", b"12345"
    assert fragments["a"] == b"12345"
    fragments["c"] = b"1"
    assert set(fragments) == {"a", "c"}


@pytest.mark.parametrize("most", [0, 3])
def test_what_is_larger_than_the_whole_bound_is_not_kept_and_disturbs_nothing(most: int) -> None:
    fragments = Fragments(most)
    fragments["a"] = b"1234"
    assert not fragments
