"""Tests of galsync/engine/order.py: which steps wait for which."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from galsync.engine.order import answers_to, frees, named, needs, phases
from galsync.entries import Form
from galsync.steps import Step
from protocols.model.person import Field
from tests.galsync.stock import create, entry, held, remove, update


def test_what_an_entry_answers_to_is_spelled_as_the_target_spells_it() -> None:
    shall = replace(entry("ann"), aliases=("A.Nn@a.example", "X500:/o=A/cn=Ann"))
    assert answers_to(shall) == {"ann@a.example", "a.nn@a.example", "x500:/o=a/cn=ann"}


def test_steps_that_have_nothing_to_do_with_each_other_are_one_phase() -> None:
    steps = [create("ann"), create("bob"), update("cid"), remove("dan")]
    assert phases(steps) == [steps]


def test_nothing_to_do_is_no_phase() -> None:
    assert phases([]) == []


def test_whoever_needs_an_address_waits_for_whoever_frees_it() -> None:
    old, new = remove("ann"), create("anna", address="ann@a.example")
    assert phases([old, create("bob"), new]) == [[old, create("bob")], [new]]


def test_a_change_of_address_frees_the_old_one() -> None:
    there = held("ann", address="old@a.example")
    move, new = update("ann", stands=there), create("bob", address="old@a.example")
    assert needs(move) == {"ann@a.example"}
    assert frees(move) == {"old@a.example"}
    assert phases([move, new]) == [[move], [new]]


def test_two_steps_for_one_person_or_one_object_keep_their_order() -> None:
    twin = remove("ann", stands=held("ann", key="second", address="twin@a.example"))
    assert phases([twin, update("ann")]) == [[twin], [update("ann")]]
    first, again = update("ann", title="One"), update("ann", title="Two")
    assert phases([first, again]) == [[first], [again]]


def test_a_row_of_moves_goes_one_after_the_other() -> None:
    moves = [("ann", "bob"), ("cid", "ann"), ("dan", "cid")]  # who gets their own address, and had which
    row = [update(name, stands=held(name, address=f"{had}@a.example")) for name, had in moves]
    assert phases(row) == [[row[0], row[1], row[2]]], "nobody needs what somebody before them frees"
    assert phases(row[::-1]) == [[row[2]], [row[1]], [row[0]]]


def test_whoever_names_members_or_a_manager_waits_for_them() -> None:
    ann, group = create("ann"), create("sales")
    assert group.entry is not None
    group = replace(group, entry=replace(group.entry, form=Form.GROUP, members=("ANN@a.example", "x@a.example")))
    led = create("bob")
    assert led.entry is not None
    led = replace(led, entry=replace(led.entry, texts={**led.entry.texts, Field.MANAGER: "ann@a.example"}))
    assert named(led.entry or entry("bob")) == ("ann@a.example",)
    assert phases([ann, create("cid"), group, led]) == [[ann, create("cid")], [group, led]]
    assert phases([group, ann]) == [[group, ann]], "the order of the plan is kept: it may have had no better"


STEPS = st.lists(
    st.one_of(
        st.builds(create, st.sampled_from("abcd"), address=st.sampled_from(["", "x@a.example", "y@a.example"])),
        st.builds(remove, st.sampled_from("abcd")),
        st.builds(update, st.sampled_from("abcd")),
    ),
    max_size=12,
)


@given(STEPS)
def test_every_step_is_in_one_phase_behind_whatever_it_waits_for(steps: list[Step]) -> None:
    found = [(number, step) for number, phase in enumerate(phases(steps)) for step in phase]
    assert sorted(id(step) for _, step in found) == sorted(map(id, steps))
    level = {id(step): number for number, step in found}
    for position, later in enumerate(steps):
        for earlier in steps[:position]:
            if needs(later) & frees(earlier) or later.anchor == earlier.anchor:
                assert level[id(earlier)] < level[id(later)] or earlier is later
