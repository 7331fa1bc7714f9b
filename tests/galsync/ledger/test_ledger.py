"""Tests of galsync/ledger/ledger.py: what was written is agreed whole or not at all, whatever happens in between."""

import asyncio
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from galsync.entries import Held
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind, StepRow
from galsync.side import Failed, Handed, Written
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason
from service.runs.states import RunOverError, RunState, StepState
from service.state.database import Database
from service.state.errors import StateError
from tests.galsync.remembered import NOW, Clock, agreement, removal, step
from tests.galsync.writer import BATCH

FAILED = Failed(Reason.THROTTLED, "it asks to be left alone")
DOUBT = Failed(Reason.TIMEOUT, "it may have been written", doubt=True)


async def rows(ledger: Ledger, run: int) -> list[StepRow]:
    return [row async for row in ledger.steps(run)]


async def test_what_was_written_is_agreed_and_nothing_else(ledger: Ledger) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    names = ("written", "handed", "failed", "doubt")
    steps = [step(name) for name in names]
    numbers = await ledger.beginning(run, "p", steps)
    assert await ledger.agreements("s", "p") == {}
    await ledger.done(run, numbers, [Written("CN=new"), Handed(), FAILED, DOUBT], steps, "p")
    assert await ledger.agreements("s", "p") == {"ad:written": agreement("written", key="CN=new")}
    assert [row.state.name for row in await rows(ledger, run)] == ["DONE", "HANDED", "FAILED", "DOUBT"]


async def test_what_was_removed_is_forgotten_and_what_was_not_is_not(ledger: Ledger) -> None:
    await ledger.remember("s", "", [step(name, Act.REMEMBER) for name in ("ann", "bob", "carl")])
    run = await ledger.begin("s", RunKind.PURGE)
    steps = [removal("ann"), removal("bob")]
    await ledger.done(run, await ledger.beginning(run, "", steps), [Written(), FAILED], steps, "")
    assert list(await ledger.agreements("s", "")) == ["ad:bob", "ad:carl"]


async def test_a_key_that_the_target_did_not_change_stays(ledger: Ledger) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    retired = agreement("ann", retired_at=NOW)
    steps = [step("ann", Act.RETIRE, entry=None, held=Held(key="CN=ann"), agreement=retired)]
    await ledger.done(run, await ledger.beginning(run, "", steps), [Written()], steps, "")
    assert await ledger.agreements("s", "") == {"ad:ann": retired}


async def test_of_several_steps_for_one_the_last_counts(ledger: Ledger) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    steps: list[Step] = [removal("ann"), step("ann"), step("bob"), removal("bob")]
    outcomes = [Written(), Written("CN=anew"), Written("CN=bob"), Written()]
    await ledger.done(run, await ledger.beginning(run, "", steps), outcomes, steps, "")
    assert await ledger.agreements("s", "") == {"ad:ann": agreement("ann", key="CN=anew")}


async def test_outcomes_and_steps_that_do_not_fit_change_nothing(ledger: Ledger) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    steps = [step("ann"), step("bob")]
    numbers = await ledger.beginning(run, "", steps)
    with pytest.raises(ValueError, match="shorter"):
        await ledger.done(run, numbers, [Written("CN=ann")], steps, "")
    assert await ledger.agreements("s", "") == {}
    assert {row.state for row in await rows(ledger, run)} == {StepState.BEGUN}


async def test_nothing_is_written_in_the_name_of_a_run_that_another_took_the_place_of(ledger: Ledger) -> None:
    slow = await ledger.begin("s", RunKind.APPLY)
    steps = [step("ann")]
    numbers = await ledger.beginning(slow, "", steps)
    await ledger.begin("s", RunKind.APPLY)
    with pytest.raises(RunOverError, match=f"took the place of run {slow}"):
        await ledger.beginning(slow, "", [step("bob")])
    with pytest.raises(RunOverError):
        await ledger.done(slow, numbers, [Written("CN=ann")], steps, "")
    assert await ledger.agreements("s", "") == {}  # the other run may have agreed on something newer
    assert [(row.done.anchor, row.state) for row in await rows(ledger, slow)] == [("ad:ann", StepState.DONE)]


async def test_a_run_that_there_is_not_is_a_mistake(ledger: Ledger) -> None:
    with pytest.raises(LookupError, match="there is no run 99"):
        await ledger.beginning(99, "", [step("ann")])


async def test_batches_at_once_do_not_mix(ledger: Ledger) -> None:
    run = await ledger.begin("s", RunKind.APPLY)

    async def batch(place: str) -> None:
        for number in range(5):
            steps = [step(f"{number}-{each}") for each in range(3)]
            numbers = await ledger.beginning(run, place, steps)
            await ledger.done(run, numbers, [Written(f"{place} {each.anchor}") for each in steps], steps, place)

    places = tuple(f"box{number}@x.example" for number in range(6))
    await asyncio.gather(*map(batch, places))
    assert await ledger.places("s") == places
    for place in places:
        found = await ledger.agreements("s", place)
        assert {each.key for each in found.values()} == {f"{place} {anchor}" for anchor in found}
        assert len(found) == 15
    assert all(row.done.key == f"{row.done.place} {row.done.anchor}" for row in await rows(ledger, run))


