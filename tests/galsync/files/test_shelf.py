"""Tests of galsync/files/shelf.py: what the contract of the targets does not reach."""

from dataclasses import replace

import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.files.records import Record, created
from galsync.files.shelf import FOREIGN, LOST, NOTHING, Shelf
from galsync.side import Failed, Written
from galsync.steps import Act, Step, Why
from protocols.model.mailbox import Mailbox


def entry(name: str, *aliases: str) -> Entry:
    address = Mailbox.parse(f"{name}@b.example")
    return Entry(anchor=f"ad:{name}", form=Form.CONTACT, address=address, aliases=aliases)


def step(act: Act, wanted: Entry | None, held: Held | None = None) -> Step:
    return Step(act=act, anchor=wanted.anchor if wanted else "", why=Why.NEW, entry=wanted, held=held)


def test_two_lines_with_one_stamp_have_two_keys() -> None:
    shelf = Shelf([created(entry("ann"), "s"), created(entry("ann"), "s"), Record(), Record()], "s")
    assert len({held.key for held in shelf.held()}) == 4


def test_a_record_without_a_stamp_is_known_by_its_address_and_is_nobodys() -> None:
    shelf = Shelf([Record(address=Mailbox.parse("ann@b.example"))], "s")
    [held] = shelf.look([], ["ann@b.example"])
    assert held.key == "ann@b.example"
    assert shelf.apply(step(Act.REMOVE, None, held)) == FOREIGN


def test_an_address_that_was_freed_can_be_taken_in_the_same_batch() -> None:
    shelf = Shelf([created(entry("ann"), "s")], "s")
    [held] = shelf.held()
    new = entry("bob", "ann@b.example")
    assert isinstance(shelf.apply(step(Act.CREATE, new)), Failed)
    assert shelf.apply(step(Act.REMOVE, None, held)) == Written()
    assert isinstance(shelf.apply(step(Act.CREATE, new)), Written)


def test_a_clash_names_the_address() -> None:
    outcome = Shelf([created(entry("ann"), "s")], "other").apply(step(Act.CREATE, entry("ann")))
    assert isinstance(outcome, Failed)
    assert "ann@b.example" in outcome.words


def test_what_is_gone_cannot_be_updated() -> None:
    gone = Held(key=Stamp("s", "ad:ann").text)
    assert Shelf([], "s").apply(step(Act.UPDATE, entry("ann"), gone)) == LOST


@pytest.mark.parametrize("act", [Act.CREATE, Act.UPDATE])
def test_a_step_that_says_nothing_does_nothing(act: Act) -> None:
    shelf = Shelf([], "s")
    assert shelf.apply(step(act, None)) == NOTHING
    assert shelf.records == ()


@pytest.mark.parametrize("act", [Act.REMEMBER, Act.CONFLICT])
def test_what_is_nothing_to_write_is_our_own_error(act: Act) -> None:
    with pytest.raises(ValueError, match="nothing to write"):
        Shelf([], "s").apply(step(act, entry("ann")))


def test_what_others_added_stays_where_the_same_is_made_again() -> None:
    there = replace(created(entry("ann", "ours@b.example"), "s"), rest={"shoe size": "40"}, aliases=("x@b.example",))
    shelf = Shelf([there], "s")
    assert isinstance(shelf.apply(step(Act.CREATE, entry("ann", "ours@b.example"))), Written)
    [after] = shelf.records
    assert (after.rest, after.aliases) == ({"shoe size": "40"}, ("ours@b.example", "x@b.example"))
