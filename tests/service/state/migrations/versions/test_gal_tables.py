"""Tests of service/state/migrations/versions/gal_tables.py: the first step stands alone, and what it makes stays."""

from sqlalchemy import create_engine, inspect

from service.state.migrating import migrate
from service.state.migrations.versions import gal_tables

COLUMNS = {
    "gal_agreements": "sync place anchor key address fields digests more retired_at",
    "gal_runs": "number sync kind state note words counts begun_at ended_at",
    "gal_steps": "number run place anchor act why state key words content",
    "gal_tokens": "sync source text read_at people",
    "gal_pauses": "sync why since",
    "gal_leases": "sync holder until",
}


def test_it_is_the_first() -> None:
    assert gal_tables.down_revision is None


def test_what_it_makes() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection, "memory")
        found = {
            name: " ".join(each["name"] for each in inspect(connection).get_columns(name))
            for name in inspect(connection).get_table_names()
            if name in COLUMNS
        }
    engine.dispose()
    assert found == COLUMNS
