"""What is kept, how long, and how much of it."""

from datetime import timedelta

import pytest

from protocols.caldav.kept import Kept
from tests.protocols.caldav.dav_samples import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("later", "found"), [(0, 1), (0.9, 1), (1, None), (60, None), (-1, None)])
def test_how_long(later: float, found: int | None) -> None:
    kept: Kept[str, int] = Kept(MINUTE, most=2)
    assert kept.put("a", 1, NOW) == 1
    assert kept.get("a", NOW + later * MINUTE) == found
    assert len(kept) == (found is not None)  # what is too old is gone


def test_the_longest_unused_goes() -> None:
    kept: Kept[str, int] = Kept(MINUTE, most=2)
    for name in ("a", "b"):
        kept.put(name, 1, NOW)
    kept.get("a", NOW)
    kept.put("c", 1, NOW)
    assert [kept.get(name, NOW) for name in ("a", "b", "c")] == [1, None, 1]
    assert len(kept) == 2


def test_forgotten() -> None:
    kept: Kept[str, int] = Kept(MINUTE, most=2)
    kept.put("a", 1, NOW)
    kept.drop("a")
    kept.drop("b")
    assert (kept.get("a", NOW), len(kept)) == (None, 0)
