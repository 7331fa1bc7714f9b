"""The real proxy, from a configuration file, in front of the three simulated systems; everything over TLS."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from certs import first_run, pem
from console.configuration import FILE_NAME, load
from console.serve import running
from proxy.wiring import Proxy
from proxy.wiring.exchange_front import EWS_PATH, SOAP_PATH
from simulation.estate import Estate
from simulation.exchange.server import ASSISTANT, ExchangeServer
from simulation.google import GoogleServer, ServiceAccount
from simulation.graph import Application, GraphServer
from tests.proxy.served import PASSWORD, password_hash

HOST = "127.0.0.1"
ASSISTANT_CALLER = "assistant@merger.example"  # sees details
OUTSIDE_CALLER = "outside@merger.example"  # sees blocks
PRECISE_CALLER = "precise@merger.example"  # sees blocks, each time with its offset from UTC
ANCHOR, LOOKER = "anna.schneider@contoso.example", "jack.thompson@northwind.example"
_COMPANIES = ("contoso", "northwind", "fabrikam")
_ACCOUNT = ServiceAccount()  # its key is made once
_APPLICATION = Application(roles=("Calendars.Read", "GroupMember.Read.All", "Place.Read.All"))

_TOML = Template("""
[server]
listen = ["$address"]
public_url = "https://$address"
metrics_listen = []
certificate = { kind = "first-run", directory = "$certificates" }

[connectors.contoso]
protocol = "graph"
tenant = "$tenant"
client_id = "$client_id"
secret = "file:contoso.secret"
anchors = ["$anchor"]
login_url = "$graph_url"
graph_url = "$graph_url"
ca = "$ca"
deadline = "$contoso_deadline"
$contoso_more

[connectors.northwind]
protocol = "google"
service_account = "file:northwind.json"
subject = "$subject"
api_url = "$google_url"
ca = "$ca"
deadline = "$northwind_deadline"
$northwind_more

[connectors.fabrikam]
protocol = "ews"
url = "$ews_url"
auth = { kind = "basic", username = "$ews_username", password = "file:fabrikam.password" }
ca = "$ca"
deadline = "$fabrikam_deadline"
$fabrikam_more

[[routes]]
match = "contoso.example"
via = "contoso"

[[routes]]
match = "northwind.example"
via = "northwind"

[[routes]]
match = "resource.calendar.google.com"
via = "northwind"

[[routes]]
match = "fabrikam.example"
via = "fabrikam"

[[callers]]
name = "assistant"
basic = { usernames = ["assistant@merger.example"], password = "file:caller.hash" }
may_ask = ["*"]
sees = "details"

[[callers]]
name = "outside"
basic = { usernames = ["outside@merger.example"], password = "file:caller.hash" }
may_ask = ["*"]

[[callers]]
name = "precise"
basic = { usernames = ["precise@merger.example"], password = "file:caller.hash" }
may_ask = ["*"]
times = "offset"

[rooms]
match = ["*@resource.calendar.google.com", "room.*@contoso.example", "room.*@fabrikam.example"]
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateProxy:
    """What runs: the truth, the three systems, and the proxy before them. All callers have PASSWORD."""

    estate: Estate
    exchange: ExchangeServer
    graph: GraphServer
    google: GoogleServer
    proxy: Proxy
    url: str
    ca: Path

    @property
    def ews_url(self) -> str:
        """Where questions go."""
        return self.url + EWS_PATH

    @property
    def wsdl_url(self) -> str:
        """The description of what the proxy answers."""
        return f"{self.url}/EWS/Services.wsdl"

    @property
    def settings_url(self) -> str:
        """The SOAP dialect of Autodiscover."""
        return self.url + SOAP_PATH

    @property
    def systems(self) -> dict[str, ExchangeServer | GraphServer | GoogleServer]:
        """The three servers by the names of their connectors."""
        return {"contoso": self.graph, "northwind": self.google, "fabrikam": self.exchange}

    @property
    def questions(self) -> dict[str, int]:
        """How often each system was asked for somebody's time so far."""
        return {name: len(server.questions) for name, server in self.systems.items()}


@asynccontextmanager
async def estate_proxy(
    directory: Path,
    estate: Estate,
    *,
    certificates: Path | None = None,
    subject: str = "target",
    anchors: tuple[str, ...] = (ANCHOR,),
    deadlines: dict[str, str] | None = None,
    more: dict[str, str] | None = None,
    extra: str = "",
) -> AsyncIterator[EstateProxy]:
    """Everything while it runs, with its files in ``directory``.

    ``certificates`` is a directory to share between runs; ``subject`` whom Google is asked as; ``deadlines`` are of
    connectors, ``more`` are lines of their sections; ``extra`` is appended to the configuration.
    """
    issued = first_run.issue(certificates or directory / "certificates", (HOST, "localhost", "::1"))
    tls = pem.load(issued.chain, issued.key, now=datetime.now(UTC)).context
    async with (
        ExchangeServer(estate, ssl=tls) as exchange,
        GraphServer(estate, ssl=tls, applications=(_APPLICATION,)) as graph,
        GoogleServer(estate, ssl=tls, account=_ACCOUNT) as google,
    ):
        _write_secrets(directory, google)
        address = f"{HOST}:{_free_port()}"
        values = {"address": address, "anchor": '", "'.join(anchors), "subject": subject}
        values |= {"certificates": str(issued.ca.parent), "ca": str(issued.ca)}
        values |= {f"{name}_deadline": (deadlines or {}).get(name, "20s") for name in _COMPANIES}
        values |= {f"{name}_more": (more or {}).get(name, "") for name in _COMPANIES}
        path = directory / FILE_NAME
        path.write_text(_TOML.substitute(values | _places(exchange, graph, google)) + extra, "utf-8")
        async with running(load(path), directory) as proxy:
            yield EstateProxy(
                estate=estate,
                exchange=exchange,
                graph=graph,
                google=google,
                proxy=proxy,
                url=f"https://{address}",
                ca=issued.ca,
            )


def _places(exchange: ExchangeServer, graph: GraphServer, google: GoogleServer) -> dict[str, str]:
    """Where the systems are and who may ask them."""
    return {
        "tenant": graph.tenant,
        "client_id": _APPLICATION.client_id,
        "graph_url": graph.url,
        "google_url": google.url,
        "ews_url": exchange.ews_url,
        "ews_username": ASSISTANT.username,
    }


def _write_secrets(directory: Path, google: GoogleServer) -> None:
    texts = {
        "contoso.secret": _APPLICATION.secret,
        "northwind.json": google.service_account_file(),
        "fabrikam.password": ASSISTANT.password,
        "caller.hash": password_hash(),
    }
    for name, text in texts.items():
        (directory / name).write_text(text, "utf-8")
        (directory / name).chmod(0o600)


def _free_port() -> int:
    """Known beforehand, because the WSDL and Autodiscover tell the public address."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


__all__ = [
    "ANCHOR",
    "ASSISTANT_CALLER",
    "LOOKER",
    "OUTSIDE_CALLER",
    "PASSWORD",
    "PRECISE_CALLER",
    "EstateProxy",
    "estate_proxy",
]
