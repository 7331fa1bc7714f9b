"""Tests of service/state/troubles.py: every trouble is told in words of ours, with what mends it."""

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.state.troubles import trouble


def wrapped(error: Exception, statement: str | None = "SELECT 1") -> DBAPIError:
    """As the library raises what a driver raised."""
    return DBAPIError(statement, None, error)


def of_sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("zoe@contoso.example")
    error.sqlite_errorname = name
    return error


class OperationalError(Exception):
    """As psycopg's is named, for where it is not installed."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


class ProgrammingError(OperationalError):
    """Likewise."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (of_sqlite("SQLITE_FULL"), "the disk is full; make room"),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), "another process keeps it locked"),
        (of_sqlite("SQLITE_READONLY_DBMOVED"), "it may not be written"),
        (of_sqlite("SQLITE_IOERR_FSYNC"), "the disk fails"),
        (of_sqlite("SQLITE_CORRUPT_INDEX"), "it is damaged"),
        (OperationalError("x", "53100"), "its disk is full"),
        (OperationalError("x", "28P01"), "it refuses this user or password"),
        (OperationalError("x", "57P01"), "it is going down"),
        (OperationalError("x", "40P01"), "it gave way"),
        (OperationalError("the connection is closed"), "it cannot be reached"),
    ],
)
def test_a_trouble_is_told(error: Exception, words: str) -> None:
    said = str(trouble(wrapped(error), "/var/lib/state.db"))
    assert words in said
    assert said.startswith("the state in /var/lib/state.db cannot be used: ")
    assert "zoe" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('FATAL:  password authentication failed for user "zoe"', "it refuses this user or password"),
        ('FATAL:  database "people-of-zoe" does not exist', "it has no such database"),
        ("failed to resolve host 'nowhere.example'", "its name leads nowhere"),
        ("Connection refused", "nothing listens there"),
        ("SSL error: certificate verify failed", "its certificate does not fit"),
        ("server does not support SSL, but SSL was required", "TLS with it fails"),
        ("etwas anderes", "it cannot be reached"),
    ],
)
def test_why_nobody_is_let_in(text: str, words: str) -> None:
    said = str(trouble(wrapped(OperationalError(text), None), "postgresql://db.example/x"))
    assert words in said
    assert "zoe" not in said


def test_an_option_that_is_not_known() -> None:
    error = wrapped(ProgrammingError('invalid connection option "x"'), None)
    assert "option that is not known" in str(trouble(error, "postgresql://db.example/x"))


def test_a_pool_that_is_used_up() -> None:
    assert "does not answer in time" in str(trouble(PoolTimeoutError(), "x"))


@pytest.mark.parametrize(
    "error", [of_sqlite("SQLITE_ERROR"), of_sqlite("SQLITE_CONSTRAINT_UNIQUE"), ProgrammingError("x", "42P01")]
)
def test_a_mistake_of_ours_is_no_trouble_of_the_database(error: Exception) -> None:
    assert trouble(wrapped(error), "x") is None
