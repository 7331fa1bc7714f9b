"""Tests of galsync/plans/matching.py: the stamp alone says whose an object is, and what is settled is not kept."""

from dataclasses import replace
from typing import Any

from galsync.entries import Form, Held, Stamp
from galsync.plans.matching import Matched, Owners, match
from galsync.rules import Rules
from galsync.steps import Remedy
from protocols.model.person import Field
from tests.galsync.worlds import RULES, agreed_on, entry, held

ANN, BOB = entry("ad:0", aliases=("X500:/o=F/cn=Ann",)), entry("ad:1", "bob@b.example")
PEOPLE = {"ad:0": ANN, "ad:1": BOB}
STANDS = held(addresses=frozenset({"ann@fabrikam.example", "x500:/o=f/cn=ann"}))


def matched(*stands: Held, rules: Rules = RULES, **agreed: Any) -> Matched:
    known = agreed_on(ANN) | agreed_on(BOB, "k2")
    owners = Owners.among(PEOPLE, known)
    return match(stands, PEOPLE, known, rules, owners=owners.of, begun={}, **agreed)


def test_what_needs_nothing_is_not_kept() -> None:
    found = matched(STANDS)
    assert (found.settled, found.ours, found.contested, found.standing) == ({"ad:0"}, {}, {}, 1)


def test_what_was_decided_about_is_kept() -> None:
    rules = replace(RULES, resolutions={ANN.address.address: Remedy.REUSE})
    assert matched(STANDS, rules=rules).ours == {"ad:0": [STANDS]}


def test_everything_else_of_ours_is_kept() -> None:
    others = [replace(STANDS, key="k9"), replace(STANDS, form=Form.GUEST), replace(STANDS, texts={Field.PHONE: "1"})]
    found = matched(*others, held("k5", "ad:5", "eve@b.example"))
    assert found.ours == {"ad:0": others, "ad:5": [held("k5", "ad:5", "eve@b.example")]}
    assert found.standing == 4


def test_a_second_object_beside_a_settled_one_is_a_twin() -> None:
    assert matched(STANDS, STANDS).ours == {"ad:0": [STANDS]}


def test_the_key_that_the_ledger_knows_does_not_make_an_object_ours() -> None:
    assert matched(replace(STANDS, stamp=None)).standing == 0
    assert matched(replace(STANDS, stamp=Stamp("northwind", "ad:0"))).standing == 0


def test_whoever_else_has_a_wanted_address_is_kept() -> None:
    foreign = replace(STANDS, key="f", stamp=None)
    by_phone = replace(STANDS, key="s", stamp=None, addresses=frozenset({"sip:bob@b.example", "other@b.example"}))
    found = matched(foreign, by_phone, held("k3", "ad:0", "bob@b.example"))
    assert found.contested == {
        "ann@fabrikam.example": [foreign],
        "x500:/o=f/cn=ann": [foreign],
        "bob@b.example": [by_phone, held("k3", "ad:0", "bob@b.example")],
    }


def test_what_nobody_wants_is_not_kept() -> None:
    assert matched(held("k7", None, "zoe@b.example")) == Matched()


def test_ignored_fields_of_the_settled_are_counted() -> None:
    typed = replace(STANDS, texts={Field.TITLE: "typed"})
    people = {"ad:0": replace(ANN, texts={Field.TITLE: "Lead"})}
    found = match([typed], people, agreed_on(ANN), RULES, owners={}, begun={})
    assert (found.settled, found.ignored) == ({"ad:0"}, {Field.TITLE: 1})


def test_an_address_has_one_owner() -> None:
    owners = Owners.among(PEOPLE, {})
    assert owners.of == {"ann@fabrikam.example": "ad:0", "x500:/o=f/cn=ann": "ad:0", "bob@b.example": "ad:1"}
    assert owners.doubled == {}


def test_of_two_the_one_that_the_ledger_knows_keeps_the_address() -> None:
    people = {"ad:0": entry("ad:0"), "ad:1": entry("ad:1")}
    assert Owners.among(people, {}).doubled == {"ad:0": ("ad:1",), "ad:1": ("ad:0",)}
    known = Owners.among(people, agreed_on(people["ad:1"]))
    assert known.of == {"ann@fabrikam.example": "ad:1"}
    assert known.doubled == {"ad:0": ("ad:1",)}
