"""What a sync remembers: what it agreed on with its target, what its runs did, and whether it may run now."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from galsync.entries import Agreement
from galsync.ledger import agreed, history, standing
from galsync.ledger.runs import Run, RunKind, RunState, StepRow, Token
from galsync.side import Outcome, Written
from galsync.steps import Step
from service.state.database import Database

_STEPS: Final = 500
"""Rows of the history that are in memory at once."""
_DROPPED: Final = 5_000
"""Rows of the history that are dropped in one transaction."""
_OVER: Final = "another run took the place of run {}, whose lease had run out: nothing more is written in its name"


class RunOverError(Exception):
    """Another run took this one's place (its lease had run out): nothing more may be written in its name."""


class Ledger:
    """The memory of all syncs in one database. ``clock`` tells an aware instant.

    Every method raises StateError where the database cannot be used; then nothing of what it was to keep is kept.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

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
            return await history.begin(connection, sync, kind, note, self._clock())

    async def beginning(self, run: int, place: str, steps: Sequence[Step]) -> tuple[int, ...]:
        """Write down what is about to be written: a number for each step, in order. Raises RunOverError."""
        async with self._database.writing() as connection:
            _, goes_on = await history.going_on(connection, run)
            if not goes_on:
                raise RunOverError(_OVER.format(run))
            return await history.write_down(connection, run, place, steps)

    async def done(
        self, run: int, numbers: Sequence[int], outcomes: Sequence[Outcome], steps: Sequence[Step], place: str
    ) -> None:
        """Keep in one transaction what became of steps and, for each that was Written, its agreement.

        The agreement's key is the outcome's; where the step has none, what was agreed about its anchor is forgotten.
        """
        async with self._database.writing() as connection:
            sync, goes_on = await history.going_on(connection, run)
            await history.write_outcomes(connection, dict(zip(numbers, outcomes, strict=True)))
            written = [(s, o.key) for s, o in zip(steps, outcomes, strict=True) if isinstance(o, Written)]
            if goes_on:
                await _agree(connection, sync, place, written)
        if not goes_on:
            raise RunOverError(_OVER.format(run))

    async def end(self, run: int, state: RunState, counts: Mapping[str, int], words: str = "") -> None:
        """The run is over. One that was abandoned meanwhile stays so."""
        async with self._database.writing() as connection:
            await history.end(connection, run, state, counts, words, self._clock())

    async def unfinished(self, sync: str) -> bool:
        """Whether a run was killed since one was DONE: ask before ``begin``; the next must read everything whole."""
        async with self._database.reading() as connection:
            return await history.killed(connection, sync)

    async def runs(self, sync: str, most: int = 50) -> list[Run]:
        """The history, newest first."""
        async with self._database.reading() as connection:
            return await history.runs(connection, sync, most)

    async def run(self, number: int) -> Run | None:
        """The run of that number, whichever sync's it is; None where there is none."""
        async with self._database.reading() as connection:
            return await history.run(connection, number)

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

    async def prune(self, keep: timedelta) -> int:
        """Drop runs that began longer ago than ``keep``: how many. Never an agreement, nor one that
        ``unfinished`` counts."""
        async with self._database.reading() as connection:
            old = await history.old(connection, self._clock() - keep)
        for run in old:
            gone = False
            while not gone:  # a few at a time: others want to write meanwhile
                async with self._database.writing() as connection:
                    gone = await history.drop(connection, run, _DROPPED)
        return len(old)

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
            return await standing.paused(connection, sync)

    async def pause(self, sync: str, why: str) -> None:
        """No run until ``resume``. ValueError where ``why`` is empty."""
        if not why:
            raise ValueError("a pause needs a reason, which whoever finds it will read")
        async with self._database.writing() as connection:
            await standing.pause(connection, sync, why, self._clock())

    async def resume(self, sync: str) -> None:
        """It may run again."""
        async with self._database.writing() as connection:
            await standing.resume(connection, sync)

    async def hold(self, sync: str, holder: str, until: datetime, *, instead_of: str | None = None) -> bool:
        """Take the lease of ``sync``, or renew it: False where another holder has it and it has not run out.

        ``instead_of`` is a holder who is dead: from them, and nobody else, it is taken whenever it runs out.

        At most one holder over all nodes. On PostgreSQL it runs out by the database's clock, ``until`` being as far
        ahead of it as it is of ours, so that nodes whose clocks differ agree.
        """
        async with self._database.writing() as connection:
            now = self._clock()
            return await standing.hold(connection, sync, (holder, instead_of or holder), now=now, until=until)

    async def holder(self, sync: str) -> str | None:
        """Who has the lease of ``sync``, or had it last and did not give it back."""
        async with self._database.reading() as connection:
            return await standing.holder(connection, sync)

    async def release(self, sync: str, holder: str) -> None:
        """Give the lease back; nothing happens where another has it."""
        async with self._database.writing() as connection:
            await standing.release(connection, sync, holder)


async def _agree(connection: AsyncConnection, sync: str, place: str, written: Sequence[tuple[Step, str]]) -> None:
    """Keep each step's agreement under the key that it has now; the last word about an anchor counts."""
    last = {step.anchor: (step.agreement, key) for step, key in written}
    kept = (replace(each, key=key) if key else each for each, key in last.values() if each is not None)
    await agreed.keep(connection, sync, place, kept)
    await agreed.drop(connection, sync, place, [anchor for anchor, (each, _) in last.items() if each is None])
