"""Tests of galsync/ledger/history.py: what the runs did can be told and undone, and a run that was killed is known."""

import asyncio
from datetime import timedelta

import pytest

from galsync.entries import Held
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run, RunKind, StepRow
from galsync.ledger.tables import BOOKS
from galsync.side import Failed, Handed, Outcome, Written
from galsync.steps import Act, Change
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from service.runs import journal
from service.runs.states import RunState, StepState
from service.state.database import Database
from tests.galsync.remembered import NOW, Clock, agreement, removal, step

FAILED = Failed(Reason.NO_ACCESS, "let it write there")
DOUBT = Failed(Reason.TIMEOUT, "look whether it was written", doubt=True)


async def rows(ledger: Ledger, run: int) -> list[StepRow]:
    return [row async for row in ledger.steps(run)]


async def ended(ledger: Ledger, state: RunState = RunState.DONE, kind: RunKind = RunKind.APPLY) -> int:
    run = await ledger.begin("s", kind)
    await ledger.end(run, state, {})
    return run


async def test_a_run_is_told_from_its_beginning_to_its_end(ledger: Ledger, clock: Clock) -> None:
    run = await ledger.begin("s", RunKind.UNDO, note="of run 7")
    clock.now += timedelta(minutes=3)
    begun = Run(number=run, sync="s", kind=RunKind.UNDO, state=RunState.BEGUN, begun_at=NOW, note="of run 7")
    assert await ledger.runs("s") == [begun]
    await ledger.end(run, RunState.FAILED, {"created": 3}, "two steps failed\0")
    assert await ledger.runs("s") == [
        Run(
            number=run,
            sync="s",
            kind=RunKind.UNDO,
            state=RunState.FAILED,
            begun_at=NOW,
            ended_at=clock.now,
            note="of run 7",
            counts={"created": 3},
            words="two steps failed\ufffd",
        )
    ]


async def test_the_newest_run_comes_first_and_those_of_others_not_at_all(ledger: Ledger) -> None:
    numbers = [await ended(ledger) for _ in range(4)]
    await ledger.begin("t", RunKind.APPLY)
    assert [run.number for run in await ledger.runs("s", most=3)] == numbers[:0:-1]


async def test_a_run_is_found_by_its_number(ledger: Ledger) -> None:
    number = await ended(ledger)
    other = await ledger.begin("t", RunKind.PURGE)
    found = [await ledger.run(each) for each in (number, other, other + 1)]
    assert [run and (run.number, run.sync, run.kind) for run in found] == [
        (number, "s", RunKind.APPLY),
        (other, "t", RunKind.PURGE),
        None,
    ]


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        (Written("CN=new"), StepState.DONE, ""),
        (Handed(), StepState.HANDED, ""),
        (FAILED, StepState.FAILED, "let it write there"),
        (DOUBT, StepState.DOUBT, "look whether it was written"),
    ],
)
async def test_what_became_of_a_step(ledger: Ledger, outcome: Outcome, state: StepState, words: str) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    steps = [step("ann", note="why not")]
    numbers = await ledger.beginning(run, "", steps)
    assert [(row.number, row.state) for row in await rows(ledger, run)] == [(numbers[0], StepState.BEGUN)]
    await ledger.done(run, numbers, [outcome], steps, "")
    [row] = await rows(ledger, run)
    assert (row.number, row.state, row.words, row.note) == (numbers[0], state, words, "why not")


async def test_what_an_undo_needs_is_kept(ledger: Ledger) -> None:
    before = Held(key="CN=old", texts={Field.PHONE: "1"}, photo=b"\xff\xd8\xff")
    update = step("ann", Act.UPDATE, held=before, known=agreement("ann"), changes=(Change("phone", "1", "2"),))
    run = await ledger.begin("s", RunKind.APPLY)
    steps = [update, removal("bob"), step("carl")]
    numbers = await ledger.beginning(run, "box@x.example", steps)
    await ledger.done(run, numbers, [Written("CN=moved"), Written(), Written("CN=carl")], steps, "box@x.example")
    found = [row.done for row in await rows(ledger, run)]
    assert [(done.act, done.anchor, done.place, done.key) for done in found] == [
        (Act.UPDATE, "ad:ann", "box@x.example", "CN=moved"),
        (Act.REMOVE, "ad:bob", "box@x.example", "CN=bob"),
        (Act.CREATE, "ad:carl", "box@x.example", "CN=carl"),
    ]
    assert (found[0].before, found[0].known, found[0].changes) == (before, agreement("ann"), update.changes)
    assert found[0].entry == update.entry


