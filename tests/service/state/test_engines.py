"""Tests of service/state/engines.py: each database is spoken to so that nothing that was kept is lost."""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from service.state.address import parsed
from service.state.engines import made, views
from tests.clients.postgresql import PostgreSQL


async def told(engine: AsyncEngine, questions: dict[str, object]) -> dict[str, object]:
    """What the database answers to each."""
    async with engine.connect() as connection:
        return {each: await connection.scalar(text(each)) for each in questions}


async def test_sqlite_is_used_so_that_a_power_cut_loses_nothing(tmp_path: Path) -> None:
    engine = await made(parsed(f"sqlite:{tmp_path / 'state.db'}"))
    wanted: dict[str, object] = {
        "PRAGMA journal_mode": "wal",
        "PRAGMA synchronous": 2,
        "PRAGMA foreign_keys": 1,
        "PRAGMA busy_timeout": 30_000,
    }
    assert await told(engine, wanted) == wanted
    await engine.dispose()


async def test_a_writer_of_sqlite_is_one_from_the_beginning(tmp_path: Path) -> None:
    engine = await made(parsed(f"sqlite:{tmp_path / 'state.db'}"))
    reader, writer = views(engine)
    async with reader.begin() as one, reader.begin() as other:
        assert await one.scalar(text("SELECT 1")) == await other.scalar(text("SELECT 1"))
    order: list[str] = []

    async def write(name: str) -> None:
        async with writer.begin():
            order.append(name)
            await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(write("a"), write("b"))
    assert order in (["a", "a", "b", "b"], ["b", "b", "a", "a"])
    await engine.dispose()


async def test_a_server_that_vanishes_is_missed_unless_the_address_says_otherwise(server: PostgreSQL) -> None:
    engine = await made(parsed(server.url("postgres") + "?keepalives_idle=77"))
    reader, writer = views(engine)
    isolation = "SHOW transaction_isolation"
    wanted: dict[str, object] = {"SHOW tcp_user_timeout": "0", isolation: "repeatable read"}
    assert await told(reader, wanted) == wanted  # the server's own; ours is of this side
    assert await told(writer, {isolation: ""}) == {isolation: "read committed"}
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        given = raw.info.get_parameters()
    assert (given["keepalives_idle"], given["tcp_user_timeout"]) == ("77", "50000")
    await engine.dispose()


async def test_a_driver_that_is_not_installed_is_named() -> None:
    code = (
        "import sys, asyncio\n"
        "sys.modules['psycopg'] = None\n"
        "from service.state.address import parsed\n"
        "from service.state.engines import made\n"
        "asyncio.run(made(parsed('postgresql://ann:geheim@db.example/x')))\n"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.PIPE)
    said = (await child.communicate())[1].decode().splitlines()[-1]
    assert "the driver is missing; install busyline[cluster]" in said
    assert "geheim" not in said
