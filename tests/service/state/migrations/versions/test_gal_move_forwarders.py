"""Tests of service/state/migrations/versions/gal_move_forwarders.py."""

from sqlalchemy import create_engine, inspect

from galsync.forwarding.records import FORWARDERS
from service.state.migrating import migrate
from service.state.migrations.versions import gal_move_forwarders


def test_it_stands_on_another() -> None:
    assert gal_move_forwarders.down_revision is not None


def test_what_it_makes() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection, "memory")
        found = [each["name"] for each in inspect(connection).get_columns(FORWARDERS.name)]
        keys = inspect(connection).get_pk_constraint(FORWARDERS.name)["constrained_columns"]
    engine.dispose()
    assert found == [column.name for column in FORWARDERS.columns]
    assert keys == [column.name for column in FORWARDERS.primary_key.columns]
