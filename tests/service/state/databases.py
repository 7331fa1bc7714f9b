"""Both databases for tests: a new, empty one of each kind, and a table to play with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.postgresql import PostgreSQL, postgresql

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def server() -> Iterator[PostgreSQL]:
    """A PostgreSQL for all tests of the run that need one."""
    with postgresql() as running:
        yield running


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind, as [state] names it."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'state.db'}"
    running: PostgreSQL = request.getfixturevalue("server")
    return running.database()
