"""Tests with a real PostgreSQL: it is what the tests of the state believe it to be."""

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from tests.clients.postgresql import PostgreSQL, postgresql

pytestmark = pytest.mark.client


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """One for all tests of this file."""
    with postgresql() as running:
        yield running


def test_each_database_is_new_and_empty(server: PostgreSQL) -> None:
    urls = [server.database() for _ in range(2)]
    assert urls[0] != urls[1]
    for url in urls:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE only_here (a int)")


def test_nobody_comes_in_without_the_password(server: PostgreSQL) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("postgres", password="guessed"))


def test_it_keeps_what_it_holds_when_it_is_stopped_and_started(server: PostgreSQL) -> None:
    url = server.database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (a int)")
    server.stop()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)
    server.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_command_that_is_wrong_is_no_silence(server: PostgreSQL) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        server.command("SELECT nothing FROM nowhere")
