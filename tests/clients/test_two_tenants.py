"""Two companies on the same system: Google asks about Google, Microsoft 365 about Microsoft 365, never about itself."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.configuration import FILE_NAME, load
from console.serve import running
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.callers.exchange import AddressSpace, ExchangeCaller
from simulation.callers.google import GoogleCaller
from simulation.callers.reading import Seen
from simulation.google import GoogleServer, ServiceAccount
from simulation.graph import Application, GraphServer
from tests.clients.blocks import EWS_WORDS
from tests.clients.tenants import Tenant
from tests.clients.tls import Authority
from tests.proxy.served import PASSWORD, password_hash

TODAY = date(2026, 11, 23)
ELSEWHERE = BusyStatus.WORKING_ELSEWHERE  # the availability service says Exchange2012, which does not know it
WALL = datetime(2026, 11, 23), datetime(2026, 11, 28)  # noqa: DTZ001 - wall-clock times of the asker
ACCOUNTS = {"north": ServiceAccount(), "south": ServiceAccount(email="busyline@south.iam.gserviceaccount.com")}
APPLICATIONS = {
    "north": Application(client_id="33333333-0000-0000-0000-000000000001", secret="north-secret"),
    "south": Application(client_id="33333333-0000-0000-0000-000000000002", secret="south-secret"),
}
TENANTS = {"north": "11111111-0000-0000-0000-000000000001", "south": "11111111-0000-0000-0000-000000000002"}
DOMAINS = {"north": "north.example", "south": "south.example"}
OTHER = {"north": "south", "south": "north"}
pytestmark = pytest.mark.client
BOTH = pytest.mark.parametrize("side", ["north", "south"])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tenants, and a Busyline between them that serves a caller of each."""

    tenants: dict[str, Tenant]
    servers: dict[str, GoogleServer] | dict[str, GraphServer]
    url: str

    def people(self, side: str) -> list[str]:
        """Everybody there, the room included."""
        return list(self.tenants[side].mailboxes)


def tenants(system: str) -> dict[str, Tenant]:
    return {side: Tenant(system, DOMAINS[side], TODAY, first=3 * number) for number, side in enumerate(DOMAINS)}


def configuration(connectors: str, address: str, tls: Authority) -> str:
    place = Path(tls.ca).parent
    head = f"""
[server]
listen = ["{address}"]
public_url = "https://{address}"
metrics_listen = []
certificate = {{ kind = "files", chain = "{place}/chain.pem", key = "{place}/key.pem" }}
"""
    rest = "".join(
        f"""
[[routes]]
match = "{DOMAINS[side]}"
via = "{side}"

[[callers]]
name = "{side}-asks"
organisation = "{side}"
basic = {{ usernames = ["busyline@{DOMAINS[side]}"], password = "file:caller.hash" }}
may_ask = ["*"]
never_via = ["{side}"]
faults = "per-mailbox"
always_events = true
"""
        for side in DOMAINS
    )
    return head + connectors + rest


def make_private(directory: Path) -> None:
    for file in directory.iterdir():
        file.chmod(0o600)


@asynccontextmanager
async def proxy(directory: Path, connectors: str, tls: Authority) -> AsyncIterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    (directory / "caller.hash").write_text(password_hash())
    path = directory / FILE_NAME
    path.write_text(configuration(connectors, address, tls))
    make_private(directory)
    async with running(load(path), directory):
        yield f"https://{address}"


@asynccontextmanager
async def google_pair(directory: Path, tls: Authority) -> AsyncIterator[Pair]:
    here = tenants("google")
    async with AsyncExitStack() as stack:
        servers = {
            side: await stack.enter_async_context(GoogleServer(here[side], ssl=tls.server, account=ACCOUNTS[side]))
            for side in DOMAINS
        }
        for side, server in servers.items():
            (directory / f"{side}.json").write_text(server.service_account_file())
        connectors = "".join(
            f'[connectors.{side}]\nprotocol = "google"\nservice_account = "file:{side}.json"\n'
            f'subject = "ada@{DOMAINS[side]}"\napi_url = "{server.url}"\nca = "{tls.ca}"\n'
            for side, server in servers.items()
        )
        yield Pair(here, servers, await stack.enter_async_context(proxy(directory, connectors, tls)))


