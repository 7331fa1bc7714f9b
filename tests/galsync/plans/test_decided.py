"""Tests of galsync/plans/decided.py: what was decided about a conflict is done as long as there is one."""

from dataclasses import replace
from typing import Any

import pytest

from galsync.entries import Form, Held, Stamp
from galsync.plans.plan import plan
from galsync.steps import Act, Plan, Remedy, Why
from tests.galsync.worlds import NOW, RULES, agreed_on, entry, held

ADDRESS = "ann@fabrikam.example"
THEIRS = held("theirs", None)


def decided(remedy: Remedy, *stands: Held, **more: Any) -> Plan:
    rules = replace(RULES, resolutions={ADDRESS: remedy}, **more)
    return plan({"ad:0": entry()}, stands, agreed_on(entry()) if held() in stands else {}, rules, now=NOW)


@pytest.mark.parametrize(("remedy", "equal"), [(Remedy.REUSE, 1), (Remedy.SKIP, 0)])
def test_somebody_does_without_an_entry(remedy: Remedy, equal: int) -> None:
    made = decided(remedy, THEIRS)
    assert (made.steps, made.equal) == ((), equal)


@pytest.mark.parametrize("remedy", [Remedy.REUSE, Remedy.SKIP])
def test_an_object_of_ours_beside_it_goes(remedy: Remedy) -> None:
    (step,) = decided(remedy, held(), THEIRS).steps
    assert (step.act, step.why, step.note) == (Act.RETIRE, Why.NOT_SELECTED, f"{remedy.value}: decided for {ADDRESS}")


def test_a_decision_without_a_conflict_changes_nothing() -> None:
    assert decided(Remedy.SKIP).counts == {Act.CREATE: 1}
    assert decided(Remedy.SKIP, held()).steps == ()
    assert decided(Remedy.SKIP, held()).equal == 1


def test_to_give_another_name_is_not_ours_to_do() -> None:
    assert decided(Remedy.RENAME, THEIRS).counts == {Act.CONFLICT: 1}


def test_a_mailbox_that_was_our_mail_user_may_serve() -> None:
    """Somebody moved here: their object still bears our stamp."""
    moved = held(form=None)
    told = plan({"ad:0": entry()}, [moved], agreed_on(entry()), RULES, now=NOW)
    assert [(step.why, step.remedy) for step in told.steps] == [(Why.READONLY, Remedy.REUSE)]
    rules = replace(RULES, resolutions={ADDRESS: Remedy.REUSE})
    made = plan({"ad:0": entry()}, [moved], agreed_on(entry()), rules, now=NOW)
    assert (made.steps, made.equal, made.forget) == ((), 1, ())


def test_what_was_lost_is_not_made_again_where_another_serves() -> None:
    rules = replace(RULES, resolutions={ADDRESS: Remedy.REUSE})
    made = plan({"ad:0": entry()}, [THEIRS], agreed_on(entry()), rules, now=NOW)
    assert (made.steps, made.forget) == ((), ("ad:0",))


OLD_OBJECT = held("old", None, form=None)


def arrived(*stands: Held, known: bool = False) -> Plan:
    rules = replace(RULES, former={ADDRESS: frozenset({ADDRESS, "ann@old.example"})})
    return plan({"ad:0": entry()}, stands, agreed_on(entry()) if known else {}, rules, now=NOW)


@pytest.mark.parametrize("form", [None, Form.MAIL_USER])
def test_their_own_old_object_serves_whoever_moved(form: Form | None) -> None:
    made = arrived(replace(OLD_OBJECT, form=form))
    assert (made.steps, made.equal, made.reused) == ((), 1, (ADDRESS,))


def test_an_entry_beside_their_own_old_object_goes() -> None:
    (step,) = arrived(held(), OLD_OBJECT, known=True).steps
    assert (step.act, step.why) == (Act.RETIRE, Why.NOT_SELECTED)
    assert step.note == "reuse: their own old object stands there since they moved"


@pytest.mark.parametrize(
    "other",
    [
        THEIRS,  # a contact: their own side has accounts
        held("other", "ad:0", stamp=Stamp("another", "ad:0")),
        replace(OLD_OBJECT, addresses=frozenset({"x500:/o=f/cn=ann"}), address=None),
    ],
)
def test_anything_else_is_for_somebody_to_decide(other: Held) -> None:
    wanted = entry(aliases=("X500:/o=f/cn=ann",))
    rules = replace(RULES, former={ADDRESS: frozenset({ADDRESS})})
    made = plan({"ad:0": wanted}, [other], {}, rules, now=NOW)
    assert (made.counts, made.reused) == ({Act.CONFLICT: 1}, ())


def test_what_was_decided_goes_before() -> None:
    rules = replace(RULES, former={ADDRESS: frozenset({ADDRESS})}, resolutions={ADDRESS: Remedy.SKIP})
    made = plan({"ad:0": entry()}, [OLD_OBJECT], {}, rules, now=NOW)
    assert (made.steps, made.equal, made.reused) == ((), 0, ())
