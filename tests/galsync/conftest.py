"""What the tests of galsync share: an empty database of each kind, a ledger in it, and its clock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from galsync.ledger.ledger import Ledger
from service.state.database import Database
from tests.clients.postgresql import PostgreSQL
from tests.galsync.remembered import Clock
from tests.service.state.databases import server, url

__all__ = ["clock", "database", "ledger", "postgresql_database", "server", "sqlite_database", "url"]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is set."""
    return Clock()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open one of each kind in turn."""
    async with Database.open(url) as opened:
        yield opened


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    """An empty one, in each kind of database in turn."""
    return Ledger(database, clock=clock)


@pytest.fixture
async def sqlite_database(tmp_path: Path) -> AsyncIterator[Database]:
    """An open one in a file."""
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as opened:
        yield opened


@pytest.fixture
async def postgresql_database(server: PostgreSQL) -> AsyncIterator[Database]:
    """An open one of a server."""
    async with Database.open(server.database()) as opened:
        yield opened
