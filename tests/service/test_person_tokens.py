"""msal against the simulated sign-in of people: a code, its renewal, and each refusal in words."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from certs import first_run, pem
from protocols.errors import PeerError
from protocols.http import HttpRequest
from protocols.model.freebusy import Reason
from service.connections import Connection, Connections
from service.person_tokens import PersonTokens, PublicApplication, sign_in
from service.secrets import Reference, Secret
from service.tokens import authorized
from service.wire import BlockingWire, Wire
from simulation.estate import Estate
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application

EXPORT, BOSS = "export@contoso.example", "boss@contoso.example"


class World:
    """A sign-in host over TLS, and who signs in there."""

    def __init__(self, server: GraphServer, wire: BlockingWire, directory: Path, ca: Path) -> None:
        self.server, self.wire, self.ca = server, wire, ca
        self.connections = Connections(directory / "kept", Reference.parse("file:kept.key"), beside=directory)
        self.application = PublicApplication(
            authority=f"{server.url}/{TENANT}", client_id=Application().client_id, scopes=("Contacts.Read",)
        )
        self.shown: list[tuple[str, str]] = []
        self.waits: list[float] = []
        self.now = 0.0

    def person(self, act: Callable[[str], None], after: int = 2) -> Callable[[float], None]:
        """Waits for nothing; after so many waits somebody acts upon the code."""

        def sleep(seconds: float) -> None:
            self.waits.append(seconds)
            self.now += seconds
            if len(self.waits) == after:
                act(self.shown[0][1])

        return sleep

    async def signed_in(self, act: Callable[[str], None] | None = None, after: int = 2) -> Connection:
        """The sign-in of the export account, unless ``act`` does otherwise."""
        people = self.server.tokens.people
        return await asyncio.to_thread(
            sign_in,
            self.wire,
            self.application,
            show=lambda page, code: self.shown.append((page, code)),
            sleep=self.person(act or (lambda code: people.approve(code, EXPORT)), after),
            clock=lambda: self.now,
        )

    def tokens(self, application: PublicApplication | None = None) -> PersonTokens:
        return PersonTokens(
            self.wire, application=application or self.application, connections=self.connections, name="staff"
        )


@asynccontextmanager
async def world(directory: Path) -> AsyncIterator[World]:
    files = first_run.issue(directory, ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    wire, estate = BlockingWire(ca=files.ca), Estate(date(2026, 11, 20))
    try:
        async with GraphServer(estate, ssl=tls, contacts=ContactsDesk((EXPORT, BOSS))) as server:
            yield World(server, wire, directory, files.ca)
    finally:
        wire.close()


async def test_somebody_signs_in_by_a_code_and_is_waited_for(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.server.tokens.people.slow_down = 1
        connection = await here.signed_in()
        [(page, code)] = here.shown
    assert page == f"{here.server.url}/device"
    assert len(code) == 8
    assert (connection.account, connection.client_id) == (EXPORT, Application().client_id)
    assert here.waits == [10.0, 10.0]
    assert connection.refresh.reveal() not in repr(connection)


async def test_the_token_is_renewed_again_and_again(tmp_path: Path) -> None:
    """Each renewal brings another refresh token, and the one before is worn out."""
    async with world(tmp_path) as here:
        here.connections.save("staff", await here.signed_in())
        kept, tokens = set[str](), set[str]()
        for _ in range(3):
            token, lifetime = await asyncio.to_thread(here.tokens().fetch)
            assert 3000 < lifetime < 4000
            tokens.add(token.reveal())
            kept.add(here.connections.load("staff").refresh.reveal())
        assert len(tokens) == len(kept) == 3
        assert here.connections.load("staff").account == EXPORT


async def test_who_signed_in_reaches_one_mailbox_alone(tmp_path: Path) -> None:
    """The negative test of an account of few rights: its own contacts, read; nobody else's, and nothing written."""
    async with world(tmp_path) as here, Wire(ca=here.ca) as wire:
        here.connections.save("staff", await here.signed_in())
        send = authorized(wire.send, here.tokens(), to=here.server.url)
        paths = [("GET", f"/v1.0/users/{user}/contactFolders") for user in (EXPORT, BOSS)]
        paths.append(("POST", f"/v1.0/users/{EXPORT}/contactFolders"))
        statuses = [
            (await send(HttpRequest(method, f"{here.server.url}{path}", body=b'{"displayName": "x"}'))).status
            for method, path in paths
        ]
    assert statuses == [200, 403, 403]


@pytest.mark.parametrize("saved", [False, True])
async def test_who_has_to_sign_in_again_is_told_how(tmp_path: Path, saved: bool) -> None:
    async with world(tmp_path) as here:
        secret = "0.never-to-be-seen"
        if saved:
            connection = await here.signed_in()
            secret = connection.refresh.reveal()
            here.connections.save("staff", connection)
            here.server.tokens.people.revoke()
        with pytest.raises(PeerError, match="run: busyline connect staff") as raised:
            await here.tokens().bearer()
    assert raised.value.reason is Reason.UNAUTHORIZED
    assert secret not in str(raised.value)
    assert ("AADSTS700082" in str(raised.value)) is saved


async def test_a_connection_is_bound_to_its_application(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.connections.save("staff", await here.signed_in())
        other = replace(here.application, client_id="another")
        with pytest.raises(PeerError, match="through another application"):
            await here.tokens(other).bearer()


async def test_who_declines_is_not_asked_again(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        with pytest.raises(PeerError, match=r"the sign-in was declined \(authorization_declined, AADSTS70018\)"):
            await here.signed_in(here.server.tokens.people.decline)
    assert len(here.waits) == 2


async def test_who_does_not_say_who_they_are_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.server.tokens.people.nameless = True
        with pytest.raises(PeerError, match="does not say who signed in: nothing was kept") as raised:
            await here.signed_in()
    assert raised.value.reason is Reason.GARBLED


async def test_a_code_that_nobody_types_expires(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        with pytest.raises(PeerError, match="nobody signed in before the code expired"):
            await here.signed_in(after=10_000)
    assert sum(here.waits) == 900


async def test_an_unknown_application_gets_no_code(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.application = replace(here.application, client_id="nobody")
        with pytest.raises(PeerError, match=r"does not know the application.*AADSTS700016"):
            await here.signed_in()
    assert here.shown == []


async def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.connections.save("staff", await here.signed_in())
        kept = tmp_path / "kept"
        tokens = PersonTokens(here.wire, application=here.application, connections=_Full(kept, tmp_path), name="staff")
        with pytest.raises(PeerError, match="cannot be kept: No space left on device") as raised:
            await tokens.bearer()
    assert raised.value.reason is Reason.PEER_FAILED


class _Full(Connections):
    """On a disk without space."""

    def __init__(self, directory: Path, beside: Path) -> None:
        super().__init__(directory, Reference.parse("file:kept.key"), beside=beside)

    def save(self, name: str, connection: Connection) -> None:
        raise OSError(28, "No space left on device")


async def test_a_host_that_is_out_of_reach(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        connection = Connection(client_id=Application().client_id, account="", refresh=Secret("0.secret"))
        here.connections.save("staff", connection)
        nowhere = replace(here.application, authority="https://127.0.0.1:1/tenant")
        with pytest.raises(PeerError) as raised:
            await here.tokens(nowhere).bearer()
    assert raised.value.reason is Reason.UNREACHABLE
    assert "0.secret" not in str(raised.value)
