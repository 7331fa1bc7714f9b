"""What every sync's ledger remembers of its runs, and which of them may go on."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table

from service.runs import journal, leases
from service.runs.journal import Books
from service.runs.states import RunState
from service.state.database import Database

_DROPPED: Final = 5_000
"""Rows of the history that are dropped in one transaction."""


class RunMemory:
    """The runs in ``books``, and who holds the leases of ``table``; it keeps service.runs.leases.Leases. ``clock``
    tells an aware instant.

    Every method raises StateError where the database cannot be used; then nothing of what it was to keep is kept.
    """

    def __init__(self, database: Database, books: Books, table: Table, *, clock: Callable[[], datetime]) -> None:
        self._database, self._clock, self._books, self._leases = database, clock, books, table

    async def end(self, run: int, state: RunState, counts: Mapping[str, int], words: str = "") -> None:
        """The run is over. One that was abandoned meanwhile stays so."""
        async with self._database.writing() as connection:
            await journal.end(connection, self._books, run, state, counts, words, self._clock())

    async def unfinished(self, name: str) -> bool:
        """Whether a run of ``name`` was killed since one was DONE that looked at everything: ask before it begins."""
        async with self._database.reading() as connection:
            return await journal.killed(connection, self._books, name)

    async def prune(self, keep: timedelta) -> int:
        """Drop runs that began longer ago than ``keep``, with all their steps: how many. Never what was agreed, nor a
        run that ``unfinished`` counts."""
        async with self._database.reading() as connection:
            old = await journal.old(connection, self._books, self._clock() - keep)
        for run in old:
            gone = False
            while not gone:  # a few at a time: others want to write meanwhile
                async with self._database.writing() as connection:
                    gone = await journal.drop(connection, self._books, run, _DROPPED)
        return len(old)

    async def hold(self, name: str, holder: str, until: datetime, /, *, instead_of: str | None = None) -> bool:
        """Of service.runs.leases.Leases.

        At most one holder over all nodes. On PostgreSQL it runs out by the database's clock, ``until`` being as far
        ahead of it as it is of ours, so that nodes whose clocks differ agree.
        """
        both = (holder, instead_of or holder)
        async with self._database.writing() as connection:
            return await leases.hold(connection, self._leases, name, both, now=self._clock(), until=until)

    async def holder(self, name: str, /) -> str | None:
        """Of the same."""
        async with self._database.reading() as connection:
            return await leases.holder(connection, self._leases, name)

    async def release(self, name: str, holder: str, /) -> None:
        """Of the same."""
        async with self._database.writing() as connection:
            await leases.release(connection, self._leases, name, holder)