@asynccontextmanager
async def microsoft_pair(directory: Path, tls: Authority) -> AsyncIterator[Pair]:
    here = tenants("graph")
    async with AsyncExitStack() as stack:
        servers = {
            side: await stack.enter_async_context(
                GraphServer(here[side], ssl=tls.server, tenant=TENANTS[side], applications=(APPLICATIONS[side],))
            )
            for side in DOMAINS
        }
        for side in servers:
            (directory / f"{side}.secret").write_text(APPLICATIONS[side].secret)
        connectors = "".join(
            f'[connectors.{side}]\nprotocol = "graph"\ntenant = "{TENANTS[side]}"\nsecret = "file:{side}.secret"\n'
            f'client_id = "{APPLICATIONS[side].client_id}"\nanchors = ["ada@{DOMAINS[side]}"]\n'
            f'login_url = "{server.url}"\ngraph_url = "{server.url}"\nca = "{tls.ca}"\n'
            for side, server in servers.items()
        )
        yield Pair(here, servers, await stack.enter_async_context(proxy(directory, connectors, tls)))


async def as_google(pair: Pair, side: str, addresses: list[str], tls: Authority) -> list[Seen]:
    """What a user of ``side`` sees in Google Calendar."""
    start, end = (wall.replace(tzinfo=UTC) for wall in WALL)
    async with GoogleCaller(
        url=f"{pair.url}/EWS/Exchange.asmx",
        usernames=[f"busyline@{DOMAINS[side]}"],
        password=PASSWORD,
        ssl=tls.client,
    ) as caller:
        return await caller.availability(addresses, start, end)


async def as_exchange_online(pair: Pair, side: str, addresses: list[str], tls: Authority) -> list[Seen]:
    """What a user of ``side`` sees in Outlook; address spaces lead to Busyline for both domains."""
    spaces = tuple(
        AddressSpace(
            domain=domain,
            autodiscover_url=f"{pair.url}/autodiscover/autodiscover.xml",
            username=f"busyline@{DOMAINS[side]}",
            password=PASSWORD,
        )
        for domain in DOMAINS.values()
    )
    async with ExchangeCaller(address_spaces=spaces, zone="Europe/Berlin", ssl=tls.client) as caller:
        return await caller.availability(addresses, *WALL)


@BOTH
async def test_google_sees_the_other_google(tmp_path: Path, tls: Authority, side: str) -> None:
    async with google_pair(tmp_path, tls) as pair:
        asked = [*pair.people(OTHER[side]), f"nobody@{DOMAINS[OTHER[side]]}"]
        *seen, nobody = await as_google(pair, side, asked, tls)
        window = TimeWindow(*(wall.replace(tzinfo=UTC) for wall in WALL))
        for one in seen:
            truth = pair.tenants[OTHER[side]].expected_busy(one.address, window)
            assert one.intervals == [(busy.start, busy.end, "Busy") for busy in truth]
            assert truth
        assert nobody.code == "ErrorNoFreeBusyAccess"
        assert (len(pair.servers[OTHER[side]].questions), pair.servers[side].questions) == (1, [])


@BOTH
async def test_microsoft_365_sees_the_other_microsoft_365(tmp_path: Path, tls: Authority, side: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    async with microsoft_pair(tmp_path, tls) as pair:
        asked = [*pair.people(OTHER[side]), f"nobody@{DOMAINS[OTHER[side]]}"]
        *seen, nobody = await as_exchange_online(pair, side, asked, tls)
        window = TimeWindow(*(wall.replace(tzinfo=zone).astimezone(UTC) for wall in WALL))
        for one in seen:
            blocks = pair.tenants[OTHER[side]].expected(one.address, window)
            truth = [(b.window.start, b.window.end, EWS_WORDS[b.status]) for b in blocks if b.status is not ELSEWHERE]
            assert (
                sorted((start.astimezone(UTC), end.astimezone(UTC), word) for start, end, word in one.intervals)
                == truth
            )
            assert truth
        assert nobody.code == "ErrorNoFreeBusyAccess"
        assert (len(pair.servers[OTHER[side]].questions), pair.servers[side].questions) == (1, [])


@BOTH
@pytest.mark.parametrize("system", ["google", "microsoft"])
async def test_nobody_is_asked_about_their_own_people_through_us(
    tmp_path: Path, tls: Authority, system: str, side: str
) -> None:
    """A system that asks us about its own people would ask in circles: it is refused, and the others are answered."""
    pairs, askers = ({"google": google_pair, "microsoft": microsoft_pair}, {"google": as_google})
    async with pairs[system](tmp_path, tls) as pair:
        own, other = f"ben@{DOMAINS[side]}", f"ben@{DOMAINS[OTHER[side]]}"
        found = await askers.get(system, as_exchange_online)(pair, side, [own, other], tls)
        assert [one.code for one in found] == ["ErrorProxyRequestNotAllowed", "NoError"]
        assert pair.servers[side].questions == []
