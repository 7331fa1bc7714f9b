"""A server with somebody who asks it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from simulation.estate import Estate
from simulation.google import GoogleServer
from tests.simulation.google.asking import ACCOUNT, LOOKER, Asker


@pytest_asyncio.fixture
async def asker(estate: Estate) -> AsyncIterator[Asker]:
    async with (
        GoogleServer(estate, account=ACCOUNT, refresh={"1//refresh": LOOKER}) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Asker(server, session)
