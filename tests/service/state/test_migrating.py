"""Tests of service/state/migrating.py: a schema is made once, kept as it is, and refused where it is newer."""

import pytest
from sqlalchemy import Connection, inspect, text

from service.state.database import Database
from service.state.errors import StateError
from service.state.migrating import VERSION_TABLE

TABLES = {"gal_agreements", "gal_leases", "gal_pauses", "gal_runs", "gal_steps", "gal_tokens"}
TABLES |= {"gal_pair_steps", "gal_move_forwarders"}
TABLES |= {"cal_items", "cal_links", "cal_counts", "cal_asides", "cal_feeds", "cal_runs", "cal_steps", "cal_begun"}
TABLES |= {"cal_clashes", "cal_hooks", "cal_pauses", "cal_leases", "cal_lives"}


def tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if not name.startswith("sqlite_")}


async def test_an_empty_database_gets_the_schema(url: str) -> None:
    async with Database.open(url) as database, database.reading() as connection:
        assert await connection.run_sync(tables) == {*TABLES, VERSION_TABLE}


async def test_tables_of_others_are_left_alone(url: str) -> None:
    async with Database.open(url) as database, database.writing() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('of somebody else')"))
    async with Database.open(url) as database, database.reading() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "of somebody else"


async def test_a_newer_schema_is_refused_and_left_as_it_is(url: str) -> None:
    async with Database.open(url) as database, database.writing() as connection:
        await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = 'of_next_year'"))
        before = await connection.run_sync(tables)
    with pytest.raises(StateError, match="was written by a newer version of Busyline; install that one again"):
        async with Database.open(url):
            pass
    async with Database.open_as_it_is(url) as database, database.reading() as connection:
        assert await connection.run_sync(tables) == before
        assert await connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "of_next_year"


async def test_a_step_that_fails_leaves_nothing_behind(url: str) -> None:
    async with Database.open(url) as database, database.writing() as connection:
        await connection.execute(text(f"DELETE FROM {VERSION_TABLE}"))
        await connection.execute(text("DROP TABLE gal_agreements"))  # the first that a step makes; the second is there
    with pytest.raises(Exception, match="gal_runs"):
        async with Database.open(url):
            pass
    async with Database.open_as_it_is(url) as database, database.reading() as connection:
        assert await connection.run_sync(tables) == {*TABLES, VERSION_TABLE} - {"gal_agreements"}
