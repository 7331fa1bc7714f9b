"""Tests of proxy/directories/roll.py."""

from datetime import timedelta

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from proxy.directories.book import PLAIN, Expanding, GroupBook, Membership
from proxy.directories.roll import Roll
from routing.aliases import Aliases
from routing.backwards import Backwards
from routing.policy import Policy
from routing.table import Combine, Route, RouteTable
from routing.ways import Ways
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
) -> Roll:
    """A roll over ``directories``, which are asked about everybody."""
    expanding = {
        name: Expanding(directory=one, concerns=lambda _: True, keep=timedelta(minutes=10))
        for name, one in directories.items()
    }
    policy = Policy(may_ask=may_ask)
    return Roll(
        ways=Ways(table),
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


def test_of_several_directories_one_that_knows_a_group_is_enough() -> None:
    b = ScriptedDirectory(failure=PeerError(Reason.UNREACHABLE))
    c = ScriptedDirectory({"team@both.example": ("ann@c.example",)})
    assert _members(settled(roll_of({"b": b, "c": c}), "team@both.example")) == ["ann@c.example"]
    assert settled(roll_of({"b": b, "c": ScriptedDirectory()}), "team@both.example").reason is Reason.UNREACHABLE


def test_written_groups_are_known_by_their_aliases_and_without_a_route() -> None:
    written = {"list@c.example": boxes("ann@c.example"), "free@nowhere.example": boxes("bob@c.example")}
    c = ScriptedDirectory({"list@c.example": ("somebody@c.example",)})
    roll = roll_of({"c": c}, written=written)
    assert _members(settled(roll, "list@alias.example")) == ["ann@c.example"]
    assert _members(settled(roll, "free@nowhere.example")) == ["bob@c.example"]
    assert roll.is_written(*boxes("list@alias.example"))
    assert not roll.is_written(*boxes("ann@c.example"))
