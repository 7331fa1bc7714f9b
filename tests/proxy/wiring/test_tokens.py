"""Tokens through the whole proxy: Exchange with a connector asks with Microsoft's, and only with the right ones."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from string import Template
from typing import Any

import aiohttp
import pytest

from protocols.ews.xoauth.clouds import CLOUDS
from proxy.settings.tokens import MicrosoftSettings
from proxy.wiring.tokens import _cloud
from simulation.callers.reading import Seen
from simulation.microsoft import TENANT, HybridCaller, MicrosoftServer, TokenService
from tests.clients.estate_proxy import EstateProxy
from tests.proxy.crowds import ESTATE, MORE_CALLERS, World

PERSON, REQUESTER = "amelia.fraser@fabrikam.example", "anna.schneider@contoso.example"
START, END = datetime.fromisoformat("2026-11-23T00:00"), datetime.fromisoformat("2026-11-25T00:00")
_TOML = Template("""
[[callers]]
name = "contoso-hybrid"
microsoft = { tenants = ["$tenant"] }
may_ask = ["*"]

[microsoft]
login_url = "$login_url"
""")


class Hybrid:
    """What runs: the proxy, Microsoft, and Exchange that asks."""

    def __init__(self, here: EstateProxy, microsoft: MicrosoftServer) -> None:
        self.here, self.microsoft = here, microsoft

    def caller(self, **knobs: Any) -> HybridCaller:
        """Exchange, with its connector."""
        return HybridCaller(
            service=knobs.pop("service", self.microsoft.service),
            domain="fabrikam.example",
            discovery_url=self.here.settings_url,
            ssl=ssl.create_default_context(cafile=str(self.here.ca)),
            **knobs,
        )

    async def seen(self, **knobs: Any) -> Seen:
        """What it sees of one person."""
        async with self.caller(person=REQUESTER, **knobs) as caller:
            (seen,) = await caller.availability([PERSON], START, END)
        return seen


@asynccontextmanager
async def _hybrid(world: World) -> AsyncIterator[Hybrid]:
    async with MicrosoftServer(ESTATE) as microsoft:
        extra = MORE_CALLERS + _TOML.substitute(tenant=TENANT, login_url=microsoft.url)
        async with world(extra=extra) as here:
            yield Hybrid(here, microsoft)


async def test_exchange_probes_discovers_and_sees_who_is_busy(world: World) -> None:
    async with _hybrid(world) as hybrid, hybrid.caller(person=REQUESTER) as caller:
        for _ in range(2):
            (seen,) = await caller.availability([PERSON], START, END)
            assert seen.known
            assert seen.blocks
        first = caller.challenges[0]
        assert first["trusted_issuers"] == f"00000001-0000-0000-c000-000000000000@{TENANT}"
        assert first["client_id"] == "00000002-0000-0ff1-ce00-000000000000"
        assert "error" not in first
        assert len(caller.challenges) == 4  # before discovery and before the question, each time
        assert len(hybrid.microsoft.calls) == 2  # both documents, once


async def test_an_actor_token_alone_is_enough(world: World) -> None:
    async with _hybrid(world) as hybrid, hybrid.caller() as caller:
        (seen,) = await caller.availability([PERSON], START, END)
        assert seen.known


async def test_a_key_that_was_rolled_over_in_between_is_looked_for(world: World) -> None:
    async with _hybrid(world) as hybrid:
        hybrid.microsoft.down = True
        assert (await hybrid.seen()).code == "ErrorAutoDiscoverFailed"  # no key, nobody is believed
        assert len(hybrid.microsoft.calls) == 2
        assert (await hybrid.seen()).code == "ErrorAutoDiscoverFailed"
        assert len(hybrid.microsoft.calls) == 2  # and nobody asks again in a hurry


@pytest.mark.parametrize("knobs", [{"host": "mail.fabrikam.example"}, {"service": TokenService()}])
async def test_a_token_for_another_host_or_by_another_key_opens_nothing(world: World, knobs: dict[str, Any]) -> None:
    async with _hybrid(world) as hybrid:
        assert (await hybrid.seen(**knobs)).code == "ErrorAutoDiscoverFailed"
        assert (await hybrid.seen()).known


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", None])
async def test_the_challenge_lists_microsofts_way_and_basic(world: World, authorization: str | None) -> None:
    async with _hybrid(world) as hybrid:
        status, offers, diagnostics = await _challenges(hybrid, authorization)
    assert (status, [offer.partition(" ")[0] for offer in offers], diagnostics) == (401, ["Bearer", "Basic"], None)


async def test_a_wrong_token_is_told_in_exchanges_own_words(world: World) -> None:
    async with _hybrid(world) as hybrid:
        token = hybrid.microsoft.service.token("mail.fabrikam.example", REQUESTER)
        status, offers, diagnostics = await _challenges(hybrid, f"Bearer {token}")
    assert status == 401
    (offer,) = offers
    assert offer.endswith('error="invalid_token"')
    words = "The audience of the token is another host."
    assert diagnostics == f'2000003;reason="{words}";error_category="invalid_resource"'


async def _challenges(hybrid: Hybrid, authorization: str | None) -> tuple[int, list[str], str | None]:
    tls = ssl.create_default_context(cafile=str(hybrid.here.ca))
    headers = {} if authorization is None else {"Authorization": authorization}
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session,
        session.post(hybrid.here.ews_url, data=b"", headers=headers) as response,
    ):
        return (
            response.status,
            response.headers.getall("WWW-Authenticate"),
            response.headers.get("x-ms-diagnostics"),
        )


def test_another_host_stands_for_both_documents() -> None:
    cloud = _cloud(MicrosoftSettings(login_url="https://login.example.com"))
    assert cloud.documents("t") == (
        "https://login.example.com/t/metadata/json/1",
        "https://login.example.com/t/discovery/keys",
    )
    assert _cloud(MicrosoftSettings(cloud="china")) is CLOUDS["china"]
