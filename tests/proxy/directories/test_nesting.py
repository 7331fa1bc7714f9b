"""Tests of proxy/directories/nesting.py."""

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox
from proxy.directories.nesting import Level, flattened
from tests.protocols.scripted import run
from tests.proxy.directories.scripted import boxes

TREE = {
    "top@b.example": (("ann", "bob"), ("sub", "other")),
    "sub@b.example": (("carl", "ann"), ("top", "sub")),  # a circle, and itself
    "other@b.example": (("dora",), ("sub",)),
}


def _level(tree: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> Level:
    async def level(group: Mailbox) -> GroupLevel | None:
        if group.address not in tree:
            return None
        people, groups = tree[group.address]
        return GroupLevel(*(boxes(*(f"{name}@b.example" for name in names)) for names in (people, groups)))

    return level


def _flattened(name: str, tree: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], most: int | None = None) -> object:
    found = run(flattened(_level(tree), Mailbox.parse(f"{name}@b.example"), most=most))
    return None if found is None else [one.local for one in found]


def test_circles_end_and_everybody_counts_once() -> None:
    assert _flattened("top", TREE) == ["ann", "bob", "carl", "dora"]
    assert _flattened("sub", TREE, most=4) == ["carl", "ann", "bob", "dora"]
    assert _flattened("ann", TREE) is None


@pytest.mark.parametrize(
    ("tree", "most", "reason"),
    [
        (TREE, 3, Reason.GROUP_TOO_LARGE),
        ({"top@b.example": (("ann",), ("gone",))}, None, Reason.INCOMPLETE),
        ({f"{name}@b.example": ((), (str(n + 1),)) for n, name in enumerate(["top", *map(str, range(1, 300))])}, None,
         Reason.GROUP_TOO_LARGE),
    ],
)  # fmt: skip
def test_what_cannot_be_flattened(
    tree: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], most: int | None, reason: Reason
) -> None:
    with pytest.raises(PeerError) as caught:
        _flattened("top", tree, most)
    assert caught.value.reason is reason
