"""Tests of calsync/plans/comparing.py: what of a copy is written, and by what its changes are read afterwards."""

from dataclasses import replace

from calsync.agreed import Digests, Link
from calsync.contents import digests, fields
from calsync.plans.comparing import compare
from calsync.plans.draft import Draft
from calsync.plans.getting import projected, worn
from calsync.plans.linking import refused
from calsync.plans.looking import look
from calsync.plans.situation import Situation
from calsync.spoke import Ability
from tests.calsync.plans.drafts import AGREED, FIELDS, STOOD, A
from tests.calsync.plans.model import ALL, NOW, World, event, giver, rules, whatever


def test_a_copy_wears_what_it_wore_as_long_as_its_spoke_refuses_to_write_it_otherwise() -> None:
    named = replace(ALL, prefix="[A] ")
    hub = rules(giver("a"), giver("b", named))
    shown = projected(FIELDS, named, hub.kind)
    copy = Link(spoke="b", key="1", version="v1", asked=STOOD, stood=STOOD, made=True, copies=1, worn="{}")
    agreed = replace(AGREED, links={"a": A, "b": copy})

    def made(barred: Digests, asked: Digests) -> Draft:
        was = replace(agreed, links={"a": A, "b": replace(copy, barred=barred, asked=asked)})
        situation = Situation(
            rules=hub,
            now=NOW,
            seen={},
            unread={},
            abilities={name: Ability(fit=whatever) for name in "ab"},
            everything=False,
        )
        found = Draft(situation=situation, look=look(situation, was), agreed=was, live=True, links=dict(was.links))
        compare(found, was.links["b"], shown, made=True)
        return found

    still = made({"subject": digests(shown)["subject"]}, dict(STOOD))
    assert (still.steps, still.links["b"].worn) == ([], "{}")
    written = made({}, digests(shown))
    assert (written.steps, written.links["b"].worn) == ([], worn(named))
    [step] = made({}, dict(STOOD)).steps
    assert (step.changes, step.worn) == (frozenset({"subject"}), worn(named))


def test_a_prefix_that_a_spoke_refuses_never_gets_into_the_original() -> None:
    here = World(rules(giver("a"), giver("b", replace(ALL, prefix="[A] "))))
    key = here.put("a", event(subject="Number 1"))
    here.quiet()
    here.rules = rules(giver("a"), giver("b"))
    made = here.planned(everything=True, whole=True)
    [decision] = made.decisions
    assert decision.agreed is not None
    [step] = decision.steps
    here.ledger[decision.item] = replace(refused(decision.agreed, step, "no"), pending=False)
    here.run()
    here.change("b", here.key("b"), subject="[A] Number 1 moved")
    here.quiet()
    assert here.shelves["a"][key].content == event(subject="Number 1 moved")
    assert fields(here.only("b"))["subject"] == "Number 1 moved"
