"""The bound of what is rendered and kept."""

import tracemalloc

import pytest

from proxy.fragments import Fragments


def test_the_longest_unused_goes_first() -> None:
    fragments = Fragments(25_000)
    fragments["a"], fragments["b"] = b"1" * 10_000, b"2" * 10_000
    assert fragments["a"] == b"1" * 10_000
    fragments["c"] = b"3" * 9_000
    assert set(fragments) == {"a", "c"}


@pytest.mark.parametrize("most", [1, 10_000])
def test_what_is_larger_than_the_whole_bound_is_not_kept_and_disturbs_nothing(most: int) -> None:
    fragments = Fragments(most)
    fragments["a"] = b"1" * 10_000
    assert not fragments


def test_small_fragments_take_no_more_memory_than_the_bound() -> None:
    """The key holds every edge and status of the month, and texts; its fragment may be a few bytes."""
    fragments = Fragments(1_000_000)
    tracemalloc.start()
    try:
        for n in range(4_000):
            key = (1, "FreeBusy", (bytes(480) + str(n).encode(), bytes(60), (f"a subject {n}", None, n)))
            fragments[key] = b"<CalendarEventArray/>%d" % n
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(fragments) > 500
    assert kept <= 1_000_000
