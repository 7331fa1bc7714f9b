"""A server that makes another version of its own accord of whatever is written to it: nothing of that is anybody's."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from calsync.items import Item
from calsync.spoke import Outcome, Write, Written
from protocols.model.event import Event, Sensitivity
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from service.runs.states import RunState
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import SPOKES, World
from tests.contracts.spoke_events import span

WEEKLY = Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=4)
EVENT = Event(
    when=span(9, 9),
    subject="Number 1",
    location="Room",
    body="Some text, and more of it",
    reminder=timedelta(minutes=5),
    categories=("Blue", "Red"),
    shows=BusyStatus.TENTATIVE,
    sensitivity=Sensitivity.PERSONAL,
    rule=WEEKLY,
    exceptions={span(16, 9).start: None},
)
NUMBERS = count(1)

WAYS: dict[str, Callable[[Event], Event]] = {
    "no reminder": lambda one: replace(one, reminder=None),
    "its own reminder": lambda one: replace(one, reminder=timedelta(minutes=15)),
    "no text": lambda one: replace(one, body=""),
    "markup": lambda one: replace(one, body=f"<p>{one.body}</p>\n"),
    "capitals": lambda one: replace(one, subject=one.subject.upper(), location=one.location.upper()),
    "busy": lambda one: replace(one, shows=BusyStatus.BUSY),
    "private": lambda one: replace(one, sensitivity=Sensitivity.PRIVATE),
    "one category": lambda one: replace(one, categories=one.categories[:1]),
    "no categories": lambda one: replace(one, categories=()),
    "another rule": lambda one: replace(one, rule=replace(WEEKLY, days=())),
    "no occurrences": lambda one: replace(one, exceptions={}),
    "no series": lambda one: replace(one, rule=None, exceptions={}),
}
"""By its name what a server makes of an appointment."""


class Rewriting(MemorySpoke):
    """Whatever is written there becomes another shortly afterwards, before it is looked at."""

    way: Callable[[Event], Event]

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        return [self._rewritten(outcome) for outcome in await super().write(writes)]

    def _rewritten(self, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Written) or outcome.item is None:
            return outcome
        content = outcome.item.content
        assert isinstance(content, Event)
        self._server.change(outcome.item.key, self.way(content))
        now: Item = self._item(outcome.item.key)
        return Written(now, later=now.version != outcome.item.version)


def rewriting(world: World, way: Callable[[Event], Event], *, only_read: str = "") -> None:
    """From now on the south is such a server; changes of copies do not count for the items of ``only_read``."""
    spoke = Rewriting(world.servers["south"], batch=3)
    spoke.way = way
    world.spokes = {**world.spokes, "south": spoke}
    spokes = [replace(each, gets=replace(each.gets, change=each.name != only_read)) for each in world.rules.spokes]
    world.rules = replace(world.rules, spokes=tuple(spokes))


def only(world: World, spoke: str) -> Event:
    [one] = world.servers[spoke].standing.values()
    assert isinstance(one.content, Event)
    return one.content


async def rests(world: World) -> None:
    """Within three runs."""
    for _ in range(3):
        await world.sync()
    report = await world.sync()
    assert report is not None
    assert (report.state, list(report.steps)) == (RunState.DONE, [])


@pytest.mark.parametrize("only_read", ["", "north"])
@pytest.mark.parametrize("way", sorted(WAYS))
async def test_the_original_stays_as_it_is_and_the_hub_comes_to_rest(world: World, way: str, only_read: str) -> None:
    rewriting(world, WAYS[way], only_read=only_read)
    key = world.servers["north"].create(EVENT)
    await rests(world)
    assert only(world, "north") == only(world, "west") == EVENT
    changed = replace(EVENT, subject="Number 2", body="Some other text", reminder=timedelta(minutes=10))
    world.servers["north"].change(key, changed)
    await rests(world)
    assert only(world, "north") == only(world, "west") == changed
    assert only(world, "south") == WAYS[way](changed)


async def test_what_is_another_each_time_is_put_back_once(world: World) -> None:
    """No server's way of storing, but a program's that is as fast: it has to come to an end all the same."""
    rewriting(world, lambda one: replace(one, body=f"{one.body} ({next(NUMBERS)})"), only_read="north")
    world.servers["north"].create(EVENT)
    await rests(world)
    assert only(world, "north") == only(world, "west") == EVENT


async def test_it_is_carried_once_where_changes_of_copies_count(world: World) -> None:
    rewriting(world, lambda one: replace(one, body=f"{one.body} ({next(NUMBERS)})"))
    world.servers["north"].create(EVENT)
    await rests(world)
    assert len({only(world, name).body for name in SPOKES}) == 1
    assert only(world, "north").body.startswith(EVENT.body)


async def test_what_people_change_there_later_counts(world: World) -> None:
    rewriting(world, WAYS["no reminder"])
    world.servers["north"].create(EVENT)
    await rests(world)
    south = world.servers["south"]
    [key] = south.standing
    south.change(key, replace(only(world, "south"), reminder=timedelta(minutes=30), body="Theirs"))
    await rests(world)
    theirs = replace(EVENT, reminder=timedelta(minutes=30), body="Theirs")
    assert [only(world, name) for name in SPOKES] == [theirs] * len(SPOKES)
