"""Tests of proxy/directories/roll.py."""

from datetime import timedelta
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from proxy.directories.book import PLAIN, Expanding, GroupBook, Membership
from proxy.directories.roll import Roll
from routing.aliases import Aliases
from routing.backwards import Backwards
from routing.policy import Policy
from routing.table import Combine, Route, RouteTable
from routing.ways import Follower, Leg, Way, Ways
from tests.contracts.virtual import now, run
from tests.proxy.directories.scripted import ScriptedDirectory, boxes

TABLE = RouteTable(
    [
        Route(match="b.example", via=("b",), rewrite="{local}@g.b.example"),
        Route(match="c.example", via=("c",)),
        Route(match="both.example", via=("b", "c"), combine=Combine.UNION),
    ],
    Aliases({"alias.example": "c.example"}),
)


def roll_of(
    directories: dict[str, ScriptedDirectory],
    *,
    written: dict[str, tuple[Mailbox, ...]] | None = None,
    may_ask: tuple[str, ...] = ("*",),
    never_via: tuple[str, ...] = (),
    table: RouteTable = TABLE,
    follower: Follower | None = None,
) -> Roll:
    """A roll over ``directories``, which are asked about everybody."""
    expanding = {
        name: Expanding(directory=one, concerns=lambda _: True, keep=timedelta(minutes=10))
        for name, one in directories.items()
    }
    policy = Policy(may_ask=may_ask)
    return Roll(
        ways=Ways(table, follower=follower),
        book=GroupBook(expanding, clock=now),
        backwards=Backwards(table),
        written=written or {},
        may_ask=lambda mailbox: policy.rule_for(mailbox) is not None,
        never_via=never_via,
    )


def settled(roll: Roll, address: str) -> Membership:
    """What the roll says, the directories asked; and that it says the same again without asking."""

    async def asked() -> Membership:
        mailbox = Mailbox.parse(address)
        found = await roll.settle(mailbox)
        assert roll.look(mailbox) == found
        return found

    return run(asked())


def _members(found: Membership) -> list[str]:
    assert found.members is not None, found
    return [member.address for member in found.members]


def test_members_are_told_as_callers_ask_for_them() -> None:
    b = ScriptedDirectory({"team@g.b.example": ("ann@g.b.example", "x@c.example", "y@nowhere.example")})
    roll = roll_of({"b": b})
    assert _members(settled(roll, "team@b.example")) == ["ann@b.example", "x@c.example", "y@nowhere.example"]
    assert b.asked == ["team@g.b.example"]


def test_groups_of_other_systems_are_expanded_too_and_circles_end() -> None:
    b = ScriptedDirectory({"team@g.b.example": ("ann@g.b.example", "crew@c.example", "list@c.example")})
    c = ScriptedDirectory({"crew@c.example": ("bob@c.example", "team@b.example", "ann@b.example")})
    roll = roll_of({"b": b, "c": c}, written={"list@c.example": boxes("dora@c.example", "team@b.example")})
    assert _members(settled(roll, "team@b.example")) == ["ann@b.example", "bob@c.example", "dora@c.example"]
    assert set(_members(settled(roll, "list@c.example"))) == {"ann@b.example", "bob@c.example", "dora@c.example"}


def test_nobody_asks_a_directory_about_whom_the_caller_may_not_ask() -> None:
    b = ScriptedDirectory({"team@g.b.example": ("ann@g.b.example",)})
    assert settled(roll_of({"b": b}, may_ask=("c.example",)), "team@b.example") is PLAIN
    assert settled(roll_of({"b": b}, never_via=("b",)), "team@b.example") is PLAIN
    assert settled(roll_of({"b": b}), "team@nowhere.example") is PLAIN
    assert b.asked == []
    # a group in a group that may not be asked about stays a member, and a forbidden one
    c = ScriptedDirectory({"crew@c.example": ("ann@b.example",)})
    b = ScriptedDirectory({"team@g.b.example": ("crew@c.example",)})
    assert _members(settled(roll_of({"b": b, "c": c}, may_ask=("b.example",)), "team@b.example")) == ["crew@c.example"]
    assert c.asked == []


def test_too_many_members_of_several_systems() -> None:
    crew = tuple(f"c{number}@c.example" for number in range(60))
    b = ScriptedDirectory({"team@g.b.example": (*(f"b{number}@g.b.example" for number in range(50)), "crew@c.example")})
    c = ScriptedDirectory({"crew@c.example": crew})
    found = settled(roll_of({"b": b, "c": c}), "team@b.example")
    assert found == Membership(source="b", reason=Reason.GROUP_TOO_LARGE)


