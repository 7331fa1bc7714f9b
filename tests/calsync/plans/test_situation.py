"""Tests of calsync/plans/situation.py: what was seen, and whose changes count."""

from dataclasses import replace

import pytest

from calsync.agreed import Agreed, Link
from calsync.items import Item
from calsync.plans.situation import Situation
from calsync.rules import Gets, Kind, SpokeRules
from calsync.spoke import Ability
from tests.calsync.plans.model import ALL, NOW, event, giver, rules, target, whatever

ITEM = Item(key="1", version="v", content=event())
AGREED = Agreed(id="x", origin="a", fields={}, links={})


def situation(origin: Gets = ALL, *, writable: bool = True) -> Situation:
    return Situation(
        rules=rules(giver("a", origin), giver("b"), target("t")),
        now=NOW,
        seen={"a": {"1": ITEM, "2": None}},
        unread={},
        abilities={"a": Ability(fit=whatever, writable=writable)},
        everything=False,
    )


def link(key: str, version: str = "v") -> Link:
    return Link(spoke="a", key=key, version=version)


def test_what_was_not_looked_at_is_not_gone() -> None:
    told = [(situation().gone(link(key)), situation().item(link(key))) for key in ("1", "2", "3")]
    assert told == [(False, ITEM), (True, None), (False, None)]
    assert not situation().gone(link("2", ""))  # it was so before


def test_a_spoke_that_the_rules_do_not_name_gives_and_gets_nothing() -> None:
    assert situation().gives("z") is None
    assert situation().gets("z") == Gets()
    assert situation().gets("b") == SpokeRules(name="b", gets=ALL).gets


@pytest.mark.parametrize(
    ("fields", "worn", "made", "origin", "blind"),
    [
        ({}, "{}", True, ALL, False),
        ({"detail": "subject"}, "{}", True, ALL, False),
        ({"detail": "busy"}, "{}", True, ALL, True),
        ({"detail": "busy"}, "{}", True, replace(ALL, anonymous=True), False),
        ({"detail": "busy"}, "{}", False, ALL, False),
        ({}, '{"detail":"busy"}', True, ALL, True),
        ({}, '{"subject":"Taken"}', True, ALL, True),
        ({}, "", True, ALL, False),
    ],
)
def test_who_changes_a_copy_that_does_not_tell_what_it_is_acts_blindly(
    fields: dict[str, str], worn: str, made: bool, origin: Gets, blind: bool
) -> None:
    copy = Link(spoke="b", key="1", version="v", made=made, worn=worn)
    assert situation(origin).blind(replace(AGREED, fields=fields), copy) is blind
    people = replace(situation(origin).rules, kind=Kind.CONTACTS)
    assert not replace(situation(origin), rules=people).blind(replace(AGREED, fields=fields), copy)


@pytest.mark.parametrize(
    ("spoke", "origin", "guarded", "writable", "both"),
    [
        ("a", Gets(), "guarded", True, (True, True)),
        ("b", ALL, "", True, (True, True)),
        ("b", Gets(change=True), "", True, (True, False)),
        ("b", Gets(delete=True), "", True, (False, True)),
        ("b", ALL, "guarded", True, (False, False)),
        ("b", ALL, "", False, (True, False)),  # it waits; a removal is undone
        ("t", ALL, "", True, (False, False)),
    ],
)
def test_a_copys_changes_count_where_they_may_be_written_at_the_origin(
    spoke: str, origin: Gets, guarded: str, writable: bool, both: tuple[bool, bool]
) -> None:
    here = situation(origin, writable=writable)
    assert (here.counts(AGREED, spoke, guarded=guarded), here.removes(AGREED, spoke, guarded=guarded)) == both
