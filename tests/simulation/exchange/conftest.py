"""A server with somebody who asks it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from tests.simulation.exchange.asking import Asker


@pytest_asyncio.fixture
async def asker(estate: Estate) -> AsyncIterator[Asker]:
    async with ExchangeServer(estate) as server, aiohttp.ClientSession() as session:
        yield Asker(server, session)
