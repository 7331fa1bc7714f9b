"""The keys are published in two documents, unless the service is down."""

import aiohttp

from simulation.estate import Estate
from simulation.microsoft.issuer import TENANT
from simulation.microsoft.server import MicrosoftServer


async def test_both_documents_are_published_for_the_tenant_alone(estate: Estate) -> None:
    async with MicrosoftServer(estate) as server, aiohttp.ClientSession(server.url) as session:
        kid = server.service.keys[0].x5t
        async with session.get(f"/{TENANT}/discovery/keys") as response:
            assert [entry["kid"] for entry in (await response.json())["keys"]] == [kid]
        async with session.get(f"/{TENANT}/metadata/json/1") as response:
            assert [entry["keyinfo"]["x5t"] for entry in (await response.json())["keys"]] == [kid]
        async with session.get("/common/discovery/keys") as response:
            assert response.status == 404
        server.down = True
        async with session.get(f"/{TENANT}/discovery/keys") as response:
            assert response.status == 503
        assert server.questions == []
