"""Tests of service/state/migrations/env.py: the steps are taken within the transaction that they are handed."""

from sqlalchemy import Connection, create_engine, inspect

from service.state.migrating import VERSION_TABLE, migrate


def has_schema(connection: Connection) -> bool:
    return inspect(connection).has_table(VERSION_TABLE)


def test_what_is_rolled_back_was_never_there() -> None:
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        migrate(connection, "memory")
        assert has_schema(connection)
        connection.exec_driver_sql("ROLLBACK")
        assert not has_schema(connection)
    engine.dispose()
