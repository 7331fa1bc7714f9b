"""Tests of calsync/plans/found.py: by what items are known, and what is kept of new ones."""

from calsync.plans.details import NOTHING, level
from calsync.plans.found import GOES, Found, repeat_alike
from calsync.plans.giving import Given
from calsync.plans.situation import ALWAYS, Situation
from calsync.rules import Gets
from calsync.spoke import Ability
from calsync.steps import Why
from tests.calsync.plans.model import NOW, World, event, giver, rules, target, whatever, world


def found(here: World) -> Found:
    situation = Situation(
        rules=here.rules,
        now=NOW,
        seen=here.shelves,
        unread={},
        abilities={"a": Ability(fit=whatever)},
        everything=False,
    )
    return Found(situation=situation, items=dict(here.ledger))


def test_items_are_known_by_looks_and_by_every_uid() -> None:
    here = World(rules(giver("a"), target("b", subject="Taken")))
    key = here.put("a", event(), uid="u")
    here.quiet()
    told = found(here)
    (made,) = here.ledger
    assert (list(told.prints.values()), list(told.shadows.values()), told.uids) == ([[made]], [[made]], {"u": [made]})
    assert made == told.id("a", here.shelves["a"][key])
    assert told.there(made)


def test_it_is_not_there_when_it_is_gone_from_its_origin() -> None:
    here = world()
    key = here.put("a", event())
    here.quiet()
    (made,) = here.ledger
    here.shelves["a"][key] = None  # type: ignore[assignment]
    assert not found(here).there(made)


def test_what_is_not_given_is_an_aside_unless_copies_of_it_have_to_go() -> None:
    here = world()
    item = here.shelves["a"][here.put("a", event())]
    told = found(here)
    told.take("a", item, Given(why="no"))
    assert ([aside.why for aside in told.asides], told.items) == (["no"], {})
    told.take("a", item, Given(why="no"), keep=True)
    assert [level(agreed.fields) for agreed in told.items.values()] == [NOTHING]
    assert told.fresh == set(told.items)


def test_a_second_copy_is_looked_at_again_whatever_comes() -> None:
    here = world()
    here.put("a", event())
    here.quiet()
    told = found(here)
    (made,) = here.ledger
    told.remove(made, here.ledger[made].links["b"], None)
    assert [(step.spoke, step.why) for step in told.removals] == [("b", Why.TWICE)]
    assert [(aside.why, aside.due) for aside in told.asides] == [(GOES, ALWAYS)]


def test_copies_are_removed_only_where_that_is_allowed_and_possible() -> None:
    here = World(rules(giver("a"), giver("b"), giver("c", Gets(create=True))))
    told = found(here)
    assert [told.removable(spoke) for spoke in "abc"] == [True, False, False]  # b takes no part


def test_a_series_is_not_one_of_its_occurrences() -> None:
    here = world()
    here.put("a", event())
    here.quiet()
    (agreed,) = here.ledger.values()
    assert repeat_alike(agreed, {"when": "x"})
    assert not repeat_alike(agreed, {"when": "x", "rule": "y"})
