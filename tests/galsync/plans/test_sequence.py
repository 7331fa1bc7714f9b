"""Tests of galsync/plans/sequence.py: an address is free before it is needed, whatever goes round."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.engine.order import answers_to, phases
from galsync.entries import Form, Held
from galsync.plans.sequence import in_order
from galsync.steps import Act, Change, Step, Why
from tests.galsync.interpreter import World
from tests.galsync.worlds import SYNC, agreed_on, entry, held


def address(number: int) -> str:
    return f"p{number}@b.example"


def moving(anchor: int, to: int) -> Step:
    """Somebody whose address is their number, and shall be another."""
    before, after = entry(f"ad:{anchor}", address(anchor)), entry(f"ad:{anchor}", address(to))
    stands = held(f"k{anchor}", f"ad:{anchor}", address(anchor))
    change = Change("address", address(anchor), address(to))
    known = agreed_on(before, stands.key)[before.anchor]
    agreement = agreed_on(after, stands.key)[before.anchor]
    return Step(
        act=Act.UPDATE,
        anchor=before.anchor,
        why=Why.CHANGED,
        entry=after,
        held=stands,
        known=known,
        agreement=agreement,
        changes=(change,),
    )


@given(st.permutations(range(7)), st.randoms(use_true_random=False))
def test_any_round_of_addresses_can_be_done(order: list[int], chance: object) -> None:
    steps = [moving(anchor, to) for anchor, to in enumerate(order) if anchor != to]
    world = World(SYNC, objects={f"k{n}": held(f"k{n}", f"ad:{n}", address(n)) for n in range(7)})
    done = in_order(steps)
    chance.shuffle(steps)  # type: ignore[attr-defined]
    assert in_order(steps) == done
    taken = {key: one.addresses for key, one in world.objects.items()}
    for phase in phases(done):
        for step in phase:
            if step.held and step.act is not Act.CREATE:
                del taken[step.held.key]
        for number, step in enumerate(phase):
            if step.entry:
                wanted = answers_to(step.entry)
                assert all(wanted.isdisjoint(others) for others in taken.values())
                taken[step.held.key if step.held else f"new-{step.anchor}-{number}"] = wanted
    assert sorted(next(iter(each)) for each in taken.values()) == [address(n) for n in range(7)]
    rounds = sum(step.act is Act.REMOVE for step in done)
    assert rounds == _rounds(order)


def _rounds(order: list[int]) -> int:
    seen: set[int] = set()
    found = 0
    for start in range(len(order)):
        found += start not in seen and order[start] != start
        number = start
        while number not in seen:
            seen.add(number)
            number = order[number]
    return found


def test_a_long_chain_is_done_from_its_end() -> None:
    done = in_order([moving(n, n + 1) for n in range(2_000)])
    assert [step.anchor for step in done[:2]] == ["ad:1999", "ad:1998"]
    assert all(step.act is Act.UPDATE for step in done)


def test_steps_that_wait_for_nothing_come_by_anchor() -> None:
    steps = [Step(act=Act.CREATE, anchor=f"ad:{n}", why=Why.NEW, entry=entry(f"ad:{n}", address(n))) for n in (2, 0, 1)]
    assert [step.anchor for step in in_order(steps)] == ["ad:0", "ad:1", "ad:2"]


@pytest.mark.parametrize("act", [Act.CREATE, Act.UPDATE, Act.RETIRE, Act.REMEMBER])
def test_a_twin_goes_before_anything_else_of_its_anchor(act: Act) -> None:
    stands: Held | None = None if act is Act.CREATE else held("k1")
    other = Step(act=act, anchor="ad:0", why=Why.CHANGED, entry=entry(), held=stands)
    twin = Step(act=Act.REMOVE, anchor="ad:0", why=Why.TWICE, held=held("k2", address="twin@b.example"))
    assert in_order([other, twin]) == (twin, other)


def test_a_removal_frees_what_another_needs() -> None:
    gone = Step(act=Act.REMOVE, anchor="ad:9", why=Why.GONE, held=held("k9", "ad:9"))
    new = Step(act=Act.CREATE, anchor="ad:0", why=Why.NEW, entry=entry())
    assert in_order([new, gone]) == (gone, new)
    retired = replace(gone, act=Act.RETIRE)
    assert in_order([retired, new]) == (new, retired)


def naming(anchor: int, *names: int) -> Step:
    """A group that has these as members."""
    members = tuple(address(each) for each in sorted(names))
    shall = entry(f"ad:{anchor:04}", address(anchor), form=Form.GROUP, members=members)
    return Step(act=Act.CREATE, anchor=shall.anchor, why=Why.NEW, entry=shall)


def test_groups_that_all_lie_in_one_another_are_put_in_order_each_once() -> None:
    """A partner may send such ones; each round that was opened by itself made it a quarter of a minute."""
    everybody = range(400)
    steps = [naming(number, *everybody) for number in everybody]
    done = in_order(steps)
    assert {step.anchor for step in done} == {step.anchor for step in steps}
    assert len(done) == len(steps)


@given(st.dictionaries(st.integers(0, 5), st.sets(st.integers(0, 5))), st.randoms(use_true_random=False))
def test_whoever_names_whom_the_order_is_one(book: dict[int, set[int]], chance: object) -> None:
    steps = [naming(number, *names) for number, names in book.items()]
    done = in_order(steps)
    chance.shuffle(steps)  # type: ignore[attr-defined]
    assert in_order(steps) == done


def test_in_a_round_of_names_one_alone_is_without_the_other() -> None:
    done = in_order([naming(number, (number + 1) % 5) for number in range(5)])
    assert [step.anchor for step in done] == [f"ad:{number:04}" for number in (4, 3, 2, 1, 0)]
