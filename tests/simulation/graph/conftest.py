"""A server with somebody who asks it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from simulation.estate import Estate
from simulation.graph import GraphServer
from tests.simulation.graph.asking import BASIC, POWERLESS, READER, Asker


@pytest_asyncio.fixture
async def asker(estate: Estate) -> AsyncIterator[Asker]:
    applications = (BASIC, READER, POWERLESS)
    async with GraphServer(estate, applications=applications) as server, aiohttp.ClientSession() as session:
        yield Asker(server, session)
