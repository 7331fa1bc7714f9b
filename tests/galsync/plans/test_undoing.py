"""Tests of galsync/plans/undoing.py: a run that is undone leaves the target and the ledger as it found them."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from galsync.entries import Entry
from galsync.plans.plan import plan
from galsync.plans.undoing import undo
from galsync.rows import Done
from galsync.steps import Act, Plan, Why
from protocols.model.person import Field
from tests.galsync.interpreter import World, without_keys
from tests.galsync.worlds import NOW, RULES, SYNC, agreed_on, entry, held, wanted, worlds


def planned(world: World, people: dict[str, Entry]) -> Plan:
    rules = replace(RULES, hides=world.hides)
    return plan(people, world.objects.values(), world.agreed, rules, now=NOW)


def undone(world: World, rows: list[Done]) -> Plan:
    return undo(rows, world.objects.values(), world.agreed, sync=SYNC)


@given(worlds(), wanted(), wanted(), st.booleans())
def test_a_run_that_is_undone_was_not(
    world: World, people: dict[str, Entry], later: dict[str, Entry], hides: bool
) -> None:
    world = world.hiding(hides)
    world.apply(planned(world, people))
    anchors = [one.stamp.anchor for one in world.ours() if one.stamp]
    assume(len(anchors) == len({*anchors}))  # a twin that cannot be written stays
    before, rows = world.copy(), world.apply(planned(world, later))
    back = undone(world, rows)
    assert Act.CONFLICT not in back.counts
    world.apply(back)
    assert world.content() == before.content()
    touched = {row.anchor for row in rows}
    kept = {anchor: known for anchor, known in before.agreed.items() if anchor in touched and anchor in anchors}
    assert without_keys({a: k for a, k in world.agreed.items() if a in touched}) == without_keys(kept)
    assert undone(world, rows).steps == ()


def test_what_was_created_goes_unless_somebody_changed_it() -> None:
    world = World(SYNC)
    rows = world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "Lead"})}))
    (step,) = undone(world, rows).steps
    assert (step.act, step.why, step.agreement) == (Act.REMOVE, Why.UNDO, None)
    (made,) = world.ours()
    world.objects[made.key] = replace(made, texts={Field.TITLE: "Lead", Field.NOTES: "mine now"})
    (step,) = undone(world, rows).steps
    assert (step.act, step.against, "somebody changed it" in step.note) == (Act.CONFLICT, (made.key,), True)


def test_what_a_later_run_of_ours_wrote_does_not_keep_a_creation() -> None:
    world = World(SYNC)
    rows = world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "Lead"})}))
    world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "Head"})}))
    assert [step.act for step in undone(world, rows).steps] == [Act.REMOVE]


def test_only_fields_that_still_hold_our_value_go_back() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "a", Field.DISPLAY_NAME: "a"})}))
    rows = world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "b", Field.DISPLAY_NAME: "b"})}))
    (made,) = world.ours()
    world.objects[made.key] = replace(made, texts={Field.TITLE: "typed", Field.DISPLAY_NAME: "b"})
    back = undone(world, rows)
    assert [(c.field, c.before, c.after) for c in back.steps[0].changes] == [("display_name", "b", "a")]
    assert back.ignored == {"title": 1}
    world.apply(back)
    assert world.ours()[0].texts == {Field.TITLE: "typed", Field.DISPLAY_NAME: "a"}


def test_what_a_later_run_wrote_into_other_fields_stays_known() -> None:
    world = World(SYNC)
    for texts in ({Field.TITLE: "a", Field.PHONE: "1"}, {Field.TITLE: "b", Field.PHONE: "1"}):
        rows = world.apply(planned(world, {"ad:0": entry(texts=texts)}))
    world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "b", Field.PHONE: "2"})}))
    world.apply(undone(world, rows))
    assert world.ours()[0].texts == {Field.TITLE: "a", Field.PHONE: "2"}
    assert planned(world, {"ad:0": entry(texts={Field.TITLE: "a", Field.PHONE: "2"})}).steps == ()


def test_what_was_retired_is_shown_again() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry()}))
    rows = world.apply(planned(world, {}))
    assert world.ours()[0].hidden
    back = undone(world, rows)
    assert [(c.field, c.before, c.after) for c in back.steps[0].changes] == [("hidden", "hidden", "shown")]
    world.apply(back)
    assert world.agreed["ad:0"].retired_at is None


def test_where_nothing_can_be_hidden_the_ledger_alone_learns_of_it() -> None:
    world = World(SYNC, hides=False)
    world.apply(planned(world, {"ad:0": entry()}))
    rows = world.apply(planned(world, {}))
    back = undone(world, rows)
    assert [step.act for step in back.steps] == [Act.REMEMBER]
    world.apply(back)
    assert world.agreed["ad:0"].retired_at is None


def test_what_was_removed_is_made_again_as_it_stood() -> None:
    world, alias = World(SYNC), "X500:/o=F/cn=Ann"
    world.apply(planned(world, {"ad:0": entry(aliases=(alias,), photo=b"smile")}))
    world.agreed["ad:0"] = replace(world.agreed["ad:0"], retired_at=NOW - timedelta(days=9))
    rows = world.apply(planned(world, {}))
    assert world.objects == {}
    (step,) = undone(world, rows).steps
    assert step.act is Act.CREATE
    assert step.entry == entry(aliases=(alias,), photo=b"smile")


def test_an_address_that_somebody_else_has_by_now_is_a_conflict() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry()}))
    rows = world.apply(planned(world, {"ad:0": entry(address="new@b.example")}))
    world.put(held("taken", None))
    back = undone(world, rows)
    assert [(step.act, step.why, step.against) for step in back.steps] == [(Act.CONFLICT, Why.CLASH, ("taken",))]


def test_what_lost_its_stamp_is_not_touched() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry()}))
    rows = world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "x"})}))
    (made,) = world.ours()
    world.objects[made.key] = replace(made, stamp=None)
    assert [step.act for step in undone(world, rows).steps] == [Act.CONFLICT]


def test_what_cannot_be_written_any_more_is_a_conflict() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry()}))
    rows = world.apply(planned(world, {"ad:0": entry(texts={Field.TITLE: "x"})}))
    (made,) = world.ours()
    world.objects[made.key] = replace(made, form=None)
    assert [(step.act, step.why) for step in undone(world, rows).steps] == [(Act.CONFLICT, Why.READONLY)]


def test_what_is_gone_already_is_forgotten() -> None:
    world = World(SYNC)
    rows = world.apply(planned(world, {"ad:0": entry()}))
    world.objects.clear()
    back = undone(world, rows)
    assert (back.steps, back.forget) == ((), ("ad:0",))


def test_what_a_later_run_made_again_is_left() -> None:
    gone = Done(act=Act.REMOVE, anchor="ad:0", key="k1", before=held("k1"))
    assert undo([gone], [held("k2")], {}, sync=SYNC).steps == ()


def test_what_had_no_address_cannot_be_made_again() -> None:
    gone = Done(act=Act.REMOVE, anchor="ad:0", key="k1", before=replace(held("k1"), address=None))
    (step,) = undo([gone], [], {}, sync=SYNC).steps
    assert (step.act, "no address" in step.note) == (Act.CONFLICT, True)


def test_a_twin_is_not_brought_back() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry()}))
    world.put(held("z-twin", "ad:0", addresses=frozenset()))
    rows = world.apply(planned(world, {"ad:0": entry()}))
    assert [row.act for row in rows] == [Act.REMOVE]
    assert undone(world, rows).steps == ()


def test_other_places_are_not_planned() -> None:
    row = Done(act=Act.CREATE, anchor="ad:0", place="bob@b.example", key="k1", entry=entry())
    assert undo([row], [held("k1")], agreed_on(entry()), sync=SYNC).steps == ()


def test_a_photo_goes_back_where_ours_is_to_be_seen() -> None:
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": entry(photo=b"old")}))
    rows = world.apply(planned(world, {"ad:0": entry(photo=b"new")}))
    world.apply(undone(world, rows))
    assert world.ours()[0].photo == b"old"


def test_two_that_swapped_swap_back() -> None:
    ann, bob = entry("ad:0", "ann@b.example"), entry("ad:1", "bob@b.example")
    world = World(SYNC)
    world.apply(planned(world, {"ad:0": ann, "ad:1": bob}))
    before = world.content()
    rows = world.apply(
        planned(world, {"ad:0": replace(ann, address=bob.address), "ad:1": replace(bob, address=ann.address)})
    )
    world.apply(undone(world, rows))
    assert world.content() == before


def test_a_copy_that_somebody_made_of_our_object_is_never_taken_away() -> None:
    world = World(SYNC)
    rows = world.apply(planned(world, {"ad:0": entry()}))
    copied = held("copy", "ad:0", "carl@own.example")
    world.put(copied)
    world.apply(undone(world, rows))
    assert list(world.objects.values()) == [copied]
    assert undone(world, rows).steps == ()
