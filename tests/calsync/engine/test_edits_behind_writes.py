"""What somebody changes right behind a write, before anybody has looked, counts as theirs and goes everywhere."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from calsync.agreed import Agreed
from calsync.contents import fields
from calsync.items import Item
from calsync.rules import Kind
from calsync.spoke import Failed, Outcome, Write, Written
from protocols.model.event import Event, Occurrence
from protocols.model.freebusy import Reason
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from service.runs.states import RunState
from tests.calsync.world.machine import Ground, Weather
from tests.calsync.world.people import WAYS, named
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import SPOKES, World
from tests.contracts.spoke_events import span

GONE = Failed(reason=Reason.INCOMPLETE, words="it is not told after it was written", doubt=True)
EVENT = Event(when=span(9, 9), subject="Number 1", location="Room", body="Some text", reminder=timedelta(minutes=5))
WEEKLY = replace(EVENT, rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=4))
SECOND = span(16, 9).start
_MORE = st.runner().flatmap(lambda machine: st.sampled_from([way for way in WAYS[machine.kind] if not _takes(way)]))


def _takes(way: str) -> bool:
    """Whether something is taken away by it, which right behind a write may have been the server."""
    return way.startswith("no ") or way.endswith(" less")


@dataclass(slots=True)
class Behind:
    """``deeds`` are done each right after a call that wrote something, before what stands there is looked at."""

    deeds: deque[Callable[[], None]] = field(default_factory=deque)


class Looking(MemorySpoke):
    """Its server answers a write by a version alone: what stands there is looked at afterwards."""

    behind: Behind

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        outcomes = await super().write(writes)
        while writes and self.behind.deeds:
            self.behind.deeds.popleft()()
        return [await self._looked(outcome) for outcome in outcomes]

    async def _looked(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Failed) or outcome.item is None:
            return outcome
        key = outcome.item.key
        if key not in self._server.standing:
            return GONE
        now = self._item(key)
        return Written(now, later=now.version != outcome.item.version)


def looking(world: World) -> Behind:
    """From now on the south is such a server."""
    spoke = Looking(world.servers["south"], batch=3)
    spoke.behind = Behind()
    world.spokes = {**world.spokes, "south": spoke}
    return spoke.behind


def only(world: World, spoke: str = "south") -> tuple[str, Event]:
    [(key, one)] = world.servers[spoke].standing.items()
    assert isinstance(one.content, Event)
    return key, one.content


async def at_rest(world: World) -> None:
    """After two runs a third one has nothing to say."""
    for _ in range(2):
        await world.sync()
    report = await world.sync()
    assert report is not None
    assert (report.state, list(report.steps)) == (RunState.DONE, [])


async def settled(world: World) -> Event:
    """What stands everywhere when it is at rest."""
    await at_rest(world)
    events = [only(world, name)[1] for name in SPOKES]
    assert events[0] == events[1] == events[2]
    return events[0]


CHANGES: Mapping[str, Mapping[str, Any]] = {
    "subject": {"subject": "Theirs"},
    "another sign": {"subject": "Number 1?"},
    "shorter subject": {"subject": "Number"},
    "place": {"location": "Their room"},
    "text": {"body": "Some text, and more of it"},
    "no text": {"body": ""},
    "reminder": {"reminder": timedelta(minutes=30)},
    "no reminder": {"reminder": None},
    "shows": {"shows": BusyStatus.FREE},
    "categories": {"categories": ("Theirs",)},
    "times": {"when": span(9, 15)},
    "occurrence": {"exceptions": {SECOND: Occurrence(when=span(16, 11), subject="Theirs")}},
    "no occurrence": {"exceptions": {SECOND: None}},
    "no series": {"rule": None},
    "longer series": {"rule": replace(WEEKLY.rule, count=9)},  # type: ignore[type-var]
}


ALONE = ("no reminder", "no series", "no text", "reminder")
"""What a server may do as well, of what it was told right before: these are changes where nothing of it was written."""


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("act", ["create", "update"])
async def test_what_somebody_changed_right_behind_a_write_is_carried_back(world: World, act: str, change: str) -> None:
    north, behind = world.servers["north"], looking(world)
    theirs = CHANGES[change]
    series = {"exceptions", "rule"} & theirs.keys()
    ours = WEEKLY if series else EVENT
    key = north.create(replace(ours, subject="Before") if act == "update" else ours)
    if act == "update":
        await world.sync()
        north.change(key, ours)
    behind.deeds.append(lambda: world.servers["south"].change(only(world)[0], replace(only(world)[1], **theirs)))
    world.time.now += timedelta(minutes=1)
    await world.sync()
    assert not behind.deeds
    if act == "create" and change in ALONE:
        await at_rest(world)
        assert only(world, "north")[1] == only(world, "west")[1] == ours
        assert only(world)[1] == replace(ours, **theirs)
    else:
        assert await settled(world) == replace(ours, **theirs)


async def test_a_second_change_elsewhere_is_kept_as_well(world: World) -> None:
    north, behind = world.servers["north"], looking(world)
    key = north.create(EVENT)
    south = world.servers["south"]
    behind.deeds.append(lambda: south.change(only(world)[0], replace(EVENT, body="Theirs")))
    await world.sync()
    north.change(key, replace(EVENT, location="Ours"))
    assert await settled(world) == replace(EVENT, body="Theirs", location="Ours")


async def test_what_a_copy_may_not_change_is_put_back(world: World) -> None:
    spokes = [replace(each, gets=replace(each.gets, change=each.name != "north")) for each in world.rules.spokes]
    world.rules = replace(world.rules, spokes=tuple(spokes))
    behind = looking(world)
    world.servers["north"].create(EVENT)
    south = world.servers["south"]
    behind.deeds.append(lambda: south.change(only(world)[0], replace(EVENT, body="Theirs")))
    await world.sync()
    assert await settled(world) == EVENT


async def test_another_version_of_the_same_is_no_change(world: World) -> None:
    behind, south = looking(world), world.servers["south"]
    world.servers["north"].create(EVENT)
    behind.deeds.append(lambda: south.bump(only(world)[0]))
    await world.sync()
    report = await world.sync()
    assert report is not None
    assert not report.steps


async def test_the_ledger_keeps_what_was_sent_and_no_version_that_anybody_has(world: World) -> None:
    behind, south = looking(world), world.servers["south"]
    world.servers["north"].create(EVENT)
    behind.deeds.append(lambda: south.change(only(world)[0], replace(EVENT, body="Theirs")))
    await world.sync()
    [agreed] = [one async for some in world.ledger.everything("merger") for one in some]
    assert isinstance(agreed, Agreed)
    link, item = agreed.links["south"], (await world.spokes["south"].look([only(world)[0]]))[only(world)[0]]
    assert isinstance(item, Item)
    assert link.version != item.version
    assert link.stood == link.asked
    assert agreed.fields == fields(EVENT)


@pytest.fixture
def ground() -> Iterator[Ground]:
    made = Ground()
    try:
        yield made
    finally:
        made.close()


class Close(Weather):
    """The same weather, where servers answer by a version alone, and people are right behind a write."""

    @rule(spoke=st.sampled_from(SPOKES), pick=st.integers(0, 20), how=_MORE)
    def somebody_is_right_behind(self, spoke: str, pick: int, how: str) -> None:
        server = self._at(spoke)

        def now() -> None:
            keys = sorted(server.standing)
            key = keys[pick % len(keys)] if keys else ""
            if key and named(server.standing[key]) not in self.people.twice:  # as long as these are the same
                self.people.edit(server, key, how)

        self._looking(spoke).behind.deeds.append(now)

    def _looking(self, name: str) -> Looking:
        """The spoke, whose server is such a one from now on."""
        before = self.world.spokes[name]
        if isinstance(before, Looking):
            return before
        found = Looking(before._server, feed=before._feed, batch=before.ability.batch, at_once=before.ability.at_once)
        found.behind = Behind()
        self.world.spokes = {**self.world.spokes, name: found}
        return found


@pytest.mark.parametrize("kind", list(Kind))
def test_whoever_is_right_behind_loses_nothing(ground: Ground, kind: Kind) -> None:
    class Here(Close):
        pass

    Here.ground, Here.kind = ground, kind
    few = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Here, settings=few)
