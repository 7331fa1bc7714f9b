"""Tests of service/state/migrations/versions/cal_tables.py: what it makes is what the ledger of the hubs uses."""

from sqlalchemy import create_engine, inspect

from calsync.ledger import tables
from service.state.columns import METADATA
from service.state.migrating import migrate
from service.state.migrations.versions import cal_tables

OURS = [table for name, table in METADATA.tables.items() if name.startswith("cal_")]


def test_it_stands_on_another() -> None:
    assert cal_tables.down_revision is not None


def test_what_it_makes() -> None:
    assert tables.__name__.startswith("calsync.")
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection, "memory")
        there = inspect(connection)
        found = {table.name: [each["name"] for each in there.get_columns(table.name)] for table in OURS}
        keys = {table.name: there.get_pk_constraint(table.name)["constrained_columns"] for table in OURS}
    engine.dispose()
    assert len(OURS) > 5
    assert found == {table.name: [column.name for column in table.columns] for table in OURS}
    assert keys == {table.name: [column.name for column in table.primary_key.columns] for table in OURS}
