"""Tests of galsync/plans/cases.py: one test per line of the table of wanted, held and agreed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from galsync.entries import Agreement, Entry, Form, Held
from galsync.plans.cases import Situation, steps_for, unwritable
from galsync.steps import Act, Step, Why
from protocols.model.person import Field
from tests.galsync.worlds import NOW, RULES, agreed_on, entry, held

ANN = entry(texts={Field.TITLE: "Lead"})
STANDS = held(texts={Field.TITLE: "Lead"})
AGREED = agreed_on(ANN)["ad:0"]
WEEK = RULES.grace


def situation(wanted: Entry | None = None, agreed: Agreement | None = None, **more: Any) -> Situation:
    made = Situation(
        wanted={"ad:0": wanted} if wanted else {},
        agreed={"ad:0": agreed} if agreed else {},
        rules=RULES,
        now=NOW,
        gone=None,
        begun={},
        undecided=(),
    )
    return replace(made, **more)


def only(wanted: Entry | None, agreed: Agreement | None, *standing: Held, **more: Any) -> Step | None:
    steps, _ = steps_for(situation(wanted, agreed, **more), "ad:0", standing)
    assert len(steps) < 2
    return steps[0] if steps else None


def told(step: Step | None) -> tuple[Act, Why] | None:
    return (step.act, step.why) if step else None


RETIRED = replace(AGREED, retired_at=NOW - WEEK + timedelta(microseconds=1))
OVER = replace(AGREED, retired_at=NOW - WEEK)
AHEAD = replace(AGREED, retired_at=NOW + timedelta(days=400))  # a clock that was wrong
BEHIND = agreed_on(entry(texts={Field.TITLE: "was"}))["ad:0"]
OTHER = held(texts={Field.TITLE: "was"})
CASES = {
    "equal": (ANN, AGREED, (STANDS,), None),
    "the ledger is behind": (ANN, BEHIND, (STANDS,), (Act.REMEMBER, Why.FOUND)),
    "recreated by somebody, with our stamp": (ANN, replace(AGREED, key="old"), (STANDS,), (Act.REMEMBER, Why.FOUND)),
    "changed": (ANN, BEHIND, (OTHER,), (Act.UPDATE, Why.CHANGED)),
    "returned": (ANN, RETIRED, (replace(STANDS, hidden=True),), (Act.UPDATE, Why.RETURNED)),
    "returned, and shown already": (ANN, RETIRED, (STANDS,), (Act.REMEMBER, Why.RETURNED)),
    "found": (ANN, None, (STANDS,), (Act.REMEMBER, Why.FOUND)),
    "found and another": (ANN, None, (held(),), (Act.UPDATE, Why.FOUND)),
    "lost": (ANN, AGREED, (), (Act.CREATE, Why.LOST)),
    "new": (ANN, None, (), (Act.CREATE, Why.NEW)),
    "gone": (None, AGREED, (STANDS,), (Act.RETIRE, Why.GONE)),
    "gone, unknown": (None, None, (STANDS,), (Act.RETIRE, Why.GONE)),
    "retired": (None, RETIRED, (STANDS,), None),
    "retired in the future": (None, AHEAD, (STANDS,), None),
    "grace over": (None, OVER, (STANDS,), (Act.REMOVE, Why.GRACE_OVER)),
    "nobody": (None, AGREED, (), None),
    "readonly and equal": (ANN, AGREED, (replace(STANDS, readonly="synchronised"),), None),
    "readonly and changed": (ANN, BEHIND, (replace(OTHER, readonly="s"),), (Act.CONFLICT, Why.READONLY)),
    "readonly and gone": (None, AGREED, (replace(STANDS, readonly="s"),), (Act.CONFLICT, Why.READONLY)),
    "a mailbox by now": (ANN, AGREED, (replace(STANDS, form=None),), (Act.CONFLICT, Why.READONLY)),
    "a mailbox by now, and gone": (None, OVER, (replace(STANDS, form=None),), (Act.CONFLICT, Why.READONLY)),
}


@pytest.mark.parametrize("case", CASES)
def test_each_case(case: str) -> None:
    wanted, agreed, standing, expected = CASES[case]
    step = only(wanted, agreed, *standing)
    assert told(step) == expected
    if step and step.act is not Act.CREATE:
        assert (step.held, step.known) == (standing[0], agreed)


def test_what_a_step_tells_the_ledger() -> None:
    update = only(ANN, BEHIND, OTHER)
    retire = only(None, BEHIND, OTHER)
    remove = only(None, OVER, STANDS)
    assert update
    assert update.agreement == AGREED
    assert retire
    assert retire.agreement == replace(BEHIND, retired_at=NOW)
    assert remove
    assert remove.agreement is None


def test_a_reason_that_is_given_is_told() -> None:
    assert told(only(None, AGREED, STANDS, gone={"ad:0": Why.NOT_SELECTED})) == (Act.RETIRE, Why.NOT_SELECTED)
    assert only(None, AGREED, STANDS, gone={}) is None
    assert only(None, AGREED, STANDS, undecided=("ad:0",)) is None


def test_without_a_grace_period_it_goes_at_once() -> None:
    assert told(only(None, AGREED, STANDS, rules=replace(RULES, grace=timedelta(0)))) == (Act.REMOVE, Why.GONE)


def test_where_nothing_is_hidden_what_cannot_be_written_may_be_retired_all_the_same() -> None:
    rules = replace(RULES, hides=False)
    assert told(only(None, AGREED, replace(STANDS, readonly="s"), rules=rules)) == (Act.RETIRE, Why.GONE)
    assert told(only(None, AGREED, replace(STANDS, form=None), rules=rules)) == (Act.CONFLICT, Why.READONLY)


@pytest.mark.parametrize(("known", "stays"), [("k2", "k2"), ("k9", "k1"), (None, "k1")])
def test_of_twins_the_one_that_was_agreed_stays(known: str | None, stays: str) -> None:
    agreed = replace(AGREED, key=known) if known else None
    twins = [replace(STANDS, key=key) for key in ("k3", "k2", "k1")]
    steps, _ = steps_for(situation(ANN, agreed), "ad:0", twins)
    removed = [step.held.key for step in steps if step.act is Act.REMOVE and step.held]
    assert removed == sorted({"k1", "k2", "k3"} - {stays})
    assert {step.why for step in steps if step.act is Act.REMOVE} == {Why.TWICE}
    after = steps[-1].agreement if steps[-1].act is Act.REMEMBER else agreed
    assert all(step.agreement == after for step in steps if step.act is Act.REMOVE)


def test_twins_whose_time_is_over_go_both() -> None:
    steps, _ = steps_for(situation(None, OVER), "ad:0", [STANDS, replace(STANDS, key="k2")])
    assert [(step.act, step.agreement) for step in steps] == [(Act.REMOVE, None)] * 2


def test_another_form_is_made_anew() -> None:
    steps, _ = steps_for(situation(replace(ANN, form=Form.GUEST), AGREED), "ad:0", [STANDS])
    assert [(step.act, step.why) for step in steps] == [(Act.REMOVE, Why.CHANGED), (Act.CREATE, Why.CHANGED)]


def test_what_somebody_typed_is_named() -> None:
    _, ignored = steps_for(situation(ANN, AGREED), "ad:0", [held(texts={Field.TITLE: "typed"})])
    assert ignored == (Field.TITLE,)


def test_what_a_killed_run_may_have_written_is_known() -> None:
    begun = replace(AGREED, aliases=("new@b.example",), photo=b"12345678", retired_at=NOW)
    both = situation(ANN, replace(AGREED, aliases=("old@b.example",)), begun={"ad:0": begun}).known("ad:0")
    assert both
    assert both.aliases == ("old@b.example", "new@b.example")
    alone = situation(ANN, begun={"ad:0": begun}).known("ad:0")
    assert alone == replace(begun, photo=b"", retired_at=None)


@pytest.mark.parametrize(
    ("one", "more", "why"),
    [
        (STANDS, {}, Why.GONE),
        (STANDS, {"resolved": ("ad:0",)}, Why.NOT_SELECTED),
        (STANDS, {"gone": {}}, None),
        (STANDS, {"gone": {}, "agreed": {"ad:0": RETIRED}}, Why.GONE),
        (STANDS, {"wanted": {"ad:0": ANN}}, None),
        (STANDS, {"undecided": ("ad:0",), "agreed": {"ad:0": RETIRED}}, None),
        (replace(STANDS, readonly="s"), {}, None),
        (replace(STANDS, form=None), {}, None),
        (held(anchor=None), {}, None),
    ],
)
def test_who_makes_room(one: Held, more: dict[str, Any], why: Why | None) -> None:
    said = dict(more)
    resolved = said.pop("resolved", ())
    step = replace(situation(), **said).evicted(one, resolved)
    assert (step.why if step else None) is why
    assert step is None or step.act is Act.REMOVE


def test_what_is_written() -> None:
    assert unwritable(STANDS) == ""
    assert unwritable(replace(STANDS, readonly="synchronised")) == "synchronised"
    assert "mailbox" in unwritable(replace(STANDS, form=None))


@pytest.mark.parametrize("agreed", [AGREED, None, RETIRED])
def test_whoever_moved_goes_at_once(agreed: Agreement | None) -> None:
    assert told(only(None, agreed, STANDS, moved={"ad:0"})) == (Act.REMOVE, Why.MOVED)
    assert told(only(None, agreed, replace(STANDS, readonly="s"), moved={"ad:0"})) == (Act.CONFLICT, Why.READONLY)


@pytest.mark.parametrize("form", [Form.GUEST, Form.MAIL_USER])
def test_an_account_of_whoever_moved_is_kept_for_the_grace_period(form: Form) -> None:
    account = replace(STANDS, form=form)
    assert told(only(None, AGREED, account, moved={"ad:0"})) == (Act.RETIRE, Why.MOVED)
    assert only(None, RETIRED, account, moved={"ad:0"}) is None
    no_grace = replace(RULES, grace=timedelta(0))
    assert told(only(None, AGREED, account, moved={"ad:0"}, rules=no_grace)) == (Act.REMOVE, Why.MOVED)


def test_whoever_is_wanted_stays_whatever_moved() -> None:
    assert only(ANN, AGREED, STANDS, moved={"ad:0"}) is None


COPY = held("k9", address="carl@own.example")


@pytest.mark.parametrize("wanted", [ANN, None])
@pytest.mark.parametrize("first", ["k0", "k9"])
def test_what_was_copied_with_its_stamp_stays(wanted: Entry | None, first: str) -> None:
    copied = replace(COPY, key=first)
    steps, _ = steps_for(situation(wanted, AGREED), "ad:0", [copied, STANDS])
    told_of = {step.held.key: (step.act, step.why) for step in steps if step.held}
    assert told_of == {first: (Act.CONFLICT, Why.COPIED), **({} if wanted else {"k1": (Act.RETIRE, Why.GONE)})}
    alone = steps_for(situation(wanted, AGREED), "ad:0", [copied])[0]
    acts = [Act.CONFLICT, Act.CREATE] if wanted else [Act.CONFLICT]
    assert [step.act for step in alone] == acts


def test_without_a_ledger_the_one_with_the_address_is_ours() -> None:
    steps, _ = steps_for(situation(ANN), "ad:0", [replace(COPY, key="k0"), STANDS])
    assert [(step.act, step.held and step.held.key) for step in steps] == [(Act.CONFLICT, "k0"), (Act.REMEMBER, "k1")]
    lost, _ = steps_for(situation(None), "ad:0", [STANDS, COPY])
    assert [(step.act, step.held and step.held.key) for step in lost] == [(Act.CONFLICT, "k9"), (Act.RETIRE, "k1")]


def test_what_it_was_copied_from_goes_and_the_copy_is_still_known_as_one() -> None:
    steps, _ = steps_for(situation(None, OVER), "ad:0", [STANDS, COPY])
    assert [(step.act, step.agreement) for step in steps] == [(Act.CONFLICT, OVER), (Act.REMOVE, OVER)]
    assert [step.act for step in steps_for(situation(None, OVER), "ad:0", [COPY])[0]] == [Act.CONFLICT]


def test_a_copy_makes_no_room() -> None:
    assert situation(None, AGREED).evicted(COPY, ()) is None
    assert situation(None, AGREED).evicted(STANDS, ()) is not None
