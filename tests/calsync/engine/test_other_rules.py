"""Where the settings of a hub become others between two runs: copies follow, and originals stay as they are."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from calsync.rules import Detail, Treat
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.recurrence import Frequency, Recurrence
from service.runs.states import RunState
from tests.calsync.world.world import ALL, EVERYTHING, SPOKES, World, rules
from tests.contracts.spoke_events import span

ONE = Event(when=span(9, 9), subject="Board", location="Room", body="Text", categories=("Mine",))


def others(world: World, **more: Any) -> None:
    """Other settings of the same hub."""
    world.rules = rules(**more)


async def done(world: World, runs: int = 1) -> None:
    for _ in range(runs):
        report = await world.sync()
        assert report is not None
        assert report.state is RunState.DONE


def stands(world: World, name: str) -> list[Any]:
    return sorted((each.content for each in world.servers[name].standing.values()), key=lambda each: each.when.start)


def at(world: World, days: int) -> Event:
    """An hour so many days from now."""
    start = world.time.now + timedelta(days=days)
    return Event(when=Span(start, start + timedelta(hours=1)), subject=f"in {days} days")


async def test_a_narrower_window_takes_the_copies_outside_of_it_back_in_the_next_run(world: World) -> None:
    ahead = {name: replace(EVERYTHING, ahead=timedelta(days=30)) for name in SPOKES}
    for days in (-100, 10, 60):
        world.servers["north"].create(at(world, days))
    await done(world)
    assert len(stands(world, "south")) == 3
    others(world, gives=ahead, gets={"west": replace(ALL, prefix="N: ")})
    await done(world)
    assert [each.subject for each in stands(world, "south")] == ["in -100 days", "in 10 days"]
    assert [each.subject for each in stands(world, "west")] == ["N: in -100 days", "N: in 10 days"]
    assert len(stands(world, "north")) == 3
    world.time.now += timedelta(days=31)
    await done(world, 2)
    assert [each.subject for each in stands(world, "south")] == ["in -100 days", "in 10 days", "in 60 days"]
    assert await world.ledger.due(world.rules.name, world.time.now + timedelta(days=400)) == []


async def test_what_slips_out_of_the_window_by_itself_stays_whatever_else_changes(world: World) -> None:
    world.servers["north"].create(at(world, 1))
    await done(world)
    world.time.now += timedelta(days=250)
    others(world, gets={"south": replace(ALL, prefix="S: ")})
    await done(world, 2)
    assert [each.subject for each in stands(world, "south")] == ["S: in 1 days"]
    back = {"north": replace(EVERYTHING, back=timedelta(days=90))}
    others(world, gives=back, gets={"south": replace(ALL, prefix="S: ")})
    await done(world, 2)
    assert (stands(world, "south"), stands(world, "west")) == ([], [])
    assert len(stands(world, "north")) == 1


async def test_what_was_put_on_is_never_carried_whenever_the_settings_change(world: World) -> None:
    others(world, gets={"south": replace(ALL, prefix="[A] ", category="Old", people=True)})
    key = world.servers["north"].create(ONE)
    await done(world)
    (copy,) = world.servers["south"].standing
    told: Any = world.servers["south"].standing[copy].content
    world.servers["south"].change(copy, replace(told, subject="[A] Board, moved", categories=("Old", "Ours")))
    others(world, gets={"south": replace(ALL, prefix="[B] ", category="New")})
    await done(world, 2)
    assert world.servers["north"].standing[key].content == replace(ONE, subject="Board, moved", categories=("Ours",))
    assert stands(world, "south") == [replace(ONE, subject="[B] Board, moved", categories=("New", "Ours"))]


async def test_nobody_deletes_or_moves_what_a_block_does_not_tell(world: World) -> None:
    others(world, gives={"north": replace(EVERYTHING, private=Treat.BUSY)})
    key = world.servers["north"].create(replace(ONE, sensitivity=Sensitivity.PRIVATE))
    await done(world)
    (copy,) = world.servers["south"].standing
    world.servers["south"].delete(copy)
    (copy,) = world.servers["west"].standing
    world.servers["west"].change(copy, replace(stands(world, "west")[0], when=span(9, 15)))
    await done(world, 2)
    assert world.servers["north"].standing[key].content == replace(ONE, sensitivity=Sensitivity.PRIVATE)
    assert [len(stands(world, name)) for name in SPOKES] == [1, 1, 1]
    assert stands(world, "west")[0].when == ONE.when


async def test_who_wants_blocks_to_count_may_say_so(world: World) -> None:
    anonymous = replace(ALL, anonymous=True)
    others(world, gives={"north": replace(EVERYTHING, detail=Detail.BUSY)}, gets={"north": anonymous})
    key = world.servers["north"].create(ONE)
    await done(world)
    (copy,) = world.servers["south"].standing
    world.servers["south"].change(copy, replace(stands(world, "south")[0], when=span(9, 15)))
    await done(world)
    assert world.servers["north"].standing[key].content == replace(ONE, when=span(9, 15))
    world.servers["south"].delete(copy)
    await done(world)
    assert [stands(world, name) for name in SPOKES] == [[], [], []]


async def test_filters_reach_occurrences_and_let_them_go_again(world: World) -> None:
    rule = Recurrence(frequency=Frequency.DAILY, count=5)
    start = ONE.when.start + timedelta(days=2)  # type: ignore[union-attr]
    late = Occurrence(when=Span(start, start + timedelta(hours=2), ONE.when.zone), subject="Doctor")  # type: ignore[union-attr]
    series = replace(ONE, rule=rule, exceptions={start: late})
    others(world, gives={"north": replace(EVERYTHING, without_subjects=("Doctor*",))})
    world.servers["north"].create(series)
    await done(world)
    assert stands(world, "south") == [replace(series, exceptions={start: None})]
    others(world)
    await done(world, 2)
    assert stands(world, "south") == stands(world, "north") == [series]
