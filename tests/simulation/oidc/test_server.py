"""The issuer's documents are published below its name, and tokens given for the right secret."""

import aiohttp
import jwt

from simulation.estate import Estate
from simulation.oidc import OidcServer
from simulation.oidc.server import PATH, SECRET

FORM = {"grant_type": "client_credentials", "client_id": "rooms", "client_secret": SECRET, "resource": "us"}


async def test_documents_and_tokens_and_silence_while_down(estate: Estate) -> None:
    async with OidcServer(estate) as server, aiohttp.ClientSession(server.url) as session:
        async with session.get(f"{PATH}/.well-known/openid-configuration") as response:
            document = await response.json()
        assert document["issuer"] == server.issuer.issuer == server.url + PATH
        async with session.get(document["jwks_uri"]) as response:
            assert (await response.json()) == server.issuer.key_set()
        async with session.post(document["token_endpoint"], data=FORM) as response:
            token = (await response.json())["access_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert (claims["aud"], claims["azp"], claims["sub"]) == ("us", "rooms", "service-account-rooms")
        async with session.post(document["token_endpoint"], data=FORM | {"client_secret": "x"}) as response:
            assert response.status == 401
        async with session.get("/elsewhere") as response:
            assert response.status == 404
        server.down = True
        async with session.get(document["jwks_uri"]) as response:
            assert response.status == 503
        assert server.questions == []
