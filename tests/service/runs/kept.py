"""A clock that goes as far as somebody sleeps, and leases and pauses in a table made for the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Table

from service.runs import leases, pauses
from service.state.columns import METADATA
from service.state.database import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Time:
    """``sleep`` takes no time and moves the clock; ``slept`` are the seconds of each sleep."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> datetime:
        """Now."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Others come in between."""
        until = self.now + timedelta(seconds=seconds)
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, until)


@dataclass(slots=True, kw_only=True)
class Kept:
    """Leases of whatever has a name, and pauses of what has two."""

    database: Database
    leases: Table
    pauses: Table
    time: Time = field(default_factory=Time)

    async def hold(self, name: str, holder: str, until: datetime, /, *, instead_of: str | None = None) -> bool:
        """Of service.runs.leases.Leases."""
        async with self.database.writing() as connection:
            both = (holder, instead_of or holder)
            return await leases.hold(connection, self.leases, name, both, now=self.time.now, until=until)

    async def holder(self, name: str, /) -> str | None:
        """Of the same."""
        async with self.database.reading() as connection:
            return await leases.holder(connection, self.leases, name)

    async def release(self, name: str, holder: str, /) -> None:
        """Of the same."""
        async with self.database.writing() as connection:
            await leases.release(connection, self.leases, name, holder)


@asynccontextmanager
async def kept(url: str) -> AsyncIterator[Kept]:
    """In the database at ``url``, whose tables are made where they are not there."""
    tables = leases.leases("test_leases", "name"), pauses.pauses("test_pauses", "one", "other")
    try:
        async with Database.open(url) as database:
            async with database.writing() as connection:
                await connection.run_sync(METADATA.create_all, tables=tables)
            yield Kept(database=database, leases=tables[0], pauses=tables[1])
    finally:
        for table in tables:
            METADATA.remove(table)
