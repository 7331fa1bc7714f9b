"""Tokens go to applications that prove themselves."""

import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.simulation.graph.asking import BASIC, Asker


async def test_secrets_and_assertions(asker: Asker) -> None:
    endpoint = f"{asker.server.url}/{asker.server.tenant}/oauth2/v2.0/token"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def asserted(header: dict[str, str], **claims: object) -> str:
        claims = {"iss": BASIC.client_id, "sub": BASIC.client_id, "aud": endpoint, "exp": time.time() + 600} | claims
        answer = await asker.token(
            client_id=BASIC.client_id,
            client_assertion=jwt.encode(claims, key, algorithm="RS256", headers=header),
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        return str(answer.get("token_type") or answer["error"])

    assert "access_token" in await asker.token(client_id=BASIC.client_id, client_secret=BASIC.secret)
    wrong = await asker.token(client_id=BASIC.client_id, client_secret="wrong")
    assert wrong["error_description"].startswith("AADSTS7000215")
    assert (await asker.token(client_id="other", client_secret=BASIC.secret))["error"] == "unauthorized_client"
    assert await asserted({"x5t": "abc"}) == "Bearer"
    assert await asserted({}) == "invalid_client"
    assert await asserted({"x5t": "abc"}, aud="https://elsewhere.example") == "invalid_client"
    assert await asserted({"x5t": "abc"}, exp=time.time() - 600) == "invalid_client"
    assert await asserted({"x5t": "abc"}, sub="other") == "invalid_client"
