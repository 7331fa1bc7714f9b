"""A run ends with words that say why, and with figures."""

from dataclasses import replace
from functools import partial

from calsync.contents import fields
from calsync.rules import HubRules
from calsync.spoke import Failed, Outcome, Write
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from service.runs.states import RunState
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import World
from tests.contracts.spoke_events import span

EVENT = Event(when=span(9, 9), subject="Number 1", location="Room")


async def test_a_run_stands_in_the_history_with_its_figures(world: World) -> None:
    world.servers["north"].create(EVENT)
    await world.sync()
    [run] = await world.ledger.runs(world.rules.name)
    assert (run.state, run.words, run.ended_at) == (RunState.DONE, "", world.time.now)
    assert run.counts == {"read": 1, "written_create": 2}


async def test_a_spoke_where_our_copies_are_copied_is_paused_and_named(world: World) -> None:
    north, south, _ = world.servers.values()
    for number in range(3):
        north.create(Event(when=span(9 + number, 9), subject=f"Number {number}"))
    await world.sync()
    for one in list(south.standing.values()):
        south.create(one.content)
    report = await world.sync()
    assert report is not None
    assert report.state is RunState.FAILED
    assert [loop.spoke for loop in report.outlook.plan.loops] == ["south"]
    assert "copies our copies" in await world.ledger.paused("merger", "south")
    assert "south is paused" in report.words
    assert [len(server.standing) for server in world.servers.values()] == [3, 6, 3]
    assert isinstance(world.rules, HubRules)


async def test_clashes_are_kept_with_both_versions(world: World) -> None:
    north, south, west = world.servers.values()
    key = north.create(EVENT)
    await world.sync()
    north.change(key, Event(when=span(9, 9), subject="From the north"))
    world.time.now += world.hub.lease
    south.change(next(iter(south.standing)), Event(when=span(9, 9), subject="From the south"))
    report = await world.sync()
    assert report is not None
    [clash] = report.clashes
    assert (clash.winner, clash.kept, clash.lost) == ("south", "From the south", "From the north")
    [row] = await world.ledger.clashes("merger")
    assert row.clash == clash
    subjects = [one.content.subject for one in west.standing.values() if isinstance(one.content, Event)]
    assert subjects == ["From the south"]


async def test_a_calendar_that_tells_of_its_own_emptying_stops_the_run(world: World) -> None:
    north = world.servers["north"]
    keys = [north.create(Event(when=span(9 + number, 9), subject=f"Number {number}")) for number in range(4)]
    await world.sync(guards=True)
    for key in keys:
        north.delete(key)
    report = await world.sync(guards=True)
    assert report is not None
    assert (report.state, [stop.guard for stop in report.stops]) == (RunState.STOPPED, ["empty"])
    assert "none of the 4 items of north" in report.words
    assert [len(server.standing) for server in world.servers.values()] == [0, 4, 4]
    await world.sync()  # allowed
    assert [len(server.standing) for server in world.servers.values()] == [0, 0, 0]


async def test_what_is_emptied_while_the_run_writes_stops_it_with_words(world: World) -> None:
    north, south, _ = world.servers.values()
    keys = [north.create(Event(when=span(9 + number, 9), subject=f"Number {number}")) for number in range(2)]
    await world.sync(guards=True)
    for key in keys:
        north.change(key, Event(when=span(9, 15), subject=key))
    copies = list(south.standing)
    south.meanwhile += [partial(south.delete, key) for key in copies]
    report = await world.sync(guards=True)
    assert report is not None
    assert (report.state, len(north.standing)) == (RunState.FAILED, 2)
    assert "none of the 2 items of south" in report.words


def called_nord(world: World) -> None:
    """The settings give the north another name."""
    named = {"north": "nord"}
    spokes = tuple(replace(each, name=named.get(each.name, each.name)) for each in world.rules.spokes)
    world.rules = replace(world.rules, spokes=spokes)
    world.servers["north"].name = "nord"
    world.spokes = {named.get(name, name): spoke for name, spoke in world.spokes.items()}


async def test_a_spoke_with_another_name_is_known_again(world: World) -> None:
    world.servers["north"].create(EVENT)
    world.servers["south"].create(replace(EVENT, subject="From the south"))
    await world.sync(guards=True)
    called_nord(world)
    for _ in range(2):
        report = await world.sync(guards=True)
        assert report is not None
        assert (report.state, list(report.steps)) == (RunState.DONE, [])
        assert [len(server.standing) for server in world.servers.values()] == [2, 2, 2]


async def test_one_with_another_name_and_other_items_stops_before_anything_is_removed(world: World) -> None:
    north = world.servers["north"]
    north.create(EVENT)
    await world.sync(guards=True)
    called_nord(world)
    for key in list(north.standing):
        north.delete(key)
    for _ in range(2):
        report = await world.sync(guards=True)
        assert report is not None
        assert (report.state, report.stops[0].guard, report.stops[0].spoke) == (RunState.STOPPED, "deletions", "north")
        assert "give it its old name again" in report.words
        assert [len(server.standing) for server in world.servers.values()] == [0, 1, 1]


class Strict(MemorySpoke):
    """It takes no text that holds a word, whatever else is written with it."""

    def _update(self, write: Write) -> Outcome:
        if write.content is not None and "body" in write.changes and fields(write.content).get("body") == "NO":
            return Failed(reason=Reason.FORBIDDEN, words="too long", refused=True)
        return super()._update(write)


async def test_one_refused_field_holds_up_no_other_and_is_told_until_it_fits(world: World) -> None:
    north, south, _ = world.servers.values()
    world.spokes = {**world.spokes, "south": Strict(south, batch=3)}
    key = north.create(EVENT)
    await world.sync(guards=True)
    moved = Event(when=span(9, 15), subject="Number 1", location="Room 9", body="NO", categories=("A",))
    north.change(key, moved)
    for _ in range(4):
        report = await world.sync(guards=True)
    assert report is not None
    assert report.decisions == ()

    def stands() -> dict[str, str]:
        [one] = south.standing.values()
        return dict(fields(one.content))

    async def left() -> str:
        [agreed] = [agreed async for some in world.ledger.everything("merger") for agreed in some]
        assert not agreed.pending
        return agreed.links["south"].left

    assert stands() == {name: text for name, text in fields(moved).items() if name != "body"}
    assert await left() == "the spoke refuses it: too long"
    north.change(key, replace(moved, subject="Another name"))
    for _ in range(2):
        await world.sync(guards=True)
    assert stands()["subject"] == "Another name"
    assert await left() == "the spoke refuses it: too long"
    north.change(key, replace(moved, body="short"))
    for _ in range(2):
        await world.sync(guards=True)
    assert stands() == fields(replace(moved, body="short"))
    assert await left() == ""
