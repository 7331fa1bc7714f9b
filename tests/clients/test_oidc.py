"""Tokens of oidc-provider, an issuer that others wrote, at our gate: believed, rolled over, and refused for others."""

import asyncio
from collections.abc import Iterator

import pytest

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.oidc import OidcTokens, TrustedIssuer
from proxy.auth.oidc_keys import IssuerKeys
from service.wire import Wire
from tests.clients.oauth_clients import Issuer, issuer

NAME, TENANT, OURS, THEIRS = (
    "https://login.northwind.example/",
    "staff",
    "https://busy.example.com",
    "https://x.example",
)
DASHBOARD = Caller("dashboard", "Northwind", "oidc")


@pytest.fixture(scope="module")
def provider() -> Iterator[Issuer]:
    """The provider, which calls its one client "exchange"."""
    audiences = {f"{OURS}/": OURS, f"{THEIRS}/": THEIRS}
    with issuer(NAME, TENANT, audiences=audiences, claims={}) as running:
        yield running


def _tokens(keys: IssuerKeys, name: str = NAME) -> OidcTokens:
    trusted = TrustedIssuer(
        issuer=name,
        audiences=(OURS,),
        algorithms=frozenset({"RS256"}),
        leeway=60,
        subjects={},
        clients={"exchange": DASHBOARD},
        keys=keys,
    )
    return OidcTokens([trusted])


async def _shown(tokens: OidcTokens, provider: Issuer, resource: str) -> Caller | Refused | None:
    return await tokens.identify(Knock(f"Bearer {await asyncio.to_thread(provider.token, resource)}"))


async def test_its_token_for_us_proves_its_client_and_none_for_others(provider: Issuer) -> None:
    now = 1_000.0
    async with Wire() as wire:
        keys = IssuerKeys(NAME, wire.send, jwks_url=f"{provider.url}/{TENANT}/discovery/keys", clock=lambda: now)
        tokens = _tokens(keys)
        assert await _shown(tokens, provider, f"{OURS}/") == DASHBOARD
        for wrong in (
            await _shown(tokens, provider, f"{THEIRS}/"),
            await _shown(_tokens(keys, NAME.rstrip("/")), provider, f"{OURS}/"),
        ):
            assert isinstance(wrong, Refused)
        await asyncio.to_thread(provider.roll)
        assert isinstance(await _shown(tokens, provider, f"{OURS}/"), Refused)  # no hurry: five minutes apart
        now += 300
        assert await _shown(tokens, provider, f"{OURS}/") == DASHBOARD
        await keys.close()


async def test_its_keys_are_not_taken_from_a_discovery_document_of_another_name(provider: Issuer) -> None:
    async with Wire() as wire:
        elsewhere = IssuerKeys(provider.url, wire.send)  # the document there says NAME
        assert not await elsewhere.get(None, "RS256")
        await elsewhere.close()
