"""Which spokes rang."""

from calsync.notices.bell import Bell


def test_each_ring_is_told_once() -> None:
    heard: list[str] = []
    bell = Bell(heard.append)
    bell.ring("team", "google")
    bell.ring("team", "graph")
    bell.ring("team", "google")
    assert heard == ["team", "team", "team"]
    assert bell.rung("team")
    assert not bell.rung("other")
    assert bell.who("team") == {"google", "graph"}
    assert not bell.rung("team")
    assert bell.who("team") == frozenset()
