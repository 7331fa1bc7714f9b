"""The database of the syncs, SQLite or PostgreSQL: opened, brought up to date, and used in whole transactions."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, Self

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.secrets import Secret
from service.state.address import Address, parsed
from service.state.engines import made, views
from service.state.errors import StateError
from service.state.migrating import migrate
from service.state.troubles import trouble

_LOCK: Final = 0x62757379_6C696E65  # any number that is ours alone, for PostgreSQL's advisory lock
_LOCKING: Final = "60s"
"""How long another process may take to bring the schema up to date."""


class Database:
    """An open database. Use :meth:`open`; every method raises StateError where the database cannot be used."""

    def __init__(self, engine: AsyncEngine, address: Address) -> None:
        self._address = address
        self._turn = asyncio.Lock() if address.path else None  # SQLite's own waiting is a sleep, and nobody's turn
        self._reader, self._writer = views(engine)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, password: Secret | None = None) -> AsyncIterator[Self]:
        """``sqlite:PATH`` or ``postgresql://…``, with the schema of this version; closed with the block.

        The schema is made or brought up to date first, by one process at a time: others wait. A newer one than this
        version knows is refused. ``password`` takes the place of one in ``url``.
        """
        async with cls.open_as_it_is(url, password=password) as database:
            async with database.writing() as connection:
                if connection.dialect.name == "postgresql":
                    await _alone(connection, database.place)
                await connection.run_sync(migrate, database.place)
            yield database

    @classmethod
    @asynccontextmanager
    async def open_as_it_is(cls, url: str, *, password: Secret | None = None) -> AsyncIterator[Self]:
        """As :meth:`open`, whatever schema there is."""
        address = parsed(url, password=password)
        engine = await made(address)
        try:
            yield cls(engine, address)
        finally:
            await engine.dispose()

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return self._address.place

    def __repr__(self) -> str:
        return f"Database({self.place!r})"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database as long as the block lasts; it keeps nothing."""
        async with self._speaking(), self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: all of the block is kept when it ends, even if the power fails then, or nothing if it raises.

        Not to be entered again within the block.
        """
        async with self._speaking(), AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            yield await stack.enter_async_context(self._writer.begin())

    @asynccontextmanager
    async def _speaking(self) -> AsyncIterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeoutError, sqlite3.Error) as error:
            said = trouble(error, self.place)
            if said is None:
                raise
            raise said from None  # what the database says of it may name people


async def _alone(connection: AsyncConnection, place: str) -> None:
    """Until the transaction ends, no other process changes the schema."""
    if await connection.scalar(text("SHOW server_encoding")) != "UTF8":
        raise StateError(
            f"the state in {place} cannot be used: it is not in UTF8; createdb -E UTF8 -T template0 DATABASE"
        )
    await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCKING}'"))
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
