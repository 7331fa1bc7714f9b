"""Tests of galsync/forwarding/shifts.py: one test per line of the table, and the circles."""

from dataclasses import replace

import pytest

from galsync.forwarding.forwards import NOWHERE, ByScript, Forward, Post
from galsync.forwarding.shifts import Record, Shift, Shifting, Situation, planned
from galsync.people.moved import Mover
from tests.galsync.forwarding.post_office import ELSEWHERE, GONE, HERE, NEW, OLD, TO_NEW, post

KEPT = Record("CN=ann", NOWHERE, TO_NEW, done=True)
BEGUN = Record("CN=ann", ELSEWHERE, TO_NEW, done=False)


def only(
    mover: Mover, stands: Post | None, record: Record | None = None, beyond: dict[str, Post] | None = None
) -> Shift | None:
    situation = Situation(
        posts={OLD: stands} if stands else {},
        records={OLD: record} if record else {},
        shall=lambda each: Forward(f"SMTP:{each.new}"),
        beyond=beyond,
        at="a",
        there="b",
    )
    found = planned([mover], situation)
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    ("mover", "stands", "record", "act"),
    [
        (GONE, None, None, Shifting.LEFT),
        (GONE, post(), None, Shifting.SET),
        (GONE, post(OLD, ELSEWHERE), None, Shifting.SET),
        (GONE, post(OLD, TO_NEW), None, None),
        (GONE, post(OLD, TO_NEW), KEPT, None),
        (GONE, post(OLD, TO_NEW), BEGUN, Shifting.REMEMBER),
        (GONE, post(OLD, ELSEWHERE), BEGUN, Shifting.SET),
        (GONE, post(), BEGUN, Shifting.LEFT),
        (GONE, post(OLD, ELSEWHERE), KEPT, Shifting.LEFT),
        (GONE, post(readonly="synchronised"), None, Shifting.REFUSED),
        (HERE, post(OLD, ELSEWHERE), None, None),
        (HERE, None, None, None),
        (HERE, post(OLD, TO_NEW), KEPT, Shifting.RESTORE),
        (HERE, post(OLD, TO_NEW), BEGUN, Shifting.RESTORE),
        (HERE, post(), KEPT, Shifting.FORGET),
        (HERE, post(OLD, ELSEWHERE), BEGUN, Shifting.FORGET),
        (HERE, post(OLD, ELSEWHERE), KEPT, Shifting.LEFT),
        (HERE, None, KEPT, Shifting.LEFT),
        (HERE, post(OLD, TO_NEW, readonly="synchronised"), KEPT, Shifting.REFUSED),
    ],
)
def test_the_table(mover: Mover, stands: Post | None, record: Record | None, act: Shifting | None) -> None:
    shift = only(mover, stands, record)
    assert (shift.act if shift else None) is act
    assert shift is None or act not in (Shifting.LEFT, Shifting.REFUSED) or shift.note


def test_what_is_given_back_is_what_stood_there_before_everything() -> None:
    first = only(GONE, post(OLD, ELSEWHERE))
    assert first is not None
    assert (first.before, first.after, first.kept) == (ELSEWHERE, TO_NEW, ELSEWHERE)
    other = Record("CN=ann", ELSEWHERE, Forward("SMTP:ann@c.example"), done=True)
    again = only(GONE, post(OLD, other.after), other)  # the settings name another address by now
    assert again is not None
    assert (again.act, again.before, again.kept) == (Shifting.SET, other.after, ELSEWHERE)
    back = only(HERE, post(OLD, TO_NEW), BEGUN)
    assert back is not None
    assert (back.before, back.after) == (TO_NEW, ELSEWHERE)


@pytest.mark.parametrize(
    ("stands", "beyond", "words"),
    [
        (post(OLD, NOWHERE, NEW), None, "is this very mailbox"),
        (post(), {}, "b has no mailbox ann@b.example: mail would go to nobody"),
        (post(), {NEW: post(NEW, Forward(f"smtp:{OLD}"))}, "forwards back to ann@a.example, in a circle"),
        (post(OLD, NOWHERE, "a@a.example"), {NEW: post(NEW, Forward("a@a.example"))}, "in a circle"),
    ],
)
def test_mail_in_a_circle_or_to_nobody_is_refused(stands: Post, beyond: dict[str, Post] | None, words: str) -> None:
    shift = only(GONE, stands, beyond=beyond)
    assert shift is not None
    assert shift.act is Shifting.REFUSED
    assert words in shift.note


