"""Tests of galsync/plans/plan.py over many runs: people come, move and go, others edit the target, runs are undone."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from galsync.entries import Entry
from galsync.plans.plan import plan
from galsync.plans.undoing import undo
from galsync.rows import Done
from galsync.steps import Act
from protocols.model.person import Field
from tests.galsync.interpreter import World
from tests.galsync.worlds import ADDRESSES, ANCHORS, NOW, RULES, SYNC, entry, held, texts

EVERYBODY = st.sampled_from(ANCHORS)


class Years(RuleBasedStateMachine):
    """A source and a target that both change between the runs."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, Entry] = {}
        self.world = World(SYNC)
        self.now = NOW
        self.last: tuple[World, list[Done]] | None = None

    @rule(anchor=EVERYBODY, address=st.sampled_from(ADDRESSES), said=texts, hidden=st.booleans())
    def somebody_is_as_told(self, anchor: str, address: str, said: dict[Field, str], hidden: bool) -> None:
        """Whoever has the address gets the one that is given up."""
        before = self.people.get(anchor)
        for other, one in list(self.people.items()):
            if other != anchor and one.address.address == address:
                if before:
                    self.people[other] = replace(one, address=before.address)
                else:
                    del self.people[other]
        self.people[anchor] = entry(anchor, address, texts=said, hidden=hidden)

    @rule(anchor=EVERYBODY)
    def somebody_goes(self, anchor: str) -> None:
        self.people.pop(anchor, None)

    @precondition(lambda self: self.world.objects)
    @rule(chosen=st.integers(0, 99), typed=texts)
    def somebody_types(self, chosen: int, typed: dict[Field, str]) -> None:
        key = sorted(self.world.objects)[chosen % len(self.world.objects)]
        self.world.objects[key] = replace(self.world.objects[key], texts=typed)
        self.last = None

    @precondition(lambda self: self.world.objects)
    @rule(chosen=st.integers(0, 99))
    def somebody_deletes(self, chosen: int) -> None:
        del self.world.objects[sorted(self.world.objects)[chosen % len(self.world.objects)]]
        self.last = None

    @rule(address=st.sampled_from(ADDRESSES))
    def somebody_makes_an_object_of_their_own(self, address: str) -> None:
        if all(address not in one.addresses for one in self.world.objects.values()):
            self.world.put(held("", None, address))
            self.last = None

    @rule(anchor=EVERYBODY)
    def the_ledger_loses_somebody(self, anchor: str) -> None:
        self.world.agreed.pop(anchor, None)
        self.last = None

    @rule(days=st.integers(1, 10))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def a_run(self) -> None:
        foreign, before = self.world.foreign(), self.world.copy()
        made = plan(self.people, self.world.objects.values(), self.world.agreed, RULES, now=self.now)
        self.last = before, self.world.apply(made)
        again = plan(self.people, self.world.objects.values(), self.world.agreed, RULES, now=self.now)
        assert {step.act for step in again.steps} <= {Act.CONFLICT}
        assert self.world.foreign() == foreign
        stands = {one.stamp.anchor for one in self.world.ours() if one.stamp}
        in_conflict = {step.anchor for step in again.steps}
        assert self.people.keys() <= stands | in_conflict

    @precondition(lambda self: self.last)
    @rule()
    def the_last_run_is_undone(self) -> None:
        assert self.last
        before, rows = self.last
        self.world.apply(undo(rows, self.world.objects.values(), self.world.agreed, sync=SYNC))
        assert self.world.content() == before.content()
        self.last = None

    @invariant()
    def nobody_of_ours_stands_there_twice(self) -> None:
        anchors = [one.stamp.anchor for one in self.world.ours() if one.stamp]
        assert len(anchors) == len(set(anchors))


TestYears = Years.TestCase
TestYears.settings = settings(max_examples=30, stateful_step_count=25)
