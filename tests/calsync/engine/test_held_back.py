"""What an original holds back is looked at before it could be harmed, and is told nowhere: no table, report or log."""

import json
import logging
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text as sql

from calsync.ledger.packed import unpacked
from calsync.plans.refusals import NOT_NOW
from calsync.plans.shielding import HOLDS
from calsync.reports.report import HubReport
from calsync.reports.telling import document, text
from calsync.rules import Detail, Gives, Treat
from calsync.spoke import Act
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.recurrence import Frequency, Recurrence
from service.runs.states import RunState
from service.state.database import Database
from tests.calsync.world.server import Fault
from tests.calsync.world.world import ALL, EVERYTHING, World, rules
from tests.contracts.spoke_events import span

SECRET: Final = "PLANTED"
WHEN: Final = span(9, 9)
DAILY: Final = Recurrence(frequency=Frequency.DAILY, count=8)
SECOND: Final = WHEN.start + timedelta(days=1)
HIDDEN: Final = Occurrence(
    when=Span(SECOND + timedelta(hours=2), SECOND + timedelta(hours=3), WHEN.zone),
    subject=SECRET,
    body=SECRET,
    sensitivity=Sensitivity.PRIVATE,
)
SERIES: Final = Event(when=WHEN, rule=DAILY, subject="Treatment", exceptions={SECOND: HIDDEN})
SKIPPING: Final = replace(EVERYTHING, private=Treat.SKIP)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as opened:
        yield opened


async def ended(world: World) -> None:
    """Somebody ends the series at its copy in ``south``."""
    south = world.servers["south"]
    [copy] = south.standing
    content = south.standing[copy].content
    assert isinstance(content, Event)
    south.change(copy, replace(content, rule=replace(DAILY, count=4)))


async def test_a_run_looks_at_the_original_before_it_decides(database: Database) -> None:
    world = World.over(database, rules(gives={"north": SKIPPING}))
    north = world.servers["north"]
    key = north.create(SERIES)
    await world.sync()
    await ended(world)
    report = await world.sync(only=frozenset({"south"}))
    assert report is not None
    assert {left.words for left in report.left} == {HOLDS}
    assert north.standing[key].content == SERIES
    [copy] = world.servers["south"].standing.values()
    assert isinstance(copy.content, Event)
    assert copy.content.rule == DAILY
    assert (report := await world.sync()) is not None
    assert not report.steps


async def test_what_cannot_be_looked_at_waits_and_harms_nothing(database: Database) -> None:
    world = World.over(database, rules(gives={"north": SKIPPING}))
    north = world.servers["north"]
    key = north.create(SERIES)
    await world.sync()
    await ended(world)
    north.faults.extend([Fault.LOST_BEFORE] * 8)
    await world.sync(only=frozenset({"south"}))
    assert north.standing[key].content == SERIES
    north.faults.clear()
    for _ in range(3):
        await world.sync()
        assert north.standing[key].content == SERIES
    for server in world.servers.values():
        [one] = server.standing.values()
        assert isinstance(one.content, Event)
        assert one.content.rule == DAILY


async def test_a_spoke_that_cannot_be_written_for_a_while_is_caught_up(database: Database) -> None:
    world = World.over(database, rules())
    north, south, west = world.servers.values()
    keys = [north.create(Event(when=span(9, 9 + n), subject=f"Number {n}", location=f"{n}")) for n in range(3)]
    await world.sync()
    south.shut = True
    north.create(Event(when=span(9, 14), subject="New", location="4"))
    north.change(keys[0], Event(when=span(9, 9), subject="Changed", location="0"))
    north.delete(keys[1])
    for _ in range(2):
        report = await world.sync()
        assert report is not None
        assert (report.state, report.well) == (RunState.FAILED, False)
        assert f"south {NOT_NOW}: 3 items" in report.words
    assert len(south.standing) == 3
    south.shut = False
    report = await world.sync()
    assert report is not None
    assert report.well
    assert {key[1]: count for key, count in report.tally.written.items()} == dict.fromkeys(Act, 1)
    names = [sorted(one.content.subject for one in each.standing.values() if isinstance(one.content, Event))
             for each in (north, south, west)]  # fmt: skip
    assert names == [["Changed", "New", "Number 2"]] * 3


@pytest.mark.parametrize(
    ("gives", "one"),
    [
        (SKIPPING, SERIES),
        (replace(EVERYTHING, private=Treat.BUSY), SERIES),
        (replace(EVERYTHING, detail=Detail.BUSY), Event(when=WHEN, subject=SECRET, body=SECRET, location=SECRET)),
        (replace(EVERYTHING, detail=Detail.SUBJECT), Event(when=WHEN, subject="Told", body=SECRET)),
        (SKIPPING, Event(when=WHEN, subject=SECRET, sensitivity=Sensitivity.PRIVATE)),
    ],
)
async def test_nothing_tells_what_is_held_back(
    database: Database, caplog: pytest.LogCaptureFixture, gives: Gives, one: Event
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="calsync")
    world = World.over(database, rules(gives={"north": gives}, gets={"north": replace(ALL, anonymous=True)}))
    north, south, _ = world.servers.values()
    keys = [north.create(one) for _ in range(3)]
    told = [await _told(world)]
    for number, key in enumerate(list(south.standing)):
        content = south.standing[key].content
        assert isinstance(content, Event)
        if number:
            south.change(key, replace(content, when=span(9, 15)))
        else:
            south.delete(key)
    for key in keys:
        north.bump(key)
    told += [await _told(world), await _told(world)]
    north.delete(list(north.standing)[-1])
    told.append(await _told(world))
    world.rules = rules(gives={"north": replace(gives, detail=Detail.BUSY)})
    told += [await _told(world), await _told(world)]
    assert SECRET not in "".join(told)
    assert SECRET not in caplog.text
    assert SECRET not in await _kept(database)


async def _told(world: World) -> str:
    """All that a run and the plan before it tell the operator."""
    outlook = await world.engine().plan()
    planned = HubReport(hub="merger", outlook=outlook, begun_at=outlook.made_at)
    report = await world.sync()
    assert report is not None
    return "".join(text(each) + json.dumps(document(each)) for each in (planned, report))


async def _kept(database: Database) -> str:
    """Everything that stands in the database, unpacked where it is packed."""
    words: list[str] = []
    async with database.reading() as connection:
        tables = await connection.scalars(sql("select name from sqlite_master where type = 'table'"))
        for table in tables.all():
            for row in await connection.execute(sql(f'select * from "{table}"')):
                words += [_plain(value) for value in row]
    return "\n".join(words)


def _plain(value: object) -> str:
    if not isinstance(value, bytes):
        return repr(value)
    try:
        return repr(unpacked(value))
    except zlib.error:
        return repr(value)
