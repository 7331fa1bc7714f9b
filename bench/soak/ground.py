"""Where endurance is tried: three simulated systems with calendars that change, and the real server before them."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp

from bench.machine import SERVER, free_port, running
from bench.served import BUSYLINE
from bench.soak.judge import Judge
from certs import first_run
from proxy.auth.passwords import hash_password
from simulation.exchange.server import ASSISTANT, ExchangeServer
from simulation.google import GoogleServer
from simulation.graph import Application, GraphServer
from simulation.living import LivingEstate, address
from simulation.server import SimulatedServer

CONTOSO, NORTHWIND, FABRIKAM = "contoso.example", "northwind.example", "fabrikam.example"
PASSWORD: Final = "a password of the soak"
PLAIN, DETAILED, CAREFUL = "plain@soak.example", "detailed@soak.example", "careful@soak.example"
"""Callers: one sees blocks, one details, and one is shown doubt as busy time."""
_ANCHORS: Final = 3
_HERE: Final = "127.0.0.1"
_CONFIGURATION: Final = """
[server]
connections_per_address = 4096  # all who ask are here
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
metrics_listen = ["127.0.0.1:{metrics_port}"]
certificate = {{ kind = "none" }}
deadline = "{deadline:g}s"
{server}

[cache]
ttl = "{ttl:g}s"
negative_ttl = "{ttl:g}s"
mailboxes = {mailboxes}
fragments = "16MiB"

[connectors.contoso]
protocol = "graph"
tenant = "{tenant}"
client_id = "{client_id}"
secret = "env:SOAK_GRAPH"
anchors = [{anchors}]
budget = ["100000/1s"]  # what Microsoft allows is not what is tried
login_url = "{graph}"
graph_url = "{graph}"
ca = "{ca}"
deadline = "{peer_deadline:g}s"

[connectors.northwind]
protocol = "google"
service_account = "file:northwind.json"
subject = "{subject}"
budget = ["100000/1s"]  # nor what Google allows
total_budget = ["100000/1s"]
api_url = "{google}"
ca = "{ca}"
deadline = "{peer_deadline:g}s"
{northwind}

[connectors.fabrikam]
protocol = "ews"
url = "{exchange}"
ca = "{ca}"
auth = {{ kind = "basic", username = "{username}", password = "env:SOAK_EWS" }}
deadline = "{peer_deadline:g}s"
{fabrikam}

[[routes]]
match = "contoso.example"
via = "contoso"

[[routes]]
match = "northwind.example"
via = "northwind"

[[routes]]
match = "fabrikam.example"
via = "fabrikam"
"""
_CALLER: Final = """
[[callers]]
name = "{name}"
basic = {{ usernames = ["{user}"], password = "file:caller.hash" }}
may_ask = ["*"]
rate = 1000000  # what a caller is allowed is not what is tried
{more}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried. Times in seconds.

    ``server``, ``fabrikam``, ``northwind`` and ``more`` are lines for the section [server], for those of two connectors
    and for the end of the configuration. ``exchange_host`` and ``google_host`` are the names by which the server
    reaches these two systems.
    """

    people: int = 60
    ttl: float = 2.0
    period: float = 3.0
    deadline: float = 15.0
    peer_deadline: float = 20.0
    mailboxes: int = 20_000
    server: str = ""
    fabrikam: str = ""
    northwind: str = ""
    more: str = ""
    exchange_host: str = _HERE
    google_host: str = _HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What runs, and the truth. ``systems`` by the names of their connectors; their faults are thrown directly."""

    folder: Path
    plan: Plan
    estate: LivingEstate
    systems: Mapping[str, SimulatedServer]
    judge: Judge
    session: aiohttp.ClientSession
    url: str
    metrics_url: str

    @property
    def log(self) -> Path:
        """What the server last started has written."""
        return self.folder / "server.log"

    @asynccontextmanager
    async def serving(self, env: Mapping[str, str] | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
        """A real `busyline serve`, entered once it listens, ended with the block. Raises NotStartedError.

        ``env`` stands in its environment besides.
        """
        environment = {"SOAK_EWS": ASSISTANT.password, "SOAK_GRAPH": "soak-secret", **(env or {})}
        command = [*BUSYLINE, "serve", "--config", str(self.folder / "busyline.toml")]
        async with running(command, f"{self.url}/healthz", core=SERVER, log=self.log, env=environment) as process:
            yield process

    def all_well(self) -> None:
        """No system has any trouble from now on; what they were asked so far is forgotten."""
        for system in self.systems.values():
            system.faults.clear()
            system.calls.clear()

    async def metric(self, name: str) -> float:
        """The sum of a metric over all its labels, as /metrics tells it now."""
        async with self.session.get(self.metrics_url) as response:
            lines = (await response.text()).splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition(" ")[0].partition("{")[0] == name)


@asynccontextmanager
async def ground(folder: Path, plan: Plan) -> AsyncIterator[Ground]:
    """The systems of ``plan`` and the configuration of a server before them; :meth:`Ground.serving` starts it."""
    estate = LivingEstate(datetime.now(UTC).date(), people=plan.people, period=plan.period, clock=time.time)
    application = Application(secret="soak-secret", roles=("Calendars.Read",))
    async with AsyncExitStack() as stack:
        names = list(dict.fromkeys((_HERE, plan.exchange_host, plan.google_host)))
        issued = await asyncio.to_thread(first_run.issue, folder / "tls", names)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(issued.chain, issued.key)
        graph = await stack.enter_async_context(GraphServer(estate, applications=(application,), ssl=tls))
        google = await stack.enter_async_context(GoogleServer(estate, ssl=tls))
        exchange = await stack.enter_async_context(ExchangeServer(estate, ssl=tls))
        connector = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, auto_decompress=True))
        port, metrics_port = free_port(), free_port()
        places = {"port": port, "metrics_port": metrics_port, "graph": graph.url}
        text = _CONFIGURATION.format(
            **places,
            ca=issued.ca,
            exchange=exchange.ews_url.replace(_HERE, plan.exchange_host),
            google=google.url.replace(_HERE, plan.google_host),
            tenant=graph.tenant,
            client_id=application.client_id,
            anchors=", ".join(f'"{address(n, CONTOSO)}"' for n in range(_ANCHORS)),
            subject=address(0, NORTHWIND),
            username=ASSISTANT.username,
            ttl=plan.ttl,
            deadline=plan.deadline,
            peer_deadline=plan.peer_deadline,
            mailboxes=plan.mailboxes,
            server=plan.server,
            fabrikam=plan.fabrikam,
            northwind=plan.northwind,
        )
        await asyncio.to_thread(_write, folder, text + _callers() + plan.more, google.service_account_file())
        yield Ground(
            folder=folder,
            plan=plan,
            estate=estate,
            systems={"contoso": graph, "northwind": google, "fabrikam": exchange},
            judge=Judge(estate, ttl=plan.ttl, one_kind=frozenset({NORTHWIND})),
            session=session,
            url=f"http://127.0.0.1:{port}",
            metrics_url=f"http://127.0.0.1:{metrics_port}/metrics",
        )


def _callers() -> str:
    kinds = {PLAIN: "", DETAILED: 'sees = "details"', CAREFUL: 'unknown_as = "busy"'}
    return "".join(_CALLER.format(name=user.partition("@")[0], user=user, more=more) for user, more in kinds.items())


def _write(folder: Path, configuration: str, key: str) -> None:
    (folder / "busyline.toml").write_text(configuration, encoding="utf-8")
    for name, secret in {"northwind.json": key, "caller.hash": hash_password(PASSWORD) + "\n"}.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(secret, encoding="ascii")
