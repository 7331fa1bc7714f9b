"""Tests of galsync/plans/plan.py: every plan is right, harmless, and leads to where the next plan has nothing to do."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from galsync.entries import Entry, Form, Held
from galsync.plans.plan import plan
from galsync.steps import Act, Plan, Remedy, Why
from protocols.model.person import Field
from tests.galsync.interpreter import World, looked, without_keys
from tests.galsync.worlds import NOW, RULES, SYNC, agreed_on, entry, held, wanted, worlds


def planned(world: World, people: dict[str, Entry], **more: Any) -> Plan:
    return plan(people, world.objects.values(), world.agreed, replace(RULES, hides=world.hides), now=NOW, **more)


@given(worlds(), wanted(), st.booleans())
def test_a_plan_that_was_applied_leaves_nothing_to_do(world: World, people: dict[str, Entry], hides: bool) -> None:
    world = world.hiding(hides)
    first = planned(world, people)
    world.apply(first)
    again = planned(world, people)
    assert {step.act for step in again.steps} <= {Act.CONFLICT}
    assert again.forget == ()
    conflicts = [
        [(step.anchor, step.why) for step in each.steps if step.act is Act.CONFLICT] for each in (first, again)
    ]
    assert conflicts[0] == conflicts[1]


@given(worlds(), wanted(doubles=True))
def test_nobody_gets_an_address_that_somebody_has(world: World, people: dict[str, Entry]) -> None:
    world.apply(planned(world, people))  # the interpreter refuses a taken address
    world.apply(planned(world, people))


@given(worlds(), wanted(doubles=True))
def test_what_does_not_bear_our_stamp_stays_as_it_is(world: World, people: dict[str, Entry]) -> None:
    before = world.foreign()
    made = planned(world, people)
    for step in made.writes:
        assert step.held is None or (step.held.stamp is not None and step.held.stamp.sync == SYNC)
    world.apply(made)
    assert world.foreign() == before


@given(worlds(), wanted(doubles=True), st.randoms(use_true_random=False))
def test_equal_worlds_end_equal_whatever_the_order(
    world: World, people: dict[str, Entry], chance: random.Random
) -> None:
    made = planned(world, people)
    objects, entries, agreed = list(world.objects.values()), list(people.items()), list(world.agreed.items())
    for each in (objects, entries, agreed):
        chance.shuffle(each)
    assert plan(dict(entries), iter(objects), dict(agreed), RULES, now=NOW) == made


@given(worlds(), wanted(), wanted())
def test_the_changes_alone_are_planned_as_the_whole_is(
    world: World, people: dict[str, Entry], later: dict[str, Entry]
) -> None:
    world.apply(planned(world, people))
    assume(not planned(world, people).steps)  # what is in conflict may be unknown to the ledger
    whole = planned(world, later)
    changed = {anchor: one for anchor, one in later.items() if people.get(anchor) != one}
    gone = dict.fromkeys({*people, *world.agreed} - later.keys(), Why.GONE)
    gone |= {one.stamp.anchor: Why.GONE for one in world.ours() if one.stamp and one.stamp.anchor not in later}
    concerned = [agreement for anchor, agreement in world.agreed.items() if anchor in changed or anchor in gone]
    addresses = {alias.lower() for one in changed.values() for alias in (one.address.address, *one.aliases)}
    stands = looked(world, [each.key for each in concerned], addresses)
    stands += [one for one in world.ours() if one not in stands and one.stamp and one.stamp.anchor in gone]
    part = plan(changed, stands, world.agreed, RULES, now=NOW, gone=gone)
    written = [step for step in whole.steps if step.act is not Act.CONFLICT]
    assert [step for step in part.steps if step.act is not Act.CONFLICT] == written


@given(worlds(), wanted(doubles=True))
def test_what_is_counted_is_everybody(world: World, people: dict[str, Entry]) -> None:
    made = planned(world, people)
    told = {step.anchor for step in made.steps if step.why is not Why.TWICE}
    assert made.equal == len(people.keys() - told)
    assert made.kept == len(world.ours())


def test_somebody_new_is_created_with_what_may_be_written() -> None:
    ann = entry(texts={Field.TITLE: "Lead", Field.NOTES: "no rule", Field.FAX: "cleared"})
    (step,) = plan({ann.anchor: ann}, (), {}, RULES, now=NOW).steps
    assert (step.act, step.why, step.entry) == (Act.CREATE, Why.NEW, replace(ann, texts={Field.TITLE: "Lead"}))
    assert step.agreement == agreed_on(ann, "")["ad:0"]


def test_two_who_swap_their_addresses_do_not_wait_for_each_other() -> None:
    ann, bob = entry("ad:0", "ann@b.example"), entry("ad:1", "bob@b.example")
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": ann, "ad:1": bob}))
    typed = next(one for one in world.ours() if one.stamp and one.stamp.anchor == "ad:0")
    world.objects[typed.key] = replace(typed, texts={Field.NOTES: "typed"})
    people = {"ad:0": replace(ann, address=bob.address), "ad:1": replace(bob, address=ann.address)}
    made = planned(world, people)
    acts = [(step.act, step.anchor) for step in made.steps]
    assert acts == [(Act.REMOVE, "ad:0"), (Act.UPDATE, "ad:1"), (Act.CREATE, "ad:0")]
    world.apply(made)
    assert [(one.address, one.texts) for one in world.ours()] == [
        (bob.address, {Field.NOTES: "typed"}),
        (ann.address, {}),
    ]


def test_an_address_that_is_passed_on_is_freed_first() -> None:
    people = {f"ad:{n}": entry(f"ad:{n}", f"p{n}@b.example") for n in range(4)}
    world = World(SYNC)
    world.apply(planned(world, people))
    moved = {
        anchor: replace(one, address=entry("x:x", f"p{int(anchor[3:]) + 1}@b.example").address)
        for anchor, one in people.items()
    }
    made = planned(world, moved)
    assert [(step.act, step.anchor) for step in made.steps] == [(Act.UPDATE, f"ad:{n}") for n in (3, 2, 1, 0)]
    world.apply(made)


def test_who_was_made_anew_in_the_source_takes_the_place_of_their_old_object() -> None:
    old, new = entry("ad:old"), entry("ad:new")
    world = World(SYNC)
    world.apply(planned(world, {"ad:old": old}))
    made = planned(world, {"ad:new": new})
    assert [(s.act, s.anchor, s.why) for s in made.steps] == [
        (Act.REMOVE, "ad:old", Why.GONE),
        (Act.CREATE, "ad:new", Why.NEW),
    ]
    world.apply(made)
    assert planned(world, {"ad:new": new}).steps == ()
    assert list(world.agreed) == ["ad:new"]


def test_a_retired_object_makes_room_although_only_changes_are_planned() -> None:
    new, retired = entry("ad:new"), entry("ad:old")
    agreed = agreed_on(retired, retired_at=NOW - timedelta(days=1))
    made = plan({"ad:new": new}, [held(anchor="ad:old", hidden=True)], agreed, RULES, now=NOW, gone={})
    assert [(step.act, step.anchor) for step in made.steps] == [(Act.REMOVE, "ad:old"), (Act.CREATE, "ad:new")]


def test_another_form_is_made_anew_and_keeps_what_somebody_typed() -> None:
    ann = entry(texts={Field.TITLE: "Lead"})
    stands = held(
        texts={Field.TITLE: "Lead", Field.NOTES: "typed"}, addresses=frozenset({"ann@fabrikam.example", "x500:/o=t"})
    )
    new = replace(ann, form=Form.MAIL_USER)
    remove, create = plan({"ad:0": new}, [stands], agreed_on(ann), RULES, now=NOW).steps
    assert (remove.act, remove.why, create.act, create.why) == (Act.REMOVE, Why.CHANGED, Act.CREATE, Why.CHANGED)
    assert create.entry == replace(new, texts={Field.TITLE: "Lead", Field.NOTES: "typed"}, aliases=("X500:/o=t",))


def test_two_people_of_the_sources_who_want_one_address_are_left_as_they_are() -> None:
    ann, rival = entry("ad:0"), entry("ad:1")
    made = plan({}, [held()], agreed_on(ann), RULES, now=NOW, clashes=((ann, rival),))
    assert [(step.act, step.anchor, step.why) for step in made.steps] == [
        (Act.CONFLICT, "ad:0", Why.CLASH_WITHIN),
        (Act.CONFLICT, "ad:1", Why.CLASH_WITHIN),
    ]
    assert made.steps[1].against == ("k1",)
    assert made.forget == ()


def test_nobody_is_told_of_a_clash_that_was_decided() -> None:
    rules = replace(RULES, resolutions={"ann@fabrikam.example": Remedy.SKIP})
    assert plan({}, (), {}, rules, now=NOW, clashes=((entry("ad:0"), entry("ad:1")),)).steps == ()


def test_what_a_killed_run_wrote_is_not_taken_for_typed() -> None:
    first, second, third = (entry(texts={Field.TITLE: title}) for title in ("1", "2", "3"))
    stands = held(texts={Field.TITLE: "2"})
    agreed, begun = agreed_on(first), agreed_on(second)
    without = plan({"ad:0": third}, [stands], agreed, RULES, now=NOW)
    assert without.ignored == {"title": 1}
    (step,) = plan({"ad:0": third}, [stands], agreed, RULES, now=NOW, begun=begun).steps
    assert [(change.before, change.after) for change in step.changes] == [("2", "3")]


def test_a_killed_creation_is_found_by_its_stamp() -> None:
    ann = entry(texts={Field.TITLE: "Lead"}, aliases=("X500:/o=F/cn=Ann",))
    stands = held(texts=ann.texts, addresses=frozenset({"ann@fabrikam.example", "x500:/o=f/cn=ann"}))
    (step,) = plan({"ad:0": ann}, [stands], {}, RULES, now=NOW).steps
    assert (step.act, step.why, step.agreement) == (Act.REMEMBER, Why.FOUND, agreed_on(ann)["ad:0"])


@pytest.mark.parametrize(("gone", "forget"), [(None, ("ad:0", "ad:1")), ({"ad:1": Why.GONE}, ("ad:1",)), ({}, ())])
def test_whom_neither_side_has_is_forgotten(gone: dict[str, Why] | None, forget: tuple[str, ...]) -> None:
    agreed = agreed_on(entry("ad:0")) | agreed_on(entry("ad:1", "bob@b.example"))
    assert plan({}, (), agreed, RULES, now=NOW, gone=gone).forget == forget


def test_whom_a_part_does_not_name_is_left_alone() -> None:
    stands = [held(), held("k2", "ad:1", "bob@b.example"), held("k3", "ad:1", "bo@b.example")]
    made = plan({}, stands, agreed_on(entry()), RULES, now=NOW, gone={})
    assert (made.steps, made.kept) == ((), 3)


def test_objects_are_read_once_and_those_that_need_nothing_are_not_kept() -> None:
    """The work grows with the number of people, not with its square: each object is looked at once."""
    count = 3_000
    people = {f"ad:{n}": entry(f"ad:{n}", f"p{n}@b.example") for n in range(count)}
    agreed = {a: v for n in range(count) for a, v in agreed_on(people[f"ad:{n}"], f"k{n}").items()}
    looked_at = 0

    class Counted(frozenset[str]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal looked_at
            looked_at += 1
            return super().__iter__()

    def stands() -> list[Held]:
        made = (held(f"k{n}", f"ad:{n}", f"p{n}@b.example") for n in range(count))
        return [replace(one, addresses=Counted(one.addresses)) for one in made]

    made = plan(people, iter(stands()), agreed, RULES, now=NOW)
    assert (made.steps, made.equal, made.kept) == ((), count, count)
    assert looked_at == count


def test_agreements_survive_a_world_that_is_made_anew() -> None:
    world = World(SYNC)
    people = {"ad:0": entry(texts={Field.PHONE: "1"})}
    world.apply(planned(world, people))
    known = without_keys(world.agreed)
    world.objects.clear()
    made = planned(world, people)
    assert [step.why for step in made.steps] == [Why.LOST]
    world.apply(made)
    assert without_keys(world.agreed) == known


def test_a_copy_of_what_needs_nothing_is_told_and_stays() -> None:
    ann, copied = entry(), held("k0", "ad:0", "carl@own.example")
    made = plan({"ad:0": ann}, [held(), copied], agreed_on(ann), RULES, now=NOW)
    assert [(step.act, step.why, step.against) for step in made.steps] == [(Act.CONFLICT, Why.COPIED, ("k0",))]
    assert (made.equal, made.kept) == (0, 2)


def test_who_is_there_and_could_not_be_read_is_left_as_they_are() -> None:
    ann, bob = entry(), entry("ad:1", "bob@b.example")
    stands = [held(), held("k2", "ad:1", "bob@b.example")]
    known = agreed_on(ann) | agreed_on(bob, "k2", retired_at=NOW - timedelta(days=99))
    made = plan({}, stands, known, replace(RULES, grace=timedelta(0)), now=NOW, unsure=("ad:0", "ad:1", "ad:7"))
    assert (made.steps, made.forget, made.unsure) == ((), (), ("ann@fabrikam.example", "bob@b.example"))
    new = entry("ad:new")
    (step,) = plan({"ad:new": new}, stands, known, RULES, now=NOW, unsure=("ad:0", "ad:1")).steps
    assert (step.act, step.anchor) == (Act.CONFLICT, "ad:new"), "their address is theirs"
    assert plan({}, (), known, RULES, now=NOW, unsure=("ad:0",)).forget == ("ad:1",)
