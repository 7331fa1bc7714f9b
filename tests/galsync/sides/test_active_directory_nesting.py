"""Tests of galsync/sides/active_directory_nesting.py."""

import pytest

from galsync.sides.active_directory_nesting import nesting
from protocols.errors import PeerError
from tests.protocols.ldap.forest import DOMAIN, Forest
from tests.protocols.scripted import run


def name(group: str) -> str:
    return f"CN={group},{DOMAIN}"


def forest(**above: str) -> Forest:
    """Groups by name, each with the names of those it is in."""
    made = Forest()
    for group, names in above.items():
        parents = [name(each).encode() for each in names.split()]
        made.put(name(group), {"objectClass": [b"group"], **({"memberOf": parents} if parents else {})})
    return made


def above(made: Forest, *groups: str) -> list[str]:
    names = [name(group) for group in groups]
    found = run(nesting(made, DOMAIN, names)).all_of(each.lower() for each in names)
    return sorted(dn.partition(",")[0].removeprefix("cn=") for dn in found)


def test_groups_in_groups_are_told_at_any_depth() -> None:
    made = forest(team="branch", branch="firm club", firm="", club="firm", other="firm")
    assert above(made, "team") == ["branch", "club", "firm", "team"]
    assert above(made, "other", "club") == ["club", "firm", "other"]


def test_a_circle_of_groups_ends() -> None:
    assert above(forest(a="b", b="c", c="a"), "b") == ["a", "b", "c"]


def test_each_level_is_asked_for_once() -> None:
    made = forest(**{f"g{number}": "top" for number in range(40)}, top="g1")
    above(made, *(f"g{number}" for number in range(40)))
    assert len(made.seen) == 2


def test_a_group_that_is_not_seen_counts_for_itself() -> None:
    assert above(forest(), "gone") == ["gone"]


def test_what_it_is_in_comes_whole_though_it_is_told_in_ranges() -> None:
    made = forest(team=" ".join(f"g{number}" for number in range(9)), **{f"g{number}": "" for number in range(9)})
    made.range = 2
    assert len(above(made, "team")) == 10


def test_levels_without_end_are_an_error() -> None:
    made = forest(**{f"g{number}": f"g{number + 1}" for number in range(120)})
    with pytest.raises(PeerError, match="levels deep"):
        above(made, "g0")
