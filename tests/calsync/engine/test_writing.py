"""What was written is known to the ledger at once, item by item, and what failed stays to be done."""

from calsync.spoke import Act
from protocols.model.event import Event
from tests.calsync.world.server import Fault
from tests.calsync.world.world import World
from tests.contracts.spoke_events import SERIES, span

EVENT = Event(when=span(9, 9), subject="Number 1", location="Room")


async def test_one_spoke_fails_and_the_other_is_written(world: World) -> None:
    south = world.servers["south"]
    world.servers["north"].create(EVENT)
    south.faults.extend([Fault.LAGGING, *[Fault.LOST_BEFORE] * 5])
    report = await world.sync()
    assert report is not None
    assert report.tally.written == {("west", Act.CREATE): 1}
    [failure] = report.tally.failures
    assert (failure.spoke, failure.title, failure.doubt) == ("south", "Number 1", True)
    [agreed] = await world.ledger.pending("merger")
    assert set(agreed.links) == {"north", "west"}
    assert await world.ledger.begun("merger") == {(agreed.id, "south")}
    report = await world.sync()
    assert report is not None
    assert report.tally.written == {("south", Act.CREATE): 1}
    assert await world.ledger.pending("merger") == []
    assert await world.ledger.begun("merger") == set()


async def test_a_copy_whose_answer_was_lost_for_good_is_found_by_the_next_run(world: World) -> None:
    south = world.servers["south"]
    world.servers["north"].create(EVENT)
    south.faults.extend([Fault.LAGGING, Fault.LOST_AFTER, *[Fault.LOST_BEFORE] * 4])
    await world.sync()
    await world.sync()
    assert len(south.standing) == 1


async def test_each_step_stands_in_the_history(world: World) -> None:
    world.servers["north"].create(EVENT)
    report = await world.sync()
    assert report is not None
    assert report.run is not None
    rows = [row async for row in world.ledger.steps(report.run)]
    assert {(row.spoke, row.act, row.title) for row in rows} == {
        ("south", Act.CREATE, "Number 1"),
        ("west", Act.CREATE, "Number 1"),
    }
    assert all(row.key for row in rows)


async def test_plain_series_come_last_and_so_together(world: World) -> None:
    north = world.servers["north"]
    for name in ("weekly", "daily", "an occurrence with words of its own"):
        north.create(SERIES[name])
    north.create(EVENT)
    report = await world.sync()
    assert report is not None
    assert report.run is not None
    rows = [row async for row in world.ledger.steps(report.run) if row.spoke == "south"]
    assert {row.title for row in rows[:2]} == {SERIES["an occurrence with words of its own"].subject, "Number 1"}
    assert {row.title for row in rows[2:]} == {"Weekly", "Daily"}
