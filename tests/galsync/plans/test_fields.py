"""Tests of galsync/plans/fields.py: WRITE, OVERWRITE and CLEAR against what the source says and who typed what."""

from dataclasses import replace

import pytest

from galsync.entries import Form, How
from galsync.plans.fields import Compared, agreement, allowed, compare, shape, texts_after
from galsync.rules import Rules
from galsync.steps import Change
from protocols.model.person import Field
from tests.galsync.worlds import NOW, RULES, SYNC, agreed_on, entry, held

T = Field.TITLE
CASES = [  # how, wanted, stands there, written last: the new text (None: not written), ignored
    (How.WRITE, "new", "", "", "new", False),
    (How.WRITE, "new", "old", "old", "new", False),
    (How.WRITE, "new", "typed", "old", None, True),
    (How.WRITE, "new", "typed", "", None, True),
    (How.WRITE, "same", "same", "same", None, False),
    (How.WRITE, "", "old", "old", "", False),
    (How.WRITE, "", "typed", "old", None, False),
    (How.OVERWRITE, "new", "typed", "", "new", False),
    (How.OVERWRITE, "", "typed", "", "", False),
    (How.CLEAR, "new", "typed", "", "", False),
    (How.CLEAR, "new", "", "", None, False),
    (None, "new", "typed", "", None, False),
]


@pytest.mark.parametrize(("how", "wanted", "stands", "written", "after", "ignored"), CASES)
def test_what_becomes_of_a_field(
    how: How | None, wanted: str, stands: str, written: str, after: str | None, ignored: bool
) -> None:
    rules = Rules(sync=SYNC, fields={T: how} if how else {})
    texts = [{T: text} if text else {} for text in (wanted, stands, written)]
    known = agreed_on(entry(texts=texts[2]), rules=replace(rules, fields={T: How.WRITE}))["ad:0"]
    compared = compare(entry(texts=texts[0]), held(texts=texts[1]), known, rules)
    assert compared.changes == (() if after is None else (Change("title", stands, after),))
    assert compared.ignored == ((T,) if ignored else ())


def test_every_way_is_among_the_cases() -> None:
    assert {case[0] for case in CASES} == {*How, None}


@pytest.mark.parametrize(("one", "other"), [("Å", "A\u030a"), ("Ann ", " Ann"), ("+49 30 1", "+49 30 1 ")])
def test_texts_that_look_the_same_are(one: str, other: str) -> None:
    assert shape(one) == shape(other)
    known = agreed_on(entry(texts={T: one}))["ad:0"]
    assert compare(entry(texts={T: one}), held(texts={T: other}), known, RULES) == Compared()


def test_phone_numbers_are_compared_sign_by_sign() -> None:
    assert shape("+49 30 1") != shape("+49301")


def test_what_stands_there_as_wanted_is_remembered_where_the_ledger_is_behind() -> None:
    stands, ann = held(texts={T: "new"}), entry(texts={T: "new"})
    for behind in (
        agreed_on(entry(texts={T: "old"})),
        agreed_on(ann, "another key"),
        agreed_on(ann, retired_at=NOW),
        agreed_on(replace(ann, aliases=("x@b.example",))),
        agreed_on(entry(address="was@b.example", texts={T: "new"})),
    ):
        assert compare(ann, stands, behind["ad:0"], RULES) == Compared(stale=True)
    assert compare(ann, stands, None, RULES) == Compared(stale=True)


def test_hidden_is_ours_where_the_target_can_hide() -> None:
    known = agreed_on(entry())["ad:0"]
    (change,) = compare(entry(), held(hidden=True), known, RULES).changes
    assert change == Change("hidden", "hidden", "shown")
    assert compare(entry(), held(hidden=True), known, replace(RULES, hides=False)) == Compared()


def test_address_and_aliases_are_told_apart() -> None:
    known = agreed_on(entry(aliases=("was@b.example",)))["ad:0"]
    stands = held(addresses=frozenset({"ann@fabrikam.example", "was@b.example"}))
    changes = compare(entry(address="new@b.example", aliases=("more@b.example",)), stands, known, RULES).changes
    assert changes == (
        Change("address", "ann@fabrikam.example", "new@b.example"),
        Change("aliases", "was@b.example", "more@b.example"),
    )


def test_members_are_compared_whatever_their_order_and_case() -> None:
    team = entry(form=Form.GROUP, members=("A@b.example", "c@b.example"))
    known = agreed_on(team)["ad:0"]
    assert compare(team, held(members=("c@b.example", "a@b.example")), known, RULES) == Compared()
    (change,) = compare(team, held(members=("a@b.example", "x@b.example")), known, RULES).changes
    assert change == Change("members", "x@b.example", "c@b.example")


def test_a_change_of_many_members_stays_short() -> None:
    team = entry(form=Form.GROUP, members=tuple(f"m{n:03}@b.example" for n in range(100)))
    (change,) = compare(team, held(), agreed_on(team)["ad:0"], RULES).changes
    assert change.after.endswith("m009@b.example and 90 more")


@pytest.mark.parametrize(
    ("wanted", "written", "stands", "changed"),
    [
        (b"new", b"old", b"old", True),
        (b"same", b"same", b"smaller", False),  # the target gives it back in another size
        (b"", b"old", b"old", True),
        (b"", b"", b"theirs", False),
    ],
)
def test_a_photo_is_compared_with_what_was_written(wanted: bytes, written: bytes, stands: bytes, changed: bool) -> None:
    known = agreed_on(entry(photo=written))["ad:0"]
    compared = compare(entry(photo=wanted), held(photo=stands), known, RULES)
    assert [change.field for change in compared.changes] == (["photo"] if changed else [])


def test_a_photo_that_nobody_remembers_is_compared_with_what_stands_there() -> None:
    assert compare(entry(photo=b"a"), held(photo=b"a"), None, RULES).changes == ()
    assert compare(entry(photo=b"a"), held(photo=b"b"), None, RULES).changes == (Change("photo", "1 bytes", "1 bytes"),)


def test_what_a_killed_run_was_about_to_write_is_ours() -> None:
    begun = agreed_on(entry(texts={T: "second"}))["ad:0"]
    stands = held(texts={T: "second"})
    assert compare(entry(texts={T: "third"}), stands, None, RULES).ignored == (T,)
    assert compare(entry(texts={T: "third"}), stands, None, RULES, begun=begun).changes == (
        Change("title", "second", "third"),
    )


def test_only_fields_with_a_rule_are_written() -> None:
    ann = entry(texts={T: "Lead", Field.NOTES: "no rule", Field.FAX: "cleared"})
    assert allowed(ann, RULES) == {T: "Lead"}
    plain = entry(texts={T: "Lead"})
    assert allowed(plain, RULES) is plain.texts  # not copied a hundred thousand times


def test_what_was_written_before_somebody_typed_is_still_known() -> None:
    known = agreed_on(entry(texts={T: "ours"}))["ad:0"]
    made = agreement(entry(texts={T: "new"}), "k1", RULES, known=known, ignored=(T,))
    assert made.written == known.written
    assert agreement(entry(texts={T: "new"}), "k1", RULES, ignored=(T,)).written == {}


def test_texts_after_an_update() -> None:
    stands = held(texts={T: "a", Field.FAX: "b"})
    changes = (Change("title", "a", "c"), Change("fax", "b", ""), Change("address", "x", "y"))
    assert texts_after(stands, changes) == {T: "c"}
