"""Tokens go to those who prove themselves."""

import time

from simulation.faults import Trouble
from simulation.google import ServiceAccount
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