async def test_a_long_run_is_told_whole_and_in_order(ledger: Ledger) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    other = await ledger.begin("t", RunKind.APPLY)
    numbers: list[int] = []
    for at in range(0, 1200, 300):
        numbers += await ledger.beginning(run, "", [step(f"p{n}") for n in range(at, at + 300)])
        await ledger.beginning(other, "", [step("else")])
    found = await rows(ledger, run)
    assert [row.number for row in found] == numbers == sorted(numbers)
    assert [row.done.anchor for row in found] == [f"ad:p{n}" for n in range(1200)]
    assert await ledger.beginning(run, "", []) == ()
    assert await rows(ledger, 99) == []


async def test_no_number_of_a_step_is_given_twice(url: str, clock: Clock) -> None:
    async with Database.open(url) as one, Database.open(url) as other:
        ledgers = [Ledger(each, clock=clock) for each in (one, other)]
        runs = [await ledgers[0].begin(sync, RunKind.APPLY) for sync in "st"]

        async def begun(number: int) -> tuple[int, ...]:
            return await ledgers[number % 2].beginning(runs[number % 2], "", [step(f"{number}-{n}") for n in range(7)])

        given = [each for some in await asyncio.gather(*map(begun, range(12))) for each in some]
        assert len({*given}) == len(given) == 84
        await ledgers[0].end(runs[1], RunState.DONE, {})
        clock.now += timedelta(days=1)
        await ledgers[0].end(runs[0], RunState.DONE, {})
        assert await ledgers[0].prune(timedelta()) == 2
        run = await ledgers[0].begin("s", RunKind.APPLY)
        assert min(await ledgers[0].beginning(run, "", [step("new"), step("newer")])) > max(given)


@pytest.mark.parametrize("state", [RunState.DONE, RunState.FAILED, RunState.STOPPED])
async def test_a_run_that_ended_leaves_nothing_unfinished(ledger: Ledger, state: RunState) -> None:
    assert not await ledger.unfinished("s")
    run = await ledger.begin("s", RunKind.APPLY)
    assert await ledger.unfinished("s")
    assert not await ledger.unfinished("t")
    await ledger.end(run, state, {})
    assert not await ledger.unfinished("s")


async def test_a_killed_run_is_remembered_until_one_was_done(ledger: Ledger) -> None:
    killed = await ledger.begin("s", RunKind.APPLY)
    for state in (RunState.FAILED, RunState.STOPPED):
        await ended(ledger, state)
        assert await ledger.unfinished("s")
    await ended(ledger, kind=RunKind.UNDO)  # which does not look at everything
    assert await ledger.unfinished("s")
    await ended(ledger)
    assert not await ledger.unfinished("s")
    assert [run.state for run in await ledger.runs("s") if run.number == killed] == [RunState.ABANDONED]


async def test_a_run_that_was_abandoned_stays_so(ledger: Ledger) -> None:
    first = await ledger.begin("s", RunKind.APPLY)
    await ledger.begin("s", RunKind.APPLY)
    await ledger.end(first, RunState.DONE, {})
    assert [run.state for run in await ledger.runs("s")] == [RunState.BEGUN, RunState.ABANDONED]


async def test_old_runs_are_dropped_and_never_an_agreement(ledger: Ledger, clock: Clock) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    steps = [step("ann")]
    await ledger.done(run, await ledger.beginning(run, "", steps), [Written("CN=ann")], steps, "")
    await ledger.end(run, RunState.DONE, {})
    clock.now += timedelta(days=10)
    young = await ended(ledger)
    clock.now += timedelta(days=1)
    assert await ledger.prune(timedelta(days=5)) == 1
    assert [each.number for each in await ledger.runs("s")] == [young]
    assert await rows(ledger, run) == []
    assert list(await ledger.agreements("s", "")) == ["ad:ann"]
    assert await ledger.begin("s", RunKind.APPLY) > young


async def test_a_long_run_is_dropped_a_few_steps_at_a_time(ledger: Ledger, database: Database) -> None:
    run = await ledger.begin("s", RunKind.APPLY)
    await ledger.beginning(run, "", [step(f"p{number}") for number in range(7)])
    left = []
    for _ in range(3):
        async with database.writing() as connection:
            gone = await journal.drop(connection, BOOKS, run, 3)
        left.append((gone, len(await rows(ledger, run)), len(await ledger.runs("s"))))
    assert left == [(False, 4, 1), (False, 1, 1), (True, 0, 0)]


async def test_a_killed_run_is_kept_as_long_as_it_matters(ledger: Ledger, clock: Clock) -> None:
    await ledger.begin("s", RunKind.APPLY)
    clock.now += timedelta(days=100)
    assert await ledger.prune(timedelta(days=5)) == 0
    assert await ledger.unfinished("s")
    done = await ended(ledger)
    assert await ledger.prune(timedelta(days=5)) == 1
    assert [each.number for each in await ledger.runs("s")] == [done]


async def test_a_run_that_was_pruned_gives_its_number_to_nobody(ledger: Ledger, clock: Clock) -> None:
    last = await ended(ledger)
    clock.now += timedelta(days=100)
    assert await ledger.prune(timedelta(days=5)) == 1
    assert await ended(ledger) > last
