"""What a sync remembers: what it agreed on with its target, what its runs did, and whether it may run now."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.entries import Agreement
from galsync.ledger import agreed, history, standing
from galsync.ledger.runs import Run, RunKind, StepRow, Token
from galsync.ledger.tables import BOOKS, LEASES, PAUSES
from galsync.side import Outcome, Written
from galsync.steps import Step
from service.runs import journal, pauses
from service.runs.memory import RunMemory
from service.runs.states import RunOverError
from service.state.database import Database

_STEPS: Final = 500
"""Rows of the history that are in memory at once."""


class Ledger(RunMemory):
    """The memory of all syncs in one database. ``clock`` tells an aware instant.

    Every method raises StateError where the database cannot be used; then nothing of what it was to keep is kept.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        super().__init__(database, BOOKS, LEASES, clock=clock)

    async def agreements(self, sync: str, place: str) -> dict[str, Agreement]:
        """All that was agreed at ``place``, by anchor."""
        async with self._database.reading() as connection:
            return await agreed.everything(connection, sync, place)

    async def agreements_of(self, sync: str, place: str, anchors: Sequence[str]) -> dict[str, Agreement]:
        """Those of ``anchors`` that there are, by anchor."""
        async with self._database.reading() as connection:
            return await agreed.some(connection, sync, place, anchors)

    async def places(self, sync: str) -> tuple[str, ...]:
        """The places at which anything was agreed, in the order of their names."""
        async with self._database.reading() as connection:
            return await agreed.places(connection, sync)

    async def by_address(self, sync: str, place: str, addresses: Sequence[str]) -> dict[str, str]:
        """The anchor of whoever has each address by agreement, and is not retired."""
        async with self._database.reading() as connection:
            return await agreed.by_address(connection, sync, place, addresses)

    async def remember(self, sync: str, place: str, steps: Sequence[Step]) -> None:
        """Keep the agreement of each step though nothing was written (Act.REMEMBER); forget where it has none."""
        async with self._database.writing() as connection:
            await _agree(connection, sync, place, [(step, "") for step in steps])

    async def forget(self, sync: str, place: str, anchors: Sequence[str]) -> None:
        """Drop what was agreed about ``anchors`` (Plan.forget)."""
        async with self._database.writing() as connection:
            await agreed.drop(connection, sync, place, anchors)

    async def begin(self, sync: str, kind: RunKind, *, note: str = "") -> int:
        """A new run: its number. Runs of this sync that never ended are ABANDONED from now on."""
        async with self._database.writing() as connection:
            return await journal.begin(connection, BOOKS, sync, kind.value, note, self._clock())

    async def beginning(self, run: int, place: str, steps: Sequence[Step]) -> tuple[int, ...]:
        """Write down what is about to be written: a number for each step, in order. Raises RunOverError."""
        async with self._database.writing() as connection:
            _, goes_on = await journal.going_on(connection, BOOKS, run)
            if not goes_on:
                raise RunOverError(run)
            return await history.write_down(connection, run, place, steps)

    async def done(
        self, run: int, numbers: Sequence[int], outcomes: Sequence[Outcome], steps: Sequence[Step], place: str
    ) -> None:
        """Keep in one transaction what became of steps and, for each that was Written, its agreement.

        The agreement's key is the outcome's; where the step has none, what was agreed about its anchor is forgotten.
        """
        async with self._database.writing() as connection:
            sync, goes_on = await journal.going_on(connection, BOOKS, run)
            await history.write_outcomes(connection, dict(zip(numbers, outcomes, strict=True)))
            written = [(s, o.key) for s, o in zip(steps, outcomes, strict=True) if isinstance(o, Written)]
            if goes_on:
                await _agree(connection, sync, place, written)
        if not goes_on:
            raise RunOverError(run)

    async def runs(self, sync: str, most: int = 50) -> list[Run]:
        """The history, newest first."""
        async with self._database.reading() as connection:
            return [history.run_of(row) for row in await journal.runs(connection, BOOKS, sync, most)]

    async def run(self, number: int) -> Run | None:
        """The run of that number, whichever sync's it is; None where there is none."""
        async with self._database.reading() as connection:
            row = await journal.run(connection, BOOKS, number)
            return None if row is None else history.run_of(row)

    async def steps(self, run: int) -> AsyncIterator[StepRow]:
        """What a run did, in the order in which it was begun."""
        after = 0
        while True:
            async with self._database.reading() as connection:
                some = await history.steps(connection, run, after, _STEPS)
            for row in some:
                yield row
            if not some:
                return
            after = some[-1].number

    async def token(self, sync: str, source: str) -> Token | None:
        """Where the next reading of changes goes on; None where the next has to be whole."""
        async with self._database.reading() as connection:
            return await standing.token(connection, sync, source)

    async def keep_token(self, sync: str, source: str, token: Token) -> None:
        """In place of the one before."""
        async with self._database.writing() as connection:
            await standing.keep_token(connection, sync, source, token)

    async def forget_tokens(self, sync: str) -> None:
        """Every source of ``sync`` is read whole next time."""
        async with self._database.writing() as connection:
            await standing.forget_tokens(connection, sync)

    async def paused(self, sync: str) -> str:
        """Why it is paused; "" where it is not."""
        async with self._database.reading() as connection:
            return await pauses.paused(connection, PAUSES, {"sync": sync})

    async def pause(self, sync: str, why: str) -> None:
        """No run until ``resume``. ValueError where ``why`` is empty."""
        async with self._database.writing() as connection:
            await pauses.pause(connection, PAUSES, {"sync": sync}, why, self._clock())

    async def resume(self, sync: str) -> None:
        """It may run again."""
        async with self._database.writing() as connection:
            await pauses.resume(connection, PAUSES, {"sync": sync})


async def _agree(connection: AsyncConnection, sync: str, place: str, written: Sequence[tuple[Step, str]]) -> None:
    """Keep each step's agreement under the key that it has now; the last word about an anchor counts."""
    last = {step.anchor: (step.agreement, key) for step, key in written}
    kept = (replace(each, key=key) if key else each for each, key in last.values() if each is not None)
    await agreed.keep(connection, sync, place, kept)
    await agreed.drop(connection, sync, place, [anchor for anchor, (each, _) in last.items() if each is None])
