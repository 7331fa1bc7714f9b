"""A hub is carried out one run at a time, and what fails is told and never raised."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from calsync.engine.engine import Engine
from calsync.engine.moments import Moment, News
from calsync.reports.report import HubReport
from calsync.rules import Bound
from calsync.spoke import Act, Known, Page
from protocols.model.event import Event
from protocols.model.window import TimeWindow
from service.runs.lease import BusyError
from service.runs.states import RunState
from service.runs.trying import PausedError
from tests.calsync.world.server import Fault
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import World
from tests.contracts.spoke_events import span


def event(number: int, **others: str) -> Event:
    return replace(Event(when=span(9, 9, 30 + number), subject=f"Number {number}", location="Room"), **others)  # type: ignore[arg-type]


async def synced(world: World, **others: object) -> HubReport:
    report = await world.sync(**others)  # type: ignore[arg-type]
    assert report is not None
    return report


def subjects(world: World) -> dict[str, list[str]]:
    return {
        name: sorted(one.content.subject for one in server.standing.values() if isinstance(one.content, Event))
        for name, server in world.servers.items()
    }


def everywhere(world: World) -> list[str]:
    """The subjects, which have to be the same at each."""
    north, south, west = subjects(world).values()
    assert north == south == west
    return north


async def test_all_become_equal_and_then_nothing_happens(world: World) -> None:
    for number, name in enumerate(world.servers):
        world.servers[name].create(event(number))
    report = await synced(world)
    assert (report.state, report.well) == (RunState.DONE, True)
    assert report.planned.total() == report.tally.written.total() == 6
    assert everywhere(world) == ["Number 0", "Number 1", "Number 2"]
    again = await synced(world)
    assert (again.state, list(again.steps)) == (RunState.DONE, [])


async def test_a_plan_writes_nothing(world: World) -> None:
    world.servers["north"].create(event(1))
    outlook = await world.engine().plan()
    assert len(outlook.plan.decisions) == 1
    assert sum(server.writes for server in world.servers.values()) == 0
    assert await world.ledger.runs("merger") == []


async def test_changes_and_deletions_go_all_ways(world: World) -> None:
    north, south, west = world.servers.values()
    key = north.create(event(1))
    await synced(world)
    [copy] = south.standing
    south.change(copy, event(1, subject="Theirs"))
    await synced(world)
    assert everywhere(world) == ["Theirs"]
    north.change(key, event(1, subject="Ours"))
    await synced(world)
    assert everywhere(world) == ["Ours"]
    west.delete(next(iter(west.standing)))
    await synced(world)
    assert everywhere(world) == []


async def test_a_notification_reads_one_feed(world: World) -> None:
    north, south, _ = world.servers.values()
    for number in range(20):
        north.create(event(number))
    await synced(world)
    await synced(world)
    for server in world.servers.values():
        server.reads = server.writes = 0
    north.change("north-1", event(1, subject="Changed"))
    report = await synced(world, only=frozenset({"north"}))
    assert report.planned == {("south", Act.UPDATE): 1, ("west", Act.UPDATE): 1}
    assert [server.reads for server in world.servers.values()] == [1, 0, 0]
    assert sum(server.writes for server in world.servers.values()) == 2
    assert south.mailed == 0


async def test_a_guard_stops_before_anything_is_written(world: World) -> None:
    world.rules = replace(world.rules, creations=Bound(count=2, share=0.0))
    for number in range(3):
        world.servers["north"].create(event(number))
    report = await synced(world, guards=True)
    assert report.state is RunState.STOPPED
    assert {stop.guard for stop in report.stops} == {"creations"}
    assert report.stops[0].words in report.words
    assert sum(server.writes for server in world.servers.values()) == 0
    allowed = await synced(world)
    assert (allowed.state, allowed.tally.written.total()) == (RunState.DONE, 6)
    assert allowed.allowed == {"creations"}


async def test_a_paused_hub_does_nothing(world: World) -> None:
    await world.ledger.pause("merger", "a move goes on")
    with pytest.raises(PausedError, match="a move goes on"):
        await world.sync()
    assert world.servers["north"].reads == 0
    report = await world.engine().sync(resume=True)
    assert report.state is RunState.DONE


async def test_a_paused_spoke_is_left_out_and_caught_up_with(world: World) -> None:
    await world.ledger.pause("merger", "it is on holiday", "west")
    world.servers["north"].create(event(1))
    report = await synced(world)
    assert report.outlook.paused == {"west": "it is on holiday"}
    assert subjects(world) == {"north": ["Number 1"], "south": ["Number 1"], "west": []}
    await world.engine().sync(resume=True)
    assert subjects(world)["west"] == ["Number 1"]


async def test_a_spoke_that_cannot_be_read_says_nothing(world: World) -> None:
    north, south, _ = world.servers.values()
    north.create(event(1))
    await synced(world)
    north.create(event(2))
    south.faults.append(Fault.THROTTLED)
    report = await synced(world)
    assert report.state is RunState.FAILED
    assert [trouble.spoke for trouble in report.outlook.troubles] == ["south"]
    assert "south could not be read" in report.words
    assert subjects(world)["west"] == ["Number 1", "Number 2"]
    assert subjects(world)["south"] == ["Number 1"]
    assert (await synced(world)).state is RunState.DONE
    assert subjects(world)["south"] == ["Number 1", "Number 2"]


async def test_who_was_faster_is_heard_in_the_same_run(world: World) -> None:
    north, south, _ = world.servers.values()
    key = north.create(event(1))
    await synced(world)
    [copy] = south.standing
    north.change(key, event(1, subject="Ours"))
    south.meanwhile.append(lambda: south.change(copy, event(1, location="Their room")))
    report = await synced(world)
    assert report.state is RunState.DONE
    assert report.tally.again == 1
    for server in world.servers.values():
        [one] = server.standing.values()
        assert one.content == event(1, subject="Ours", location="Their room")


async def test_a_meeting_is_copied_and_never_written(world: World) -> None:
    north, south, west = world.servers.values()
    north.invite(north.create(event(1)))
    await synced(world)
    [copy] = south.standing.values()
    assert isinstance(copy.content, Event)
    assert (copy.content.meeting, copy.content.people) == (False, ())
    south.delete(next(iter(south.standing)))
    west.change(next(iter(west.standing)), event(1, subject="Theirs"))
    await synced(world)
    await synced(world)
    assert everywhere(world) == ["Number 1"]
    assert [server.mailed for server in world.servers.values()] == [0, 0, 0]


@pytest.mark.parametrize("moment", [moment for moment in Moment if moment is not Moment.WAITING])
async def test_nothing_is_lost_or_doubled_by_a_crash(world: World, moment: Moment) -> None:
    for number in range(4):
        world.servers["north"].create(event(number))
    world.crash = (moment, 0)
    assert await world.sync() is None
    await synced(world)
    assert everywhere(world) == [f"Number {number}" for number in range(4)]
    assert not (await synced(world)).steps


async def test_other_rules_are_carried_out_in_the_next_run(world: World) -> None:
    world.servers["north"].create(event(1))
    await synced(world)
    south = replace(world.rules.spokes[1], gets=replace(world.rules.spokes[1].gets, prefix="N: "))
    world.rules = replace(world.rules, spokes=(world.rules.spokes[0], south, world.rules.spokes[2]))
    report = await synced(world)
    assert report.outlook.everything
    assert subjects(world) == {"north": ["Number 1"], "south": ["N: Number 1"], "west": ["Number 1"]}
    assert not (await synced(world)).outlook.everything


async def test_one_run_at_a_time(world: World) -> None:
    world.servers["north"].create(event(1))
    engine = world.engine()
    first = asyncio.ensure_future(engine.sync())
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await engine.sync()
    assert (await first).state is RunState.DONE


async def test_told_to_stop_it_stops_after_what_is_in_flight(world: World) -> None:
    for number in range(8):
        world.servers["north"].create(event(number))
    engines: list[Engine] = []

    def stop(news: News) -> None:
        if news.moment is Moment.WRITTEN:
            engines[0].stop()

    engines.append(world.engine(tell=stop))
    report = await engines[0].sync()
    assert report.state is RunState.STOPPED
    assert report.tally.untried > 0
    assert report.tally.failed == 0
    await synced(world)
    assert len(subjects(world)["south"]) == len(subjects(world)["west"]) == 8


class Hung(MemorySpoke):
    """Of a server that takes a question, and never answers."""

    def __init__(self, world: World) -> None:
        super().__init__(world.servers["south"])
        self.asked = asyncio.Event()

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        self.asked.set()
        await asyncio.Future()
        yield Page()


@pytest.mark.parametrize("how", ["stopped", "cancelled"])
async def test_a_server_that_hangs_is_not_waited_for_by_who_wants_to_end(world: World, how: str) -> None:
    world.servers["north"].create(event(1))
    hung = Hung(world)
    world.spokes = {**world.spokes, "south": hung}
    engine = world.engine()
    work = asyncio.ensure_future(engine.sync())
    await asyncio.wait_for(hung.asked.wait(), 10)
    if how == "cancelled":
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(work, 10)
    else:
        engine.stop()
        assert (await asyncio.wait_for(work, 10)).words.startswith("stopped as asked")
    [run] = await world.ledger.runs("merger")
    assert run.state is RunState.STOPPED
    world.spokes = {**world.spokes, "south": MemorySpoke(world.servers["south"])}
    await synced(world)
    assert subjects(world)["south"] == ["Number 1"]


async def test_cancelled_it_ends_in_order(world: World) -> None:
    for number in range(8):
        world.servers["north"].create(event(number))
    work: list[asyncio.Task[HubReport]] = []

    def cancel(news: News) -> None:
        if news.moment is Moment.BEGUN and not work[0].cancelling():
            work[0].cancel()

    work.append(asyncio.ensure_future(world.engine(tell=cancel).sync()))
    with pytest.raises(asyncio.CancelledError):
        await work[0]
    [run] = await world.ledger.runs("merger")
    assert run.state is RunState.STOPPED
    await synced(world)
    assert len(subjects(world)["south"]) == len(subjects(world)["west"]) == 8


async def test_purge_takes_back_what_we_made_and_nothing_else(world: World) -> None:
    north, south, west = world.servers.values()
    north.create(event(1))
    south.create(event(2))
    await synced(world)
    copy = next(key for key, one in west.standing.items() if one.mark)
    west.create(event(3), mark=west.standing[copy].mark)  # somebody's own copy of our copy
    south.create(event(4), mark="busyline:other/item")
    dry = await world.engine().purge(dry=True)
    assert dry.planned == {("north", Act.DELETE): 1, ("south", Act.DELETE): 1, ("west", Act.DELETE): 2}
    report = await world.engine().purge()
    assert report.state is RunState.DONE
    assert [left.spoke for left in report.left] == ["west"]
    assert subjects(world) == {"north": ["Number 1"], "south": ["Number 2", "Number 4"], "west": ["Number 3"]}
    with pytest.raises(PausedError):
        await world.sync()


async def test_purge_finds_what_no_ledger_knows(world: World) -> None:
    world.servers["north"].create(event(1))
    await synced(world)
    await world.lose_the_ledger()
    assert (await world.engine().purge()).state is RunState.DONE
    assert subjects(world) == {"north": ["Number 1"], "south": [], "west": []}


async def test_a_spoke_where_every_write_fails_is_given_up(world: World) -> None:
    south = world.servers["south"]
    for number in range(30):
        world.servers["north"].create(event(number))
    south.faults.extend([Fault.LOST_BEFORE] * 1000)
    await world.ledger.pause("merger", "first without it", "south")
    await synced(world)
    south.faults.clear()
    await world.ledger.resume("merger", "south")
    south.faults.extend([Fault.LAGGING, *[Fault.LOST_BEFORE] * 1000])
    report = await synced(world)
    assert report.state is RunState.FAILED
    assert "south" in report.tally.given_up
    assert report.tally.untried > 0
    assert len(subjects(world)["west"]) == 30
    south.faults.clear()
    assert (await synced(world)).state is RunState.DONE
    assert len(subjects(world)["south"]) == 30