@pytest.mark.parametrize("events", [1, 2, 3, 6])
async def test_a_process_that_is_killed_leaves_nothing_half(url: str, events: int) -> None:
    await killed_after(url, events)
    async with Database.open(url) as database:
        ledger = Ledger(database, clock=Clock())
        assert await ledger.unfinished("s")
        batches, pending = events // 2, events % 2
        agreed = {f"ad:{batch}-{number}" for batch in range(batches) for number in range(BATCH)}
        assert {anchor: each.key for anchor, each in (await ledger.agreements("s", "")).items()} == dict(
            zip(agreed, agreed, strict=True)
        )
        [run] = await ledger.runs("s")
        assert run.state is RunState.BEGUN
        begun = [row.done.anchor for row in await rows(ledger, run.number) if row.state is StepState.BEGUN]
        assert begun == [f"ad:{batches}-{number}" for number in range(BATCH * pending)]


@pytest.mark.parametrize("lines", [2, 5, 9])
async def test_killed_while_it_writes_a_batch_is_agreed_whole_or_not_at_all(url: str, lines: int) -> None:
    await killed_after(url, lines, waits=False)
    async with Database.open(url) as database:
        ledger = Ledger(database, clock=Clock())
        found = await ledger.agreements("s", "")
        assert len(found) % BATCH == 0
        assert len(found) >= lines // 2 * BATCH
        [run] = await ledger.runs("s")
        assert len(await rows(ledger, run.number)) % BATCH == 0
        done = {row.done.anchor for row in await rows(ledger, run.number) if row.state is StepState.DONE}
        assert done == set(found)


async def killed_after(url: str, events: int, *, waits: bool = True) -> None:
    """Let a process tell so many events, and kill it: while it waits, or while it writes what comes next."""
    pipe = asyncio.subprocess.PIPE
    line = (sys.executable, "-m", "tests.galsync.writer", url, "1000")
    writer = await asyncio.create_subprocess_exec(*line, stdin=pipe, stdout=pipe)
    assert writer.stdin is not None
    assert writer.stdout is not None
    try:
        if not waits:
            writer.stdin.close()
        for event in range(1, events + 1):
            assert await asyncio.wait_for(writer.stdout.readline(), 60) in (b"beginning\n", b"done\n")
            if waits and event < events:
                writer.stdin.write(b"\n")
    finally:
        writer.kill()
        await writer.communicate()


async def test_a_full_disk_loses_nothing_and_agrees_on_nothing_half(sqlite_database: Database) -> None:
    ledger = Ledger(sqlite_database, clock=Clock())
    run = await ledger.begin("s", RunKind.APPLY)
    before = [step("before")]
    await ledger.done(run, await ledger.beginning(run, "", before), [Written("CN=before")], before, "")
    async with sqlite_database.writing() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StateError, match="the disk is full"):
        await ledger.beginning(run, "", [step(f"p{number}") for number in range(500)])
    with pytest.raises(StateError, match="the disk is full"):
        await ledger.remember("s", "", [step(f"p{number}") for number in range(500)])
    assert await ledger.agreements("s", "") == {"ad:before": agreement("before", key="CN=before")}
    assert len(await rows(ledger, run)) == 1
    async with sqlite_database.writing() as connection:
        await connection.execute(text(f"PRAGMA max_page_count={2**30}"))
    after = [step("after")]
    await ledger.done(run, await ledger.beginning(run, "", after), [Written("CN=after")], after, "")
    assert set(await ledger.agreements("s", "")) == {"ad:before", "ad:after"}


async def test_what_the_database_says_of_people_is_not_repeated(ledger: Ledger, database: Database) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE gal_agreements"))
    steps = [step("zoe")]
    numbers = await ledger.beginning(run, "", steps)
    with pytest.raises(Exception, match="gal_agreements") as caught:
        await ledger.done(run, numbers, [Written("CN=zoe")], steps, "")
    assert "zoe" not in str(caught.value)


async def test_whether_a_sync_may_run_is_kept_by_sync(ledger: Ledger) -> None:
    await ledger.pause("s", "for the holidays")
    assert [await ledger.paused(sync) for sync in ("s", "t")] == ["for the holidays", ""]
    await ledger.resume("s")
    assert await ledger.paused("s") == ""
    assert await ledger.hold("s", "one", NOW + timedelta(hours=1))
    assert not await ledger.hold("s", "two", NOW + timedelta(hours=1))
    assert await ledger.hold("t", "two", NOW + timedelta(hours=1))
    await ledger.release("s", "one")
    assert [await ledger.holder(sync) for sync in ("s", "t")] == [None, "two"]
