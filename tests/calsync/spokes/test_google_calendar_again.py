"""What somebody changed in a copy that an earlier attempt made stays, and so does what nobody asked to change."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from calsync.spoke import Written
from protocols.model.event import Occurrence
from tests.calsync.spokes.google_calendar_world import Workspace, quiet_workspace
from tests.calsync.spokes.test_google_calendar_writing import APPOINTMENT, BOTH, SECOND, but, content
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import creation, done, failed, standing, update


@pytest.fixture
async def world() -> AsyncIterator[Workspace]:
    async with quiet_workspace() as world:
        yield world


async def test_what_an_earlier_attempt_made_is_told_as_it_stands(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(BOTH))
    world.requests.clear()
    [outcome] = await spoke.write([creation(APPOINTMENT)])
    assert outcome == Written(first, earlier=True)
    assert not any(each.startswith((b"PATCH", b"PUT", b"DELETE")) for each in world.requests)


async def test_what_somebody_changed_in_a_series_that_is_half_there_stays(world: Workspace) -> None:
    spoke, write = world.spoke(but(world.send(), 2)), creation(BOTH)
    await failed(spoke, write)
    [key] = world.calendar.events
    world.store.patch(world.calendar, key, {"summary": "Theirs"})
    fourth = datetime(2026, 11, 30, 9, tzinfo=UTC)
    world.user.occurrence(key, fourth, {"location": "Their place"})
    [outcome] = await spoke.write([write])
    assert isinstance(outcome, Written)
    assert outcome.item is not None
    assert outcome.earlier
    theirs = Occurrence(when=span(30, 9, zone="Europe/Berlin"), location="Their place")
    own = {start: one if one is None else replace(one, subject="Theirs") for start, one in BOTH.exceptions.items()}
    assert content(outcome.item).subject == "Theirs"
    assert content(outcome.item).exceptions.keys() == {*own, fourth}
    assert content(outcome.item).exceptions[fourth] == theirs
    assert content(outcome.item).exceptions[SECOND] == BOTH.exceptions[SECOND]


async def test_what_somebody_changed_of_an_occurrence_that_was_made_stays(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(BOTH))
    world.user.occurrence(first.key, SECOND, {"location": "Their place"})
    [outcome] = await spoke.write([creation(BOTH)])
    assert isinstance(outcome, Written)
    assert outcome.item is not None
    one = content(outcome.item).exceptions[SECOND]
    assert (outcome.earlier, one is not None and one.location) == (True, "Their place")


async def test_reminders_by_mail_stay_where_an_occurrence_is_changed_otherwise(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(BOTH))
    several = {"useDefault": False, "overrides": [{"method": "email", "minutes": 60}]}
    world.user.occurrence(first.key, SECOND, {"reminders": several})
    now = await standing(spoke, first.key)
    there = content(now).exceptions[SECOND]
    assert there is not None
    moved = replace(content(now), exceptions={**content(now).exceptions, SECOND: replace(there, location="Attic")})
    world.requests.clear()
    told = content(await done(spoke, update(now, moved, "at 2026-11-16T09:00:00Z"))).exceptions[SECOND]
    assert told is not None
    assert told.location == "Attic"
    [stored] = [
        each for each in world.calendar.exceptions(first.key) if each["originalStartTime"]["dateTime"][8:10] == "16"
    ]
    assert stored["reminders"] == several
    [patch] = [each for each in world.requests if each.startswith(b"PATCH")]
    assert orjson.loads(patch.partition(b"\n\n")[2]) == {"location": "Attic"}
