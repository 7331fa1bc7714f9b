"""Strangers at both ends of a token: their OAuth clients at our endpoint, their issuer's tokens at our gate."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from protocols.ews.xoauth.clouds import CLOUDS
from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.microsoft import MicrosoftTokens
from proxy.auth.microsoft_keys import TenantKeys
from service.wire import Wire
from simulation.callers.google_oauth import GoogleOAuthCaller
from simulation.estate import Estate
from simulation.microsoft import TENANT
from simulation.microsoft.issuer import EXCHANGE
from tests.clients.estate_proxy import HOST, LOOKER, PASSWORD, EstateProxy, estate_proxy
from tests.clients.oauth_clients import Issuer, busy, fetched, issuer
from tests.proxy.served import question

OURS, THEIRS = "https://busy.example.com/", "https://elsewhere.example/"
CLIENT = "north wind+interop:1"  # what only a right encoding brings over
PERSON = "amelia.fraser@fabrikam.example"
DAY = (datetime(2026, 11, 23), datetime(2026, 11, 25))  # noqa: DTZ001  wall clock times
HYBRID = Caller("hybrid", "Contoso", "microsoft")


@pytest.fixture(scope="module")
def provider() -> Iterator[Issuer]:
    """oidc-provider under the name that Entra ID has for the tenant, with claims of an actor token."""
    claims = {
        "nameid": f"{EXCHANGE}@{TENANT}",
        "identityprovider": f"00000001-0000-0000-c000-000000000000@{TENANT}",
        "trustedfordelegation": "true",
    }
    audiences = {OURS: f"{EXCHANGE}/{HOST}@{TENANT}", THEIRS: f"{EXCHANGE}/elsewhere.example@{TENANT}"}
    with issuer(f"https://sts.windows.net/{TENANT}/", TENANT, audiences=audiences, claims=claims) as running:
        yield running


@pytest.fixture
async def here(tmp_path: Path, estate: Estate, provider: Issuer) -> AsyncIterator[EstateProxy]:
    """The whole proxy with a caller for each kind of token."""
    extra = f"""
[[callers]]
name = "northwind"
oauth = {{ client_id = "{CLIENT}", secret = "file:caller.hash" }}
may_ask = ["*"]

[[callers]]
name = "hybrid"
microsoft = {{ tenants = ["{TENANT}"] }}
may_ask = ["*"]

[microsoft]
login_url = "{provider.url}"
"""
    async with estate_proxy(tmp_path, estate, subject=LOOKER, extra=extra) as running:
        yield running


async def _asked(here: EstateProxy, authorization: str) -> tuple[int, str | None]:
    """The status of a question to EWS, and the diagnostics."""
    tls = ssl.create_default_context(cafile=str(here.ca))
    headers = {"Authorization": authorization, "Content-Type": "text/xml; charset=utf-8"}
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session,
        session.post(here.ews_url, data=question(PERSON), headers=headers) as response,
    ):
        return response.status, response.headers.get("x-ms-diagnostics")


async def test_exchangelib_fetches_a_token_and_asks_with_it(here: EstateProxy) -> None:
    seen = await asyncio.to_thread(
        busy, here.ews_url, f"{here.url}/oauth/token", CLIENT, PASSWORD, PERSON, DAY, ca=here.ca
    )
    assert seen > 0
    assert here.questions["fabrikam"] == 1


async def test_google_fetches_one_token_and_sees_who_is_busy(here: EstateProxy) -> None:
    tls = ssl.create_default_context(cafile=str(here.ca))
    google = GoogleOAuthCaller(
        url=here.ews_url, token_url=f"{here.url}/oauth/token", client_id=CLIENT, client_secret=PASSWORD, ssl=tls
    )
    async with google:
        for _ in range(3):
            (seen,) = await google.availability([PERSON], *(each.replace(tzinfo=UTC) for each in DAY))
            assert seen.known
            assert seen.blocks
        assert google.fetched == 1


@pytest.mark.parametrize("way", ["post", "basic"])
async def test_openid_client_fetches_a_token_in_both_ways(here: EstateProxy, way: str) -> None:
    endpoint = f"{here.url}/oauth/token"
    answer = await asyncio.to_thread(fetched, endpoint, CLIENT, PASSWORD, way=way, ca=here.ca, scope="a b")
    token = answer.pop("access_token")
    assert answer == {"token_type": "bearer", "expires_in": 3_600, "scope": "a b"}
    assert await _asked(here, f"Bearer {token}") == (200, None)


@pytest.mark.parametrize("way", ["post", "basic"])
async def test_openid_client_understands_the_refusal(here: EstateProxy, way: str) -> None:
    endpoint = f"{here.url}/oauth/token"
    answer = await asyncio.to_thread(fetched, endpoint, CLIENT, "wrong", way=way, ca=here.ca)
    told = answer["failed"], answer["status"]
    assert told == (("invalid_client", 401) if way == "post" else ("OAUTH_WWW_AUTHENTICATE_CHALLENGE", 401))


async def test_a_token_of_oidc_provider_opens_ews_and_none_for_another_host(
    here: EstateProxy, provider: Issuer
) -> None:
    right, wrong = await asyncio.to_thread(provider.token, OURS), await asyncio.to_thread(provider.token, THEIRS)
    assert await _asked(here, f"Bearer {right}") == (200, None)
    status, diagnostics = await _asked(here, f"Bearer {wrong}")
    assert (status, (diagnostics or "")[:7]) == (401, "2000003")
    head, claims, signature = right.split(".")
    status, diagnostics = await _asked(here, f"Bearer {head}.{claims}.{signature[:-8]}AAAAAAAA")
    assert (status, (diagnostics or "")[:7]) == (401, "2000000")


async def test_a_key_of_oidc_provider_is_unknown_until_the_keys_are_looked_for_again(provider: Issuer) -> None:
    now = 1_000.0
    async with Wire() as wire:
        documents = (f"{provider.url}/{TENANT}/discovery/keys",)
        keys = TenantKeys(TENANT, documents, wire.send, clock=lambda: now)
        tokens = MicrosoftTokens(
            callers={(TENANT, EXCHANGE): HYBRID},
            keys={TENANT: keys},
            client_id=EXCHANGE,
            hostnames=[HOST],
            cloud=CLOUDS["global"],
        )
        old = Knock(f"Bearer {await asyncio.to_thread(provider.token, OURS)}")
        assert await tokens.identify(old) == HYBRID
        await asyncio.to_thread(provider.roll)
        new = Knock(f"Bearer {await asyncio.to_thread(provider.token, OURS)}")
        refused = await tokens.identify(new)
        assert isinstance(refused, Refused)
        assert refused.reason == "microsoft-key"
        now += 300
        assert await tokens.identify(new) == HYBRID
        await keys.close()
