"""What the tests of the ledger share: an empty database of each kind, a ledger in it, and its clock."""

from collections.abc import AsyncIterator

import pytest

from calsync.ledger.ledger import Ledger
from service.state.database import Database
from tests.service.runs.kept import Time
from tests.service.state.databases import server, url

__all__ = ["database", "ledger", "server", "time", "url"]


@pytest.fixture
def time() -> Time:
    """A clock that stands still until it is set."""
    return Time()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open one of each kind in turn."""
    async with Database.open(url) as opened:
        yield opened


@pytest.fixture
def ledger(database: Database, time: Time) -> Ledger:
    """An empty one, in each kind of database in turn."""
    return Ledger(database, clock=time.clock)
