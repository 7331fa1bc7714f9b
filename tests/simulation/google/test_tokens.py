"""Tokens go to those who prove themselves."""

import time
from dataclasses import replace
from datetime import date

import aiohttp
import jwt

from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.google import GoogleServer, ServiceAccount
from tests.simulation.google.asking import Asker


async def test_tokens_go_to_those_who_prove_themselves(asker: Asker) -> None:
    assert "access_token" in await asker.token()
    assert (await asker.token("nobody@northwind.example"))["error_description"] == "Invalid email or User ID"
    assert (await asker.token(key=ServiceAccount().key))["error_description"] == "Invalid JWT Signature."
    assert (await asker.token(scope="https://www.googleapis.com/auth/drive"))["error"] == "unauthorized_client"
    assert (await asker.token(exp=int(time.time()) - 600))["error"] == "invalid_grant"
    assert (await asker.token(exp=int(time.time()) + 7200))["error"] == "invalid_grant"
    assert (await asker.token(aud="https://elsewhere.example"))["error"] == "invalid_grant"
    assert "access_token" in await asker.granted(grant_type="refresh_token", refresh_token="1//refresh")
    assert (await asker.granted(grant_type="refresh_token", refresh_token="1//other"))["error"] == "invalid_grant"
    asker.server.faults.tokens = Trouble.THROTTLED
    assert (await asker.token())["error"] == "temporarily_unavailable"


async def test_a_second_service_account_has_a_key_of_its_own() -> None:
    other = ServiceAccount(email="address-book@northwind.example", key_id="other")
    async with GoogleServer(Estate(date(2026, 11, 23)), others=(other,)) as server, aiohttp.ClientSession() as session:
        asker = Asker(server, session)
        for account, well in ((server.account, True), (other, True), (replace(other, key_id="nobody's"), False)):
            claims: dict[str, object] = {"iss": account.email, "aud": server.token_url, "scope": account.scopes[0]}
            claims |= {"iat": int(time.time()), "exp": int(time.time()) + 60}
            proof = jwt.encode(claims, account.key, "RS256", {"kid": account.key_id})
            told = await asker.granted(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=proof)
            assert ("access_token" in told) is well
