"""Tests of calsync/plans/draft.py: what is noted of one item while its spokes are gone through."""

from dataclasses import replace

from calsync.agreed import Link
from calsync.plans.draft import MAY_NOT_CHANGE, Draft
from calsync.plans.looking import look
from calsync.plans.refusals import NOT_NOW
from calsync.plans.situation import Situation
from calsync.spoke import Ability
from tests.calsync.plans.drafts import AGREED, OPEN, A, B
from tests.calsync.plans.model import NOW, whatever


def _draft() -> Draft:
    situation = Situation(
        rules=OPEN,
        now=NOW,
        seen={},
        unread={},
        abilities={name: Ability(fit=whatever, writable=name != "b") for name in "abc"},
        everything=False,
    )
    return Draft(situation=situation, look=look(situation, AGREED), agreed=AGREED, live=True, links=dict(AGREED.links))


def test_what_is_left_is_told_and_kept_where_anything_stands() -> None:
    made = _draft()
    made.leave("b", "why")
    made.leave("c", "why")
    assert [(left.spoke, left.words) for left in made.left] == [("b", "why"), ("c", "why")]
    assert (made.links["b"].left, "c" in made.links, made.held_up) == ("why", False, False)


def test_what_waits_for_a_spoke_is_kept_where_nothing_stands_as_well() -> None:
    made = _draft()
    made.leave("c", NOT_NOW)
    assert (made.links["c"], made.held_up, made.waits) == (
        Link(spoke="c", key="", version="", left=NOT_NOW),
        True,
        False,
    )


def test_the_strongest_hindrance_is_told() -> None:
    made, words = _draft(), MAY_NOT_CHANGE
    assert made.hindrance(replace(B, guarded="others are invited"), allowed=False, words=words) == "others are invited"
    assert made.hindrance(B, allowed=False, words=words) == words
    assert made.hindrance(B, allowed=True, words=words) == NOT_NOW
    assert made.hindrance(A, allowed=True, words=words) == ""


def test_what_is_freed_is_linked_no_more() -> None:
    made = _draft()
    made.free("b")
    assert (list(made.links), made.freed) == (["a"], [B])
