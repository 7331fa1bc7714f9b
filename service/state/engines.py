"""How each of the two databases is spoken to: by which driver, how patiently, and how a transaction begins."""

import asyncio
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.state.address import Address
from service.state.errors import StateError
from service.state.files import PATIENCE, prepare

_BEGIN: Final = "busyline_begin"
_SERVER: Final[dict[str, object]] = {  # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    "connect_timeout": 10,
    "keepalives_idle": 20,  # a server that vanished in the middle of an answer is missed within a minute
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
    "client_encoding": "utf8",
    "prepare_threshold": None,  # a pooler in between may give each transaction to another session, which knows of none
}
"""What holds unless the address says otherwise."""


async def made(address: Address) -> AsyncEngine:
    """Nothing is connected yet; the file of SQLite is made where it is not there. Raises StateError."""
    if address.path is not None:
        await asyncio.to_thread(prepare, address.path)
        engine = create_async_engine(address.url, hide_parameters=True, connect_args={"timeout": PATIENCE})
        event.listen(engine.sync_engine, "connect", _sqlite_connected)
        event.listen(engine.sync_engine, "begin", _sqlite_begun)
        return engine
    options = {name: value for name, value in _SERVER.items() if name not in address.url.query}
    try:
        return create_async_engine(address.url, hide_parameters=True, pool_pre_ping=True, connect_args=options)
    except ImportError:
        raise StateError(
            f"the state in {address.place} cannot be used: the driver is missing; install busyline[cluster], or "
            'write "sqlite:PATH" under [state]'
        ) from None


def views(engine: AsyncEngine) -> tuple[AsyncEngine, AsyncEngine]:
    """The same engine for whoever reads, and sees one state of the database, and for whoever writes."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ"), engine
    return engine, engine.execution_options(**{_BEGIN: "IMMEDIATE"})


def _sqlite_connected(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction by itself: _sqlite_begun does
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):  # FULL: what was said to be kept outlives a power cut
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begun(connection: Any) -> None:
    # who means to write says so at once: a reader that becomes a writer is refused where another wrote meanwhile
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}")
