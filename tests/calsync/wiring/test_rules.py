"""Tests of calsync/wiring/rules.py: what is written is what a plan goes by, and another hub has another mark."""

from typing import Any

import pytest

from calsync.rules import Bound, Conflict, Kind
from calsync.wiring.rules import fingerprint, rules_of
from tests.calsync.settings.merger import TWO_WAY, hub
from tests.calsync.wiring.parts_of import of

GUARDS = {
    "creations": {"count": 1, "share": 0.1},
    "changes": {"count": 3, "share": 0.4},
    "deletions": {"count": 2, "share": 0.2},
    "shrink": 0.3,
}
PLAIN = hub("google", "graph")


def test_every_option_reaches_the_rules() -> None:
    written = hub("ews", "google", google={"read": False, "get": TWO_WAY}) | {
        "conflicts": "order",
        "loops": 9,
        "guards": GUARDS,
    }
    rules = rules_of(of(written))
    assert (rules.name, rules.kind, rules.conflicts, rules.loops) == ("merger", Kind.CALENDAR, Conflict.ORDER, 9)
    assert (rules.creations, rules.changes, rules.deletions, rules.shrink) == (
        Bound(count=1, share=0.1),
        Bound(count=3, share=0.4),
        Bound(count=2, share=0.2),
        0.3,
    )
    first, second = rules.spokes
    assert (first.name, second.name) == ("ews", "google")
    assert first.gives is not None
    assert second.gives is None
    assert (first.gets.create, second.gets.create) == (False, True)


def test_what_is_usual_is_what_the_rules_have() -> None:
    rules = rules_of(of(PLAIN))
    assert rules == type(rules)(name="merger", kind=Kind.CALENDAR, spokes=rules.spokes)


@pytest.mark.parametrize(
    "other",
    [
        hub("google", "graph", graph={"give": {"private": "copy"}}),
        hub("google", "graph", graph={"get": {"create": True}}),
        hub("google", "graph", graph={"read": False, "get": {"create": True}}),
        hub("google", "graph", graph={"calendar": "Merger"}),
        hub("google", "graph", graph={"mailbox": "other@contoso.example"}),
        hub("google", "graph", graph={"zone": "Europe/Berlin"}),
        hub("graph", "google"),
        PLAIN | {"conflicts": "hub"},
        PLAIN | {"name": "second"},
    ],
)
def test_what_changes_what_stands_somewhere_has_another_mark(other: dict[str, Any]) -> None:
    assert fingerprint(of(other)) != fingerprint(of(PLAIN))


@pytest.mark.parametrize(
    "other",
    [
        PLAIN | {"schedule": "0 3 * * *"},
        PLAIN | {"guards": GUARDS},
        PLAIN | {"first": "by itself"},
        hub("google", "graph", graph={"secret": "env:OTHER", "deadline": "9s"}),
    ],
)
def test_when_it_runs_and_by_which_proof_does_not_matter(other: dict[str, Any]) -> None:
    assert fingerprint(of(other)) == fingerprint(of(PLAIN))
