"""Properties of calsync/plans/plan.py over many runs: hubs of three spokes in which people do whatever they like."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.contents import fields
from calsync.event_fields import event as event_of
from calsync.plans.details import NOTHING, level, masked
from calsync.plans.getting import wanted
from calsync.rules import Conflict, Detail, Gets, Gives, HubRules, Reminders, SpokeRules, Treat
from tests.calsync.plans.crowd import Crowd
from tests.calsync.plans.model import ALL, World, event, rules
from tests.calsync.plans.wild import story


def gets() -> st.SearchStrategy[Gets]:
    return st.builds(
        Gets,
        create=st.booleans(),
        change=st.booleans(),
        delete=st.booleans(),
        detail=st.sampled_from(Detail),
        prefix=st.sampled_from(["", "[A] "]),
        subject=st.sampled_from(["", "", "Taken"]),
        category=st.sampled_from(["", "Shared"]),
        private=st.booleans(),
        people=st.booleans(),
        reminders=st.sampled_from(Reminders),
    )


def gives() -> st.SearchStrategy[Gives | None]:
    treats = {sort: st.sampled_from(Treat) for sort in ("private", "tentative", "free", "cancelled")}
    return st.none() | st.builds(Gives, detail=st.sampled_from(Detail), **treats)


@st.composite
def hubs(draw: st.DrawFn) -> HubRules:
    names = ("a", "b", "c")
    spokes = [SpokeRules(name=name, gives=draw(gives()), gets=draw(gets())) for name in names]
    return rules(*spokes, conflicts=draw(st.sampled_from(Conflict)))


def played(world: World, seed: int, steps: int, *, failing: bool = True) -> Crowd:
    """People and runs in turns; runs in which some steps fail, until the last."""
    crowd = Crowd(world, seed)
    for _ in range(steps):
        for _ in range(crowd.random.randrange(1, 4)):
            crowd.act()
        share = crowd.random.choice([0.0, 0.3, 1.0]) if failing else 0.0
        rolls = Random(seed + steps)
        world.run(fails=lambda step, share=share, rolls=rolls: rolls.random() < share)  # type: ignore[misc]
    return crowd


def as_they_shall_be(world: World) -> None:
    """Each copy is what the rules make of its item, wherever it may be written."""
    for agreed in world.ledger.values():
        assert not agreed.pending
        for spoke in world.rules.spokes:
            link = agreed.links.get(spoke.name)
            if link is None or not link.version or link.left or agreed.ended or level(agreed.fields) == NOTHING:
                continue
            made = spoke.name != agreed.origin and link.made
            shown, _ = wanted(agreed.fields, spoke.gets, world.ability(spoke.name), world.rules.kind, made=made)
            assert shown is not None
            stands = fields(world.shelves[spoke.name][link.key].content)
            if made:
                assert stands == dict(shown)
            elif spoke.name == agreed.origin:
                stands = masked(stands, level(agreed.fields), world.rules.kind)
                assert {name: stands.get(name) for name in shown} == dict(shown)


@settings(max_examples=40, deadline=None)
@given(hub=hubs(), seed=st.integers(0, 2**32), steps=st.integers(1, 6))
def test_whatever_the_rules_it_comes_to_rest(hub: HubRules, seed: int, steps: int) -> None:
    world = World(hub)
    played(world, seed, steps)
    world.quiet()
    as_they_shall_be(world)
    again = world.planned(everything=True)
    assert [step for decision in again.decisions for step in decision.steps] == []
    assert [each for each in again.decisions if each.agreed != world.ledger[each.item]] == []


@settings(max_examples=40, deadline=None)
@given(
    conflicts=st.sampled_from(Conflict),
    seed=st.integers(0, 2**32),
    steps=st.integers(1, 6),
)
def test_nothing_is_lost_or_doubled_where_all_may_be_written(conflicts: Conflict, seed: int, steps: int) -> None:
    all_ = Gets(create=True, change=True, delete=True, reminders=Reminders.KEEP)
    free = Gives(private=Treat.COPY)
    world = World(rules(*(SpokeRules(name=name, gives=free, gets=all_) for name in "abc"), conflicts=conflicts))
    crowd = played(world, seed, steps)
    world.quiet()
    assert world.stands("a") == world.stands("b") == world.stands("c")
    assert len(world.shelves["a"]) == len(world.ledger)
    there = "\n".join(text for each in world.stands("a") for text in each.values())
    told = "\n".join(f"{clash.kept}\n{clash.lost}" for clash in world.clashes)
    assert {text for text in crowd.typed if text not in there and text not in told} == set()


@settings(max_examples=40, deadline=None)
@given(hub=hubs(), other=hubs(), seed=st.integers(0, 2**32))
def test_other_rules_rewrite_or_remove_what_stands(hub: HubRules, other: HubRules, seed: int) -> None:
    world = World(hub)
    played(world, seed, 3, failing=False)
    world.quiet()
    world.rules = other
    world.run(everything=True)
    world.quiet()
    as_they_shall_be(world)
    again = world.planned(everything=True)
    assert [step for decision in again.decisions for step in decision.steps] == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 4))
def test_a_lost_ledger_is_found_again_by_the_stamps(seed: int, steps: int) -> None:
    world = World(rules(*(SpokeRules(name=name, gets=ALL) for name in "abc")))
    played(world, seed, steps)
    world.quiet()
    before = {name: dict(shelf) for name, shelf in world.shelves.items()}
    count = {name: len(shelf) for name, shelf in before.items()}
    ids = {made for made, agreed in world.ledger.items() if level(agreed.fields) != NOTHING}
    world.ledger.clear()
    world.asides.clear()
    world.run(everything=True)
    world.quiet()
    assert {name: len(shelf) for name, shelf in world.shelves.items()} == count
    assert set(world.ledger) == ids


def test_an_event_is_itself_after_all() -> None:
    assert event_of(fields(event())) == event()


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 2**32))
def test_however_wild_the_world_nothing_is_left_over_or_doubled(number: int) -> None:
    """More of them: python -m bench.calsync.worlds."""
    story(number)
