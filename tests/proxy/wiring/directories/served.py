"""The directories of the three simulated companies, asked over a real network."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certs import first_run, pem
from proxy.directory import Directory
from proxy.hops import hop_of
from proxy.settings.connectors import EwsConnector, GoogleConnector, GraphConnector
from proxy.wiring.directories import directory_of
from proxy.wiring.sign_in import PeerNetwork
from simulation.estate import Estate
from simulation.exchange.server import FEDERATION, ExchangeServer
from simulation.google import GoogleServer, ServiceAccount
from simulation.graph import Application, GraphServer

ACCOUNT = ServiceAccount()
APPLICATION = Application(roles=("Calendars.ReadBasic", "GroupMember.Read.All", "Place.Read.All"))
HOP = hop_of("https://busy.example.com")
Server = ExchangeServer | GoogleServer | GraphServer


@asynccontextmanager
async def directory(kind: str, tmp_path: Path) -> AsyncIterator[tuple[Directory, Any]]:
    """The directory of the company on ``kind``, and its server."""
    estate, issued = Estate(date(2026, 11, 23)), first_run.issue(tmp_path / "certificates", ("127.0.0.1",))
    tls = pem.load(issued.chain, issued.key, now=datetime.now(UTC)).context
    servers: dict[str, Server] = {
        "ews": ExchangeServer(estate, ssl=tls),
        "google": GoogleServer(estate, ssl=tls, account=ACCOUNT),
        "graph": GraphServer(estate, ssl=tls, applications=(APPLICATION,)),
    }
    async with servers[kind] as server, AsyncExitStack() as stack:
        settings = _settings(server, tmp_path).model_copy(update={"ca": issued.ca})
        network = PeerNetwork(settings, tmp_path, stack, hop=HOP)
        yield await directory_of(settings, network, lambda: datetime.now(UTC)), server


def _settings(server: Server, tmp_path: Path) -> EwsConnector | GoogleConnector | GraphConnector:
    if isinstance(server, ExchangeServer):
        (tmp_path / "p").write_text(FEDERATION.password, "utf-8")
        auth = {"kind": "basic", "username": FEDERATION.username, "password": "file:p"}
        return EwsConnector.model_validate({"protocol": "ews", "url": server.ews_url, "auth": auth, "directory": {}})
    if isinstance(server, GoogleServer):
        (tmp_path / "a.json").write_text(server.service_account_file(), "utf-8")
        one = {"protocol": "google", "service_account": "file:a.json", "subject": "target", "api_url": server.url}
        return GoogleConnector.model_validate({**one, "directory": {"subject": "jack.thompson@northwind.example"}})
    (tmp_path / "s").write_text(APPLICATION.secret, "utf-8")
    one = {"protocol": "graph", "tenant": server.tenant, "client_id": APPLICATION.client_id, "secret": "file:s"}
    urls = {"login_url": server.url, "graph_url": server.url}
    return GraphConnector.model_validate({**one, **urls, "anchors": ["a@contoso.example"], "directory": {}})
