"""The queue that several nodes share: procrastinate's tables in the database of the state, made where they are missing.

They lie in a schema of their own, named after the library's version: whatever waits there can be told anew from the
schedules and the ledger, so that a newer version begins with an empty queue, while older nodes go on with theirs.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException

from service.secrets import Secret
from service.state.address import Address, parsed
from service.state.errors import StateError
from service.state.troubles import trouble

SCHEMA: Final = "busyline_jobs_" + "_".join(procrastinate.__version__.split(".")[:2])
_LOCK: Final = 0x62757379_6A6F6273  # any number that is ours alone, for PostgreSQL's advisory lock
_LINE: Final[dict[str, Any]] = {  # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "prepare_threshold": None,
    "options": f"-c search_path={SCHEMA}",
}
_QUIET: Final = ("procrastinate", "psycopg.pool")
"""Loggers of the standard library: whatever matters of theirs is told in our words, without what a peer said."""


@asynccontextmanager
async def opened(url: str, *, password: Secret | None = None) -> AsyncIterator[procrastinate.App]:
    """The queue in the database ``postgresql://…`` of [state], which may not lie behind a pooler of transactions.

    Raises StateError.
    """
    address = parsed(url, password=password)
    if address.path is not None:
        raise ValueError("SQLite has one process, which needs no queue")
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    place = address.url.set(drivername="postgresql").render_as_string(hide_password=False)
    line = {name: value for name, value in _LINE.items() if name not in address.url.query}
    with _told(address):
        await _prepare(place, line)
    pool: dict[str, Any] = {"conninfo": place, "kwargs": line, "min_size": 1, "max_size": 5, "timeout": 10.0}
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(**pool))
    with _told(address):
        await app.open_async()
    try:
        yield app
    finally:
        await app.close_async()


async def _prepare(place: str, line: dict[str, Any]) -> None:
    """Make the tables, one node at a time; all of them or none."""
    async with await psycopg.AsyncConnection.connect(place, **line) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        found = await connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",))
        if (await found.fetchone() or (None,))[0] is None:
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode())
            await connection.execute(procrastinate.schema.SchemaManager.get_schema())


@contextmanager
def _told(address: Address) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, ConnectorException) as error:
        cause = error if isinstance(error, psycopg.Error) else error.__cause__ or error
        raise trouble(cause, address.place) or _unknown(address) from None


def _unknown(address: Address) -> StateError:
    return StateError(f"the state in {address.place} cannot be used: jobs cannot be queued there; look into its log")
