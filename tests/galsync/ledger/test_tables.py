"""Tests of galsync/ledger/tables.py: what the migrations make is what the tables say, on both databases."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Table, Text

from calsync.ledger import tables as hubs
from galsync.forwarding.records import FORWARDERS
from galsync.ledger import tables
from galsync.pairs.tables import PAIR_STEPS
from service.state.columns import METADATA
from service.state.database import Database
from service.state.migrating import VERSION_TABLE


def differences(connection: Connection) -> list[Any]:
    """What a migration would have to do."""
    options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


async def test_the_migrated_schema_is_the_one_of_the_tables(url: str) -> None:
    async with Database.open(url) as database, database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_difference_is_seen(url: str) -> None:
    extra = Table("gal_planted", METADATA, Column("a", Text, primary_key=True))
    try:
        async with Database.open(url) as database, database.reading() as connection:
            assert [each[0] for each in await connection.run_sync(differences)] == ["add_table"]
    finally:
        METADATA.remove(extra)


def test_every_table_is_of_a_room_that_is_looked_at_here() -> None:
    ours = {each.name for each in vars(tables).values() if isinstance(each, Table)}
    ours |= {each.name for each in vars(hubs).values() if isinstance(each, Table)}
    assert {*METADATA.tables} == {*ours, PAIR_STEPS.name, FORWARDERS.name}
