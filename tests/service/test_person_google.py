"""A person signs in to the simulated Google with a browser: PKCE, the renewal, and each refusal in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from certs import first_run, pem
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.connections import Connection, Connections
from service.person_google import DesktopApplication, GooglePersonTokens, sign_in
from service.secrets import Reference, Secret
from service.wire import BlockingWire
from service.wire_blocking import client_context
from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.google.browser_sign_in import CLIENT_ID, CLIENT_SECRET, PAGE
from simulation.google.server import GoogleServer

JACK, SCOPE = "jack.thompson@northwind.example", "https://www.googleapis.com/auth/contacts.readonly"


class World:
    """A sign-in host over TLS, and a browser that opens what it is shown."""

    def __init__(
        self, server: GoogleServer, wire: BlockingWire, directory: Path, browser: aiohttp.ClientSession
    ) -> None:
        self.server, self.wire, self.browser = server, wire, browser
        self.connections = Connections(directory / "kept", Reference.parse("file:kept.key"), beside=directory)
        self.application = DesktopApplication(
            client_id=CLIENT_ID,
            secret=Secret(CLIENT_SECRET),
            scopes=(SCOPE,),
            auth_url=f"{server.url}{PAGE}",
            token_url=server.token_url,
        )
        self.pages: list[str] = []

    async def signed_in(self, *, seconds: float = 30, opens: bool = True) -> Connection:
        shown: asyncio.Queue[str] = asyncio.Queue()
        waiting = asyncio.create_task(sign_in(self.wire, self.application, show=shown.put_nowait, seconds=seconds))
        self.pages.append(await shown.get())
        if opens:
            async with self.browser.get(self.pages[-1]) as answer:
                assert answer.status in (200, 400)
        return await waiting

    def tokens(self, application: DesktopApplication | None = None) -> GooglePersonTokens:
        return GooglePersonTokens(
            self.wire, application=application or self.application, connections=self.connections, name="jack"
        )


@asynccontextmanager
async def world(directory: Path, person: str = JACK) -> AsyncIterator[World]:
    files = first_run.issue(directory, ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    trusting = client_context(files.ca)
    wire = BlockingWire(ca=files.ca)
    try:
        async with (
            GoogleServer(Estate(date(2026, 11, 20)), ssl=tls) as server,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as browser,
        ):
            server.tokens.browser.person = person
            yield World(server, wire, directory, browser)
    finally:
        wire.close()


async def test_somebody_signs_in_with_a_browser_and_is_renewed(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        connection = await here.signed_in()
        here.connections.save("jack", connection)
        tokens = {(await asyncio.to_thread(here.tokens().fetch))[0].reveal() for _ in range(2)}
        grants = [here.server.tokens.find(f"Bearer {token}") for token in tokens]
    assert len(tokens) == 2
    scopes = frozenset({SCOPE, "openid", "email"})
    assert {(grant.subject, grant.scopes) for grant in grants if grant} == {(JACK, scopes)}
    assert connection.account == JACK
    assert connection.refresh.reveal() not in repr(connection)


async def test_the_page_carries_no_secret(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        await here.signed_in()
        await here.signed_in()
    one, two = (parse_qs(urlsplit(page).query) for page in here.pages)
    assert one["code_challenge_method"] == ["S256"]
    assert one["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert one["state"] != two["state"]
    assert one["code_challenge"] != two["code_challenge"]
    assert CLIENT_SECRET not in "".join(here.pages)
    assert "code_verifier" not in one


async def test_who_declines(tmp_path: Path) -> None:
    async with world(tmp_path, person="") as here:
        with pytest.raises(PeerError, match=r"the sign-in was declined \(access_denied\)"):
            await here.signed_in()


async def test_who_does_not_allow_what_is_needed(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.server.tokens.browser.unticked = frozenset({SCOPE})
        with pytest.raises(PeerError, match="leave every box ticked"):
            await here.signed_in()


@pytest.mark.parametrize("hidden", ["openid", "email"])
async def test_who_does_not_say_who_they_are(tmp_path: Path, hidden: str) -> None:
    async with world(tmp_path) as here:
        here.server.tokens.browser.unticked = frozenset({hidden})
        with pytest.raises(PeerError, match="does not say who signed in") as raised:
            await here.signed_in()
    assert raised.value.reason is Reason.GARBLED


async def test_who_never_comes_back(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        with pytest.raises(PeerError, match="nobody signed in in time"):
            await here.signed_in(seconds=0, opens=False)


async def test_a_wrong_secret_of_the_application(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.application = replace(here.application, secret=Secret("hunter2"))
        with pytest.raises(PeerError, match="check client_id and its secret") as raised:
            await here.signed_in()
    assert "hunter2" not in str(raised.value)


async def test_who_took_it_back_is_told_to_sign_in_again(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        with pytest.raises(PeerError, match="nobody has signed in for jack; run: busyline connect jack"):
            await here.tokens().bearer()
        connection = await here.signed_in()
        here.connections.save("jack", connection)
        here.server.tokens.revoke_refresh()
        with pytest.raises(
            PeerError, match=r"expired or was revoked \(invalid_grant\); run: busyline connect jack"
        ) as raised:
            await here.tokens().bearer()
    assert raised.value.reason is Reason.UNAUTHORIZED
    assert connection.refresh.reveal() not in str(raised.value)


async def test_a_connection_is_bound_to_its_application(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.connections.save("jack", await here.signed_in())
        with pytest.raises(PeerError, match="through another application"):
            await here.tokens(replace(here.application, client_id="another")).bearer()


async def test_a_host_that_says_nothing_of_use(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.connections.save("jack", await here.signed_in())
        here.server.faults.tokens = Trouble.THROTTLED
        with pytest.raises(PeerError, match="Google refuses") as raised:
            await here.tokens().bearer()
        assert "busyline connect" not in str(raised.value)
        nowhere = replace(here.application, token_url=f"{here.server.url}{PAGE}")
        with pytest.raises(PeerError) as garbled:
            await here.tokens(nowhere).bearer()
    assert garbled.value.reason is Reason.GARBLED