def test_no_other_mailbox_serves_where_the_address_that_mail_goes_to_has_none() -> None:
    typo = Forward("smtp:ann@bb.onmicrosoft.example")
    there = {NEW: post(NEW)}
    situation = Situation(posts={OLD: post()}, records={}, shall=lambda each: typo, beyond=there, there="b")
    (shift,) = planned([GONE], situation)
    assert shift.act is Shifting.REFUSED
    assert "b has no mailbox ann@bb.onmicrosoft.example" in shift.note


def test_back_to_what_may_be_an_alias_is_a_circle() -> None:
    stands = replace(post(), perhaps=frozenset({"annie@a.example"}))
    shift = only(GONE, stands, beyond={NEW: post(NEW, Forward("annie@a.example"))})
    assert shift is not None
    assert "forwards back to annie@a.example, in a circle" in shift.note


def test_a_circle_over_two_people_is_seen() -> None:
    bob = Mover("bob@a.example", "bob@b.example", True)
    situation = Situation(
        posts={OLD: post(), bob.left: post(bob.left)},
        records={},
        shall=lambda each: Forward(f"SMTP:{each.new}"),
        beyond={NEW: post(NEW, Forward(bob.left)), bob.new: post(bob.new, Forward(OLD))},
    )
    shifts = planned([GONE, bob], situation)
    assert [shift.act for shift in shifts] == [Shifting.REFUSED] * 2
    assert f"in a circle, {NEW} -> {bob.left} -> {bob.new} -> {OLD}" in shifts[0].note


@pytest.mark.parametrize(
    ("stands", "act"),
    [
        (post(OLD, TO_NEW), Shifting.LEFT),
        (post(OLD, ELSEWHERE), Shifting.LEFT),
        (post(), Shifting.FORGET),
        (None, Shifting.LEFT),
    ],
)
def test_whoever_is_on_the_list_no_more_is_named(stands: Post | None, act: Shifting) -> None:
    posts = {OLD: stands} if stands else {}
    situation = Situation(posts=posts, records={OLD: KEPT}, shall=lambda each: TO_NEW, listed={"bob@a.example"})
    (shift,) = planned([], situation)
    assert (shift.act, shift.mailbox) == (act, OLD)
    assert act is Shifting.FORGET or "on the list no more, and was set to forward to ann@b.example" in shift.note
    assert planned([], replace(situation, listed={OLD})) == planned([], replace(situation, listed=None)) == []


def test_a_new_mailbox_that_forwards_elsewhere_is_its_owners_affair() -> None:
    shift = only(GONE, post(), beyond={NEW: post(NEW, ELSEWHERE)})
    assert shift is not None
    assert shift.act is Shifting.SET


def test_an_address_that_cannot_be_made_is_told() -> None:
    situation = Situation(posts={OLD: post()}, records={}, shall=lambda each: "to makes no address")
    (shift,) = planned([GONE], situation)
    assert (shift.act, shift.note) == (Shifting.REFUSED, "to makes no address")


@pytest.mark.parametrize(
    ("mover", "stands", "waits", "record", "act", "words"),
    [
        (GONE, NOWHERE, None, None, Shifting.SET, "has to be run"),
        (GONE, ELSEWHERE, TO_NEW, BEGUN, Shifting.SET, "run x.ps1"),
        (GONE, TO_NEW, NOWHERE, KEPT, Shifting.SET, "run x.ps1"),
        (GONE, TO_NEW, None, KEPT, None, ""),
        (HERE, ELSEWHERE, TO_NEW, BEGUN, Shifting.RESTORE, "run x.ps1"),
        (HERE, TO_NEW, NOWHERE, KEPT, Shifting.RESTORE, "run x.ps1"),
        (HERE, NOWHERE, None, KEPT, Shifting.FORGET, ""),
        (HERE, NOWHERE, TO_NEW, None, None, ""),
    ],
)
def test_what_waits_in_a_script_is_neither_done_nor_undone(
    mover: Mover, stands: Forward, waits: Forward | None, record: Record | None, act: Shifting | None, words: str
) -> None:
    shift = only(mover, replace(post(OLD, stands), script=ByScript(path="x.ps1", waits=waits)), record)
    assert (shift.act if shift else None) is act
    assert shift is None or words in shift.note
    assert shift is None or act is Shifting.FORGET or shift.note


def test_why_a_script_could_not_is_told() -> None:
    script = ByScript(path="x.ps1", waits=TO_NEW, words="the policy forbids it")
    shift = only(GONE, replace(post(OLD, ELSEWHERE), script=script), BEGUN)
    assert shift is not None
    assert shift.note == "not done when the script was run: the policy forbids it"
