"""Tests of galsync/plans/restoring.py: three states are compared, and what somebody changed since stays."""

from dataclasses import replace

import pytest

from galsync.plans.restoring import agreement_before, left, restored
from galsync.rows import Done
from galsync.steps import Act, Change
from protocols.model.person import Field
from tests.galsync.worlds import NOW, agreed_on, entry, held

BEFORE = held(texts={Field.TITLE: "a", Field.NOTES: "typed"}, members=("a@b.example",))
AFTER = entry(
    address="new@b.example", aliases=("X500:/o=F/cn=Ann",), texts={Field.TITLE: "b"}, members=("c@b.example",)
)
ROW = Done(
    act=Act.UPDATE,
    anchor="ad:0",
    key="k1",
    entry=AFTER,
    before=BEFORE,
    known=agreed_on(entry())["ad:0"],
    agreement=agreed_on(AFTER)["ad:0"],
    changes=(
        Change("address", "ann@fabrikam.example", "new@b.example"),
        Change("aliases", "", "X500:/o=F/cn=Ann"),
        Change("members", "a@b.example", "c@b.example"),
        Change("title", "a", "b"),
    ),
)
NOW_THERE = left(ROW)


def test_what_an_update_left() -> None:
    assert NOW_THERE.address == AFTER.address
    assert NOW_THERE.addresses == {"new@b.example", "x500:/o=f/cn=ann"}
    assert NOW_THERE.texts == {Field.TITLE: "b", Field.NOTES: "typed"}
    assert NOW_THERE.members == AFTER.members


def test_what_the_other_steps_left() -> None:
    made = left(replace(ROW, act=Act.CREATE, before=None))
    assert (made.texts, made.addresses) == (AFTER.texts, NOW_THERE.addresses)
    assert left(Done(act=Act.RETIRE, anchor="ad:0", before=BEFORE)) == replace(BEFORE, hidden=True)
    with pytest.raises(ValueError, match="without an object"):
        left(Done(act=Act.UPDATE, anchor="ad:0"))


def test_everything_goes_back() -> None:
    then = restored([ROW], BEFORE, NOW_THERE, ROW.agreement)
    assert then.entry == entry(texts=BEFORE.texts, members=BEFORE.members)
    assert [change.field for change in then.changes] == ["title", "address", "aliases", "members"]
    assert "X500:/o=F/cn=Ann" in then.known.aliases  # so that the target takes it away
    assert then.ignored == ()


def test_what_somebody_changed_since_stays() -> None:
    now = replace(
        NOW_THERE,
        address=entry(address="theirs@b.example").address,
        addresses=frozenset({"theirs@b.example", "x500:/o=f/cn=ann", "more@b.example"}),
        texts={Field.TITLE: "theirs"},
        members=("d@b.example",),
    )
    then = restored([ROW], BEFORE, now, ROW.agreement)
    assert then.ignored == (Field.TITLE,)
    assert then.entry.address.address == "theirs@b.example"
    assert "more@b.example" in then.entry.aliases
    assert then.entry.texts == {Field.TITLE: "theirs"}
    assert then.entry.members == ("d@b.example",)


def test_what_was_put_back_by_somebody_is_neither_changed_nor_ignored() -> None:
    then = restored([ROW], BEFORE, replace(NOW_THERE, texts=BEFORE.texts), ROW.agreement)
    assert "title" not in [change.field for change in then.changes]
    assert then.ignored == ()


def test_what_was_never_written_cannot_be_given_back() -> None:
    with pytest.raises(ValueError, match="never written"):
        restored([ROW], BEFORE, replace(NOW_THERE, form=None), None)


FIRST = agreed_on(entry(texts={Field.TITLE: "a", Field.PHONE: "1"}))["ad:0"]
LAST = agreed_on(entry(texts={Field.TITLE: "b", Field.PHONE: "1"}))["ad:0"]
LATER = agreed_on(entry(texts={Field.TITLE: "b", Field.PHONE: "2"}))["ad:0"]


def test_the_ledger_knows_what_it_knew() -> None:
    assert agreement_before(FIRST, LAST, LAST) == FIRST
    assert agreement_before(None, LAST, LAST) is None
    assert agreement_before(FIRST, LAST, None) == FIRST


def test_what_later_runs_wrote_stays_known() -> None:
    both = agreed_on(entry(texts={Field.TITLE: "a", Field.PHONE: "2"}))["ad:0"]
    assert agreement_before(FIRST, LAST, LATER) == both
    assert agreement_before(None, LAST, LATER) == LATER
    retired = replace(LATER, retired_at=NOW)
    known = agreement_before(FIRST, LAST, retired)
    assert known is not None
    assert known.retired_at == NOW
