"""Tests of galsync/pairs/tables.py: what the migrations make is what is written into."""

from sqlalchemy import create_engine, inspect

from galsync.pairs.tables import PAIR_STEPS
from service.state.migrating import migrate


def test_the_migrations_make_the_table() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection, "memory")
        found = inspect(connection)
        columns = [each["name"] for each in found.get_columns(PAIR_STEPS.name)]
        indexes = {each["name"] for each in found.get_indexes(PAIR_STEPS.name)}
    engine.dispose()
    assert columns == [column.name for column in PAIR_STEPS.columns]
    assert indexes == {index.name for index in PAIR_STEPS.indexes}
