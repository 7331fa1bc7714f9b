"""Tests of galsync/people/moved.py: who has an entry on which side, before a move, after it, and rolled back."""

from dataclasses import replace

import pytest

from galsync.entries import ACCOUNTS
from galsync.people.moved import Moved, Mover, Side
from galsync.people.selection import Selection
from galsync.steps import Left
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person

OLD, NEW = "ann@fabrikam.example", "ann@contoso.example"


def person(address: str, *aliases: str) -> Person:
    return Person(anchor="1", kind=Kind.USER, primary=Mailbox.parse(address), aliases=aliases)


def moved(side: Side, *, there: bool, new: str = NEW) -> Moved:
    return Moved.of([(side, [Mover(OLD, new, there)])])


@pytest.mark.parametrize(
    ("side", "there", "verdict"),
    [
        (Side.LEFT, False, None),
        (Side.LEFT, True, Left.MOVED),
        (Side.NEW, False, Left.NOT_MOVED),
        (Side.NEW, True, None),
    ],
)
@pytest.mark.parametrize("who", [person(OLD), person(NEW), person("a.lee@fabrikam.example")])
def test_an_entry_on_one_side_at_a_time(side: Side, there: bool, verdict: Left | None, who: Person) -> None:
    listed = Mover(OLD, NEW, there, also=("a.lee@fabrikam.example",))
    found = Moved.of([(side, [listed])])
    assert found.verdict(who) is verdict
    assert found.listed_as(who) == OLD


@pytest.mark.parametrize("side", Side)
def test_whoever_bears_the_address_of_a_mover_beside_their_own_is_somebody_else(side: Side) -> None:
    found = moved(side, there=side is Side.LEFT)
    team = person("sales@fabrikam.example", OLD)
    assert (found.verdict(team), found.listed_as(team)) == (None, "")


@pytest.mark.parametrize("alias", [OLD, OLD.upper()])
def test_unless_their_entry_stands_under_an_address_of_the_list(alias: str) -> None:
    found = replace(moved(Side.LEFT, there=True), known=frozenset({"1"}))
    renamed = person("a.lee@fabrikam.example", alias)
    assert (found.verdict(renamed), found.listed_as(renamed)) == (Left.MOVED, OLD)


def test_the_address_of_the_entry_decides_as_well() -> None:
    found = replace(moved(Side.LEFT, there=True), external=lambda each: Mailbox.parse(OLD))
    assert found.verdict(person("ann@fabrikam.local")) is Left.MOVED


def test_sources_on_different_sides_are_told_apart() -> None:
    movers = [Mover(OLD, NEW, True)]
    parts = {"fab": Moved.of([(Side.LEFT, movers)]), "con": Moved.of([(Side.NEW, movers)])}
    found = replace(Moved.of_each(parts), only=frozenset({OLD}))
    assert found.of_source("fab").verdict(person(OLD)) is Left.MOVED
    assert found.of_source("con").verdict(person(NEW)) is None
    assert found.of_source("hr").verdict(person(OLD)) is None
    assert found.listed[NEW] == OLD
    assert found.former[NEW] == frozenset({OLD, NEW})
    assert found.due == found.of_source("fab").only == parts["con"].due == frozenset({OLD})
    assert not parts["fab"].due
    assert found.mark != Moved.of_each({"fab": parts["fab"]}).mark
    assert Moved.of_each({"fab": Moved()}).mark == ""


def test_whoever_is_on_no_list_is_left_alone() -> None:
    found = moved(Side.LEFT, there=True)
    bob = person("bob@fabrikam.example")
    assert (found.verdict(bob), found.listed_as(bob)) == (None, "")


def test_what_was_theirs_before_is_known_of_those_who_arrived_alone() -> None:
    assert moved(Side.NEW, there=True).former == {OLD: {OLD, NEW}, NEW: {OLD, NEW}}
    assert moved(Side.NEW, there=False).former == moved(Side.LEFT, there=True).former == {}


def test_both_sides_may_know_somebody_by_one_address() -> None:
    assert moved(Side.LEFT, there=True, new=OLD).out == {OLD: Left.MOVED}


def test_on_two_moves_whoever_is_gone_is_gone() -> None:
    came, went = Mover("x@a.example", OLD, False), Mover(OLD, NEW, True)
    for lists in ([(Side.NEW, [came]), (Side.LEFT, [went])], [(Side.LEFT, [went]), (Side.NEW, [came])]):
        assert Moved.of(lists).verdict(person(OLD)) is Left.MOVED


def test_the_mark_differs_whenever_somebody_flips() -> None:
    marks = {moved(side, there=there).mark for side in Side for there in (True, False)}
    assert len(marks) == 4
    assert moved(Side.LEFT, there=False).mark == ""
    assert moved(Side.LEFT, there=True).mark == moved(Side.LEFT, there=True).mark


def test_an_account_that_was_made_for_somebody_is_theirs_once_they_have_come() -> None:
    account = replace(person(NEW), attributes={ACCOUNTS: "busyline:merger.accounts/fabrikam:1"})
    waiting, there = moved(Side.NEW, there=False), moved(Side.NEW, there=True)
    assert [found.arrived(account) for found in (waiting, there)] == [False, True]
    assert Selection().select(account) is Left.OURS
    assert Selection(moved=waiting).select(account) is Left.OURS
    assert Selection(moved=there).select(account) is None
    assert Selection(moved=there).select(replace(account, primary=Mailbox.parse("x@contoso.example"))) is Left.OURS
