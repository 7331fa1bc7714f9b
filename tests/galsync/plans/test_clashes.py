"""Tests of galsync/plans/clashes.py: whoever has an address keeps it, and something sensible is proposed."""

from dataclasses import replace
from typing import Any

import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.plans.clashes import PROPOSALS, blockers, conflict, proposal, writing
from galsync.plans.plan import plan
from galsync.steps import Act, Plan, Remedy, Step, Why
from tests.galsync.worlds import NOW, RULES, agreed_on, entry, held

X500 = "X500:/o=F/cn=Ann"
ANN = entry(aliases=(X500,))


def foreign(key: str = "theirs", *addresses: str, **more: Any) -> Held:
    return replace(held(key, None), addresses=frozenset(addresses or ("ann@fabrikam.example",)), **more)


def planned(people: list[Entry], *stands: Held, **more: Any) -> Plan:
    return plan({one.anchor: one for one in people}, stands, more.pop("agreed", {}), RULES, now=NOW, **more)


def test_every_form_has_a_proposal() -> None:
    assert PROPOSALS.keys() == {*Form, None}


@pytest.mark.parametrize(
    ("other", "remedy"),
    [
        (foreign(), Remedy.REUSE),
        (foreign(form=Form.GUEST), Remedy.REUSE),
        (foreign(form=None), Remedy.REUSE),
        (foreign(form=Form.GROUP), Remedy.RENAME),
        (foreign("theirs", "x500:/o=f/cn=ann"), Remedy.RENAME),
        (foreign("theirs", "sip:ann@fabrikam.example"), Remedy.RENAME),
        (foreign(stamp=Stamp("northwind", "x:1")), Remedy.SKIP),
    ],
)
def test_a_clash_is_a_conflict_with_a_proposal(other: Held, remedy: Remedy) -> None:
    made = planned([ANN], other)
    (step,) = made.steps
    assert (step.act, step.why, step.against, step.remedy) == (Act.CONFLICT, Why.CLASH, ("theirs",), remedy)
    assert (step.entry, step.held, made.equal) == (ANN, None, 0)


def test_several_in_the_way_are_all_named() -> None:
    (step,) = planned([ANN], foreign("z"), foreign("a", "x500:/o=f/cn=ann")).steps
    assert (step.against, step.remedy) == (("a", "z"), Remedy.RENAME)


def test_a_new_address_that_is_taken_leaves_the_object_as_it_is() -> None:
    moved = entry(address="new@b.example", aliases=(X500,))
    (step,) = planned([moved], held(), foreign("theirs", "new@b.example"), agreed=agreed_on(entry())).steps
    assert (step.act, step.why, step.held and step.held.key) == (Act.CONFLICT, Why.CLASH, "k1")
    assert step.agreement == agreed_on(entry())["ad:0"]


def test_an_object_that_came_later_is_told_and_the_rest_goes_on() -> None:
    """A guest was invited with the address of a contact of ours: mail may go to either."""
    stands = held(texts={})
    made = planned([entry(texts={next(iter(RULES.fields)): "new"})], stands, foreign(), agreed=agreed_on(entry()))
    assert [(step.act, step.why) for step in made.steps] == [(Act.UPDATE, Why.CHANGED), (Act.CONFLICT, Why.CLASH)]
    settled = planned([entry()], held(), foreign(), agreed=agreed_on(entry()))
    assert [(step.act, step.why) for step in settled.steps] == [(Act.CONFLICT, Why.CLASH)]
    assert settled.equal == 0


def test_who_waits_for_a_step_that_became_a_conflict_becomes_one() -> None:
    ann, bob, cid = entry("ad:0", "a@b.example"), entry("ad:1", "b@b.example"), entry("ad:2", "c@b.example")
    stands = [held(f"k{n}", one.anchor, one.address.address) for n, one in enumerate((ann, bob, cid))]
    agreed = {a: v for n, one in enumerate((ann, bob, cid)) for a, v in agreed_on(one, f"k{n}").items()}
    taken = foreign("theirs", "d@b.example")
    moved = [
        replace(ann, address=bob.address),
        replace(bob, address=cid.address),
        replace(cid, address=entry(address="d@b.example").address),
    ]
    steps = planned(moved, *stands, taken, agreed=agreed).steps
    assert [(step.act, step.why, step.against) for step in steps] == [
        (Act.CONFLICT, Why.CLASH_WITHIN, ("k1",)),
        (Act.CONFLICT, Why.CLASH_WITHIN, ("k2",)),
        (Act.CONFLICT, Why.CLASH, ("theirs",)),
    ]


def test_nobody_is_removed_for_somebody_who_is_in_conflict() -> None:
    new = entry("ad:new", aliases=(X500,))
    steps = planned([new], held(anchor="ad:old"), foreign("theirs", "x500:/o=f/cn=ann"), agreed={}).steps
    assert [(step.act, step.anchor) for step in steps] == [(Act.CONFLICT, "ad:new"), (Act.RETIRE, "ad:old")]


def test_an_object_of_ours_that_cannot_be_removed_keeps_its_address() -> None:
    steps = planned([entry("ad:new")], held(anchor="ad:old", readonly="synchronised")).steps
    assert [(step.act, step.why) for step in steps] == [
        (Act.CONFLICT, Why.CLASH_WITHIN),
        (Act.CONFLICT, Why.READONLY),
    ]


def test_an_address_that_somebody_added_to_an_object_of_ours_stays_there() -> None:
    bob = entry("ad:1", "bob@b.example")
    theirs = replace(
        held("k2", "ad:1", "bob@b.example"), addresses=frozenset({"bob@b.example", "ann@fabrikam.example"})
    )
    (step,) = planned([entry(), bob], theirs, agreed=agreed_on(bob, "k2")).steps
    assert (step.anchor, step.why, step.against) == ("ad:0", Why.CLASH_WITHIN, ("k2",))


def test_a_twin_that_cannot_be_removed_keeps_its_address_from_the_other() -> None:
    mailbox = replace(held("k2", address="new@b.example"), form=None)
    moved = entry(address="new@b.example")
    steps = planned([moved], held("k1"), mailbox, agreed=agreed_on(entry())).steps
    assert {step.act for step in steps} == {Act.CONFLICT}


def test_what_is_proposed_does_not_hang_on_the_order() -> None:
    others = [foreign("b", form=Form.GROUP), foreign("a")]
    assert proposal(ANN, others) is proposal(ANN, reversed(others)) is Remedy.REUSE
    assert conflict(ANN, Why.CLASH, others) == conflict(ANN, Why.CLASH, others[::-1])


def test_blockers_are_told_by_who_wants_the_address() -> None:
    one, two = foreign("1"), foreign("2")
    found = blockers({"b@x": [one], "a@x": [one, two]}, {"a@x": "ad:0", "b@x": "ad:0"})
    assert found == {"ad:0": [("a@x", one), ("a@x", two), ("b@x", one)]}


def test_the_step_that_gives_addresses() -> None:
    steps = [Step(act=act, anchor="a", why=Why.NEW) for act in (Act.REMOVE, Act.CREATE)]
    assert writing(steps) is steps[1]
    assert writing(steps[:1]) is None
