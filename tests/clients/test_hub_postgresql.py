"""Whole runs of a hub with the ledger in a real PostgreSQL: synced, edited, killed at each of its moments, purged."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from calsync.engine.moments import Moment
from protocols.model.event import Event
from service.runs.states import RunState
from service.state.database import Database
from tests.calsync.world.judge import Judge
from tests.calsync.world.people import People
from tests.calsync.world.world import World, rules
from tests.clients.postgresql import PostgreSQL, postgresql

pytestmark = pytest.mark.client

_NEVER_LOST = {Moment.WAITING}  # of a run without any trouble it is not heard


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """One for all tests of this file."""
    with postgresql() as running:
        yield running


async def test_synced_edited_and_purged(server: PostgreSQL) -> None:
    async with Database.open(server.database()) as database:
        world, people = World.over(database, rules()), People()
        north, south = world.servers["north"], world.servers["south"]
        key = people.create(north, people.event(series=True))
        people.create(south, people.event(series=False))
        report = await world.sync()
        assert report is not None
        assert report.state is RunState.DONE
        assert [len(each.standing) for each in world.servers.values()] == [2, 2, 2]
        event = north.standing[key].content
        assert isinstance(event, Event)
        north.change(key, replace(event, subject="another"))
        assert await Judge(world=world, people=people, counting=False, whole=True).verdict() == {}
        ledger = world.ledger
        found, _ = await ledger.search("merger", "ANOTHER")
        [agreed] = found
        assert set(agreed.links) == {"north", "south", "west"}
        story = await ledger.story("merger", agreed.id)
        assert len(story.steps) == 4
        await world.engine().purge()
        assert [len(each.standing) for each in world.servers.values()] == [1, 1, 0]


@pytest.mark.parametrize("moment", [each for each in Moment if each not in _NEVER_LOST])
async def test_killed_it_loses_nothing_and_doubles_nothing(server: PostgreSQL, moment: Moment) -> None:
    async with Database.open(server.database()) as database:
        world, people = World.over(database, rules()), People()
        for name in ("north", "south", "west"):
            people.create(world.servers[name], people.event(series=name == "west"))
        world.crash = (moment, 0)
        assert await world.sync() is None, "it was killed"
        assert await Judge(world=world, people=people, counting=True, whole=True).verdict() == {}
        assert [len(each.standing) for each in world.servers.values()] == [3, 3, 3]
