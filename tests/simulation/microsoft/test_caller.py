"""The hybrid caller probes first, believes no challenge that does not name its issuer, and brings its token then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from aiohttp import web

from simulation.microsoft.caller import HybridCaller
from simulation.microsoft.issuer import EXCHANGE, TENANT, TokenService

SERVICE = TokenService()
START, END = datetime.fromisoformat("2026-11-23T00:00"), datetime.fromisoformat("2026-11-24T00:00")


@asynccontextmanager
async def _other_side(challenge: str) -> AsyncIterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server that always answers with ``challenge``; its address, and what it was shown."""
    shown: list[tuple[str, bytes]] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        shown.append((request.headers.get("Authorization", ""), await request.read()))
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/autodiscover/autodiscover.svc", shown
    finally:
        await runner.cleanup()


async def _asked(challenge: str) -> list[tuple[str, bytes]]:
    async with _other_side(challenge) as (url, shown):
        caller = HybridCaller(service=SERVICE, domain="fabrikam.example", discovery_url=url)
        async with caller:
            (seen,) = await caller.availability(["ann@fabrikam.example"], START, END)
        assert seen.code == "ErrorAutoDiscoverFailed"
    return shown


async def test_the_probe_is_empty_and_the_token_follows_the_challenge() -> None:
    issuer = f"00000001-0000-0000-c000-000000000000@{TENANT}"
    probe, asked = await _asked(f'Bearer client_id="{EXCHANGE}", trusted_issuers="x@y,{issuer}"')
    assert probe == ("Bearer", b"")
    assert asked[0].startswith("Bearer eyJ")
    assert b"GetUserSettingsRequestMessage" in asked[1]


@pytest.mark.parametrize(
    "challenge",
    [
        'Basic realm=""',
        f'Bearer client_id="{EXCHANGE}", trusted_issuers="00000001-0000-0000-c000-000000000000@other"',
        f'Bearer client_id="other", trusted_issuers="00000001-0000-0000-c000-000000000000@{TENANT}"',
    ],
)
async def test_no_token_goes_to_whom_does_not_know_the_issuer(challenge: str) -> None:
    assert [authorization for authorization, _ in await _asked(challenge)] == ["Bearer"]
