"""Tests of proxy/directories/joining.py; whole rolls over several directories are in test_roll.py."""

import pytest

from protocols.model.freebusy import Reason
from proxy.directories.book import PLAIN, Membership
from proxy.directories.joining import BARRED, joined
from routing.table import Combine
from tests.proxy.directories.scripted import boxes

ONE, TWO = (Membership(boxes(f"{name}@{name}.example"), name) for name in ("b", "c"))
DOWN = Membership(source="b", reason=Reason.UNREACHABLE)
LOST = Membership(source="b", reason=Reason.INCOMPLETE)
UNION, MOVE, EITHER, FIRST = Combine.UNION, Combine.MOVE, Combine.EITHER, Combine.FIRST


@pytest.mark.parametrize("combine", Combine)
def test_nobody_and_one_alone(combine: Combine) -> None:
    assert joined([], combine) == joined([PLAIN, PLAIN], combine) == (PLAIN,)
    assert joined([ONE], combine) == (ONE,)
    assert joined([DOWN], combine) == (DOWN,)
    assert joined([BARRED], combine) == (PLAIN,)


@pytest.mark.parametrize(
    ("combine", "told", "found"),
    [
        (UNION, (ONE, TWO), (ONE, TWO)),
        (UNION, (ONE, BARRED), (BARRED,)),
        (UNION, (DOWN, BARRED), (DOWN,)),
        (EITHER, (PLAIN, DOWN), (DOWN,)),
        (EITHER, (PLAIN, TWO), (TWO,)),
        (MOVE, (ONE, TWO), (ONE, TWO)),
        (MOVE, (ONE, BARRED), (ONE,)),
        (MOVE, (BARRED, ONE), (BARRED,)),
        (MOVE, (PLAIN, ONE), (LOST,)),
        (MOVE, (DOWN, TWO), (DOWN,)),
        (MOVE, (TWO, DOWN), (DOWN,)),
        (FIRST, (PLAIN, TWO), (TWO,)),
        (FIRST, (PLAIN, BARRED), (PLAIN,)),
    ],
)
def test_what_counts(combine: Combine, told: tuple[Membership, ...], found: tuple[Membership, ...]) -> None:
    assert joined(told, combine) == found