def test_doubt_about_a_group_in_the_group_is_doubt() -> None:
    b = ScriptedDirectory({"team@g.b.example": ("ann@g.b.example", "crew@c.example")})
    c = ScriptedDirectory(failure=PeerError(Reason.UNREACHABLE))
    assert settled(roll_of({"b": b, "c": c}), "team@b.example").reason is Reason.UNREACHABLE


BOTH = "team@both.example"


class _Moving:
    """Everybody of both.example moves from b to c."""

    def __init__(self, combine: Combine, *legs: str) -> None:
        self._combine, self._legs = combine, legs

    def way(self, mailbox: Mailbox) -> Leg | Way | None:
        if mailbox.domain != "both.example":
            return None
        return Way(tuple(Leg(via, mailbox) for via in self._legs), self._combine)


def _joined(combine: Combine, b: ScriptedDirectory, c: ScriptedDirectory, **others: Any) -> Membership:
    return settled(roll_of({"b": b, "c": c}, follower=_Moving(combine, "b", "c"), **others), BOTH)


def _with(*members: str) -> ScriptedDirectory:
    return ScriptedDirectory({BOTH: members})


_DOWN = PeerError(Reason.UNREACHABLE)
_JOINED = [Combine.UNION, Combine.MOVE, Combine.EITHER]


@pytest.mark.parametrize("combine", _JOINED)
def test_a_group_of_several_directories_has_the_members_of_all(combine: Combine) -> None:
    found = _joined(combine, _with("ann@b.example", "x@c.example"), _with("bob@c.example", "x@c.example"))
    assert _members(found) == ["ann@b.example", "x@c.example", "bob@c.example"]
    assert found.source == "b+c"


@pytest.mark.parametrize("combine", _JOINED)
@pytest.mark.parametrize("down", ["b", "c"])
def test_one_directory_in_doubt_leaves_the_group_in_doubt(combine: Combine, down: str) -> None:
    both = {"b": _with("ann@b.example"), "c": _with("bob@c.example")}
    both[down].failure = _DOWN
    assert _joined(combine, both["b"], both["c"]) == Membership(source=down, reason=Reason.UNREACHABLE)


@pytest.mark.parametrize("combine", _JOINED)
def test_a_directory_without_the_group_adds_nobody(combine: Combine) -> None:
    assert _members(_joined(combine, _with("ann@b.example"), ScriptedDirectory())) == ["ann@b.example"]


def test_the_list_of_the_side_that_was_left_is_never_the_whole() -> None:
    left = _with("bob@c.example")
    assert _joined(Combine.MOVE, ScriptedDirectory(), left).reason is Reason.INCOMPLETE
    assert _joined(Combine.MOVE, _with("ann@b.example"), left, never_via=("b",)).reason is Reason.LOOP
    only_left = roll_of({"c": left}, follower=_Moving(Combine.MOVE, "b", "c"))
    assert settled(only_left, BOTH).reason is Reason.INCOMPLETE
    # where the caller brings the side that was left with it, the current side's list is the whole
    assert _members(_joined(Combine.MOVE, _with("ann@b.example"), left, never_via=("c",))) == ["ann@b.example"]


@pytest.mark.parametrize("combine", [Combine.UNION, Combine.EITHER])
def test_a_directory_that_may_not_be_asked_leaves_a_group_in_doubt(combine: Combine) -> None:
    groups = _with("ann@b.example"), _with("bob@c.example")
    assert _joined(combine, *groups, never_via=("c",)).reason is Reason.LOOP
    assert _joined(combine, ScriptedDirectory(), groups[1], never_via=("c",)) is PLAIN  # the calendars say LOOP


def test_the_first_that_knows_the_group_tells_it_alone() -> None:
    first, second = _with("ann@b.example"), _with("bob@c.example")
    assert _members(_joined(Combine.FIRST, first, second)) == ["ann@b.example"]
    assert second.asked == []
    assert _members(_joined(Combine.FIRST, ScriptedDirectory(), second)) == ["bob@c.example"]
    first.failure = _DOWN
    assert _joined(Combine.FIRST, first, second) == Membership(source="b", reason=Reason.UNREACHABLE)
    assert _joined(Combine.FIRST, first, second, never_via=("b",)) is PLAIN


def test_written_groups_are_known_by_their_aliases_and_without_a_route() -> None:
    written = {"list@c.example": boxes("ann@c.example"), "free@nowhere.example": boxes("bob@c.example")}
    c = ScriptedDirectory({"list@c.example": ("somebody@c.example",)})
    roll = roll_of({"c": c}, written=written)
    assert _members(settled(roll, "list@alias.example")) == ["ann@c.example"]
    assert _members(settled(roll, "free@nowhere.example")) == ["bob@c.example"]
    assert roll.is_written(*boxes("list@alias.example"))
    assert not roll.is_written(*boxes("ann@c.example"))
