"""Tests of calsync/plans/doubled.py: one calendar under two names loses nothing, and is told."""

from dataclasses import replace
from pathlib import Path

from calsync.plans.doubled import DOUBLED, SAME
from calsync.plans.guards import GUARDS
from protocols.model.event import Event
from service.runs.states import RunState
from service.state.database import Database
from tests.calsync.plans.model import World, event, rules, whys
from tests.calsync.world import world as running
from tests.calsync.world.spoke import MemorySpoke
from tests.contracts.spoke_events import span


class West(MemorySpoke):
    """Another name for whatever it is over."""

    @property
    def name(self) -> str:
        return "west"


async def test_one_calendar_under_two_names_stops_and_nothing_is_removed(tmp_path: Path) -> None:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        here = running.World.over(database, running.rules())
        north, south = here.servers["north"], here.servers["south"]
        here.spokes = {**here.spokes, "west": West(south)}
        north.create(Event(when=span(9, 9, 30), subject="Stand-up"))
        for state in (RunState.DONE, RunState.STOPPED, RunState.STOPPED):
            report = await here.sync()
            assert report is not None
            assert (report.state, [len(each.standing) for each in (north, south)]) == (state, [1, 2])
        assert report is not None
        assert "south and west seem to be one calendar: 1 copies" in report.words


def synced(hours: int) -> World:
    """So many items of a, and copies at b and c with UIDs of their own."""
    here = World(rules())
    for hour in range(hours):
        here.put("a", event(hour))
    here.run()
    for spoke in "bc":
        for key in list(here.copies(spoke)):
            here.touch(spoke, key, uid=f"{spoke}-{key}@busyline")
    here.run()
    return here


def carried_over(here: World) -> None:
    """Whatever stands at b is told by c as well, by other keys."""
    for key, item in list(here.copies("b").items()):
        here.put("c", item.content, key=f"other {key}", mark=item.mark, uid=item.uid)


def test_two_systems_that_show_one_calendar_are_known_by_the_uids() -> None:
    here = synced(2)
    carried_over(here)
    made = here.planned()
    assert [(stop.guard, stop.spoke) for stop in made.stops] == [(SAME, "b")]
    assert SAME not in GUARDS
    assert whys(made) == []
    assert [aside.why for aside in made.asides] == [DOUBLED, DOUBLED]


def test_a_single_copy_that_somebody_carried_over_stays_and_stops_nothing() -> None:
    here = synced(1)
    carried_over(here)
    made = here.run()
    assert (whys(made), made.stops) == ([], ())
    assert [aside.why for aside in made.asides] == [DOUBLED]


def test_without_uids_neither_of_two_that_are_too_many_goes() -> None:
    here = World(rules())
    here.put("a", event())
    here.run()
    for spoke in "bc":
        [item] = here.copies(spoke).values()
        here.put(spoke, item.content, mark=item.mark)
    assert whys(here.run()) == []
    assert [len(here.shelves[spoke]) for spoke in "abc"] == [1, 2, 2]


def test_a_copy_that_was_moved_is_none_of_another() -> None:
    here = synced(2)
    carried_over(here)
    for key in list(here.copies("b")):
        here.remove("b", key)
    made = here.planned()
    assert SAME not in {stop.guard for stop in made.stops}
    assert DOUBLED not in {aside.why for aside in made.asides}


def test_a_spoke_that_the_rules_do_not_name_says_nothing() -> None:
    here = synced(2)
    carried_over(here)
    here.rules = replace(here.rules, spokes=tuple(each for each in here.rules.spokes if each.name != "b"))
    del here.shelves["b"], here.news["b"]
    made = here.planned(everything=True)
    assert SAME not in {stop.guard for stop in made.stops}
