"""Whole runs of a sync with the ledger in a real PostgreSQL: planned, applied, killed, resumed and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.galsync.killed_run import SYNC, machinery, people_of
from bench.galsync.kills import kill_and_resume
from bench.galsync.world import File
from galsync.entries import Held
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.reports.report import RunReport
from galsync.steps import Act
from service.runs.states import RunState, StepState
from service.state.database import Database
from tests.clients.jobs_node import clock
from tests.clients.postgresql import PostgreSQL, postgresql

pytestmark = pytest.mark.client

_SEED = 1


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """One for all tests of this file."""
    with postgresql() as running:
        yield running


def heard_by_nobody(_: str) -> None:
    """No point of the run matters."""


async def applied(url: str, folder: Path, generation: int) -> RunReport:
    """A run to the people of a generation, which must have gone well."""
    async with machinery(folder, _SEED, generation, heard_by_nobody, state=url) as engine:
        report = await engine.apply()
    assert (report.state, report.words) == (RunState.DONE, "")
    return report


def standing(folder: Path) -> dict[str, Held]:
    """What shows in the address book, by address."""
    try:
        world = File(folder / "world.db")
        return {str(held.address): held for held in world.standing("") if not held.hidden}
    finally:
        world.close()


def texts(folder: Path) -> dict[str, dict[str, str]]:
    """The same without keys and versions, which an undo does not bring back."""
    return {
        address: {str(name): text for name, text in held.texts.items()} for address, held in standing(folder).items()
    }


async def test_planned_applied_changed_and_undone(server: PostgreSQL, tmp_path: Path) -> None:
    url, people = server.database(), people_of(_SEED, 0)
    async with machinery(tmp_path, _SEED, 0, heard_by_nobody, state=url) as engine:
        outlook = await engine.plan()
        assert outlook.plans[0].counts == {Act.CREATE: len(people)}
        report = await engine.apply(outlook)
        assert report.tally.written == {Act.CREATE: len(people)}
        assert (await engine.plan(whole=True)).plans[0].steps == ()
    first = texts(tmp_path)
    assert {*first} == {str(person.primary) for person in people.values()}
    changed = await applied(url, tmp_path, 1)
    assert changed.outlook.whole is False
    assert changed.tally.written.total() > 3
    assert texts(tmp_path) != first
    async with machinery(tmp_path, _SEED, 1, heard_by_nobody, state=url) as engine:
        assert changed.run is not None
        undone = await engine.undo(changed.run)
        assert (undone.state, undone.words) == (RunState.DONE, "")
        assert texts(tmp_path) == first
        again = await engine.apply(resume=True)
        assert (again.state, again.tally.written) == (RunState.DONE, changed.tally.written)
        assert (await engine.purge()).state is RunState.DONE
    assert standing(tmp_path) == {}
    async with Database.open(url) as database:
        ledger = Ledger(database, clock=clock)
        assert await ledger.agreements(SYNC, "") == {}
        kinds = [run.kind for run in await ledger.runs(SYNC)]
        assert kinds == [RunKind.PURGE, RunKind.APPLY, RunKind.UNDO, RunKind.APPLY, RunKind.APPLY]
        numbers = [row.number async for row in ledger.steps(report.run or 0) if row.state is StepState.DONE]
        assert numbers == sorted({*numbers})
        assert len(numbers) == len(people)


def test_killed_again_and_again_it_loses_nothing_and_doubles_nothing(server: PostgreSQL) -> None:
    tally = kill_and_resume(12, 2026, state=lambda _: server.database())
    assert (tally.lost, tally.doubled, tally.wrong, tally.words) == (0, 0, 0, [])
    assert len(tally.points) >= 3, "at more than one kind of point"
    assert "silence" not in tally.points
