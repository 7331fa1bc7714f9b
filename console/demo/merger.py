"""Sets the merger up: certificates, secrets and a configuration file in a directory, three servers, and the proxy."""

import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from ssl import SSLContext
from string import Template

from certs import first_run, pem
from console.configuration import FILE_NAME, load
from console.demo.desks import CALENDAR, FOLDER, OWNER, PUBLIC, WRITER, Desks, desks, exchange_desk, google_account
from console.demo.people import People
from console.serve import running
from proxy.auth.passwords import hash_password
from proxy.wiring.exchange_front import EWS_PATH, POX_PATH
from service.wire import client_context
from simulation.callers import AddressSpace, ExchangeCaller, GoogleCaller, role_accounts
from simulation.estate import Estate
from simulation.exchange.server import ASSISTANT, FEDERATION, ExchangeServer
from simulation.google.keys import ServiceAccount
from simulation.google.server import GoogleServer
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import GraphServer
from simulation.graph.tokens import Application

HOST = "127.0.0.1"
GOOGLE_DEADLINE = "2s"  # short, so that the demo shows quickly what a calendar system that hangs does to an answer
ROOMS = "resource.calendar.google.com"
_NAMES = (HOST, "localhost", "::1")
_USERNAMES = {
    "northwind": role_accounts("northwind.example"),
    "contoso": ("busyline@contoso.example",),
    "fabrikam": ("busyline@fabrikam.example",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """Everything that runs, and who asks."""

    directory: Path
    estate: Estate
    people: People
    exchange: ExchangeServer
    graph: GraphServer
    google: GoogleServer
    mailboxes: ContactsDesk
    desks: Desks
    url: str
    metrics_url: str | None
    passwords: dict[str, str]
    contoso: ExchangeCaller
    fabrikam: ExchangeCaller
    northwind: GoogleCaller

    @property
    def ca(self) -> Path:
        """What trusts the certificates of this merger."""
        return self.directory / "certificates" / "ca.pem"

    @property
    def ews_url(self) -> str:
        """Where questions go."""
        return self.url + EWS_PATH

    def username(self, company: str) -> str:
        """The first name that a company's system signs in with."""
        return _USERNAMES[company][0]


@asynccontextmanager
async def merger(directory: Path, today: date) -> AsyncIterator[Merger]:
    """The whole merger while it runs, with all its files in ``directory``."""
    estate = Estate(today)
    issued = first_run.issue(directory / "certificates", _NAMES)
    tls = pem.load(issued.chain, issued.key, now=datetime.now(UTC)).context
    application, people = Application(roles=("Calendars.Read",)), People.of(estate)
    applications, mailboxes = (application, people.application), people.mailboxes()
    writer, folders = google_account(), exchange_desk()
    async with (
        ExchangeServer(estate, ssl=tls, accounts=(FEDERATION, ASSISTANT, WRITER), calendars=folders) as exchange,
        GraphServer(estate, ssl=tls, applications=applications, people=people.desk(), contacts=mailboxes) as graph,
        GoogleServer(estate, ssl=tls, book=people.northwind, others=(people.account, writer)) as google,
    ):
        passwords = {company: secrets.token_urlsafe(12) for company in _USERNAMES}
        _write_secrets(directory, applications, google, people, passwords)
        _write_writers(directory, google, writer)
        people.export(directory / "fabrikam.csv")
        url = f"https://{HOST}:{_free_port()}"
        path = directory / FILE_NAME
        path.write_text(_configuration(url, exchange, graph, google, applications), "utf-8")
        async with running(load(path), directory) as proxy, _callers(url, passwords, client_context(issued.ca)) as who:
            yield Merger(
                directory=directory,
                estate=estate,
                people=people,
                exchange=exchange,
                graph=graph,
                google=google,
                mailboxes=mailboxes,
                desks=desks(google.calendars.store, folders),
                url=url,
                metrics_url=proxy.metrics_url,
                passwords=passwords,
                contoso=who[0],
                fabrikam=who[1],
                northwind=who[2],
            )


def _write_secrets(
    directory: Path,
    applications: tuple[Application, Application],
    google: GoogleServer,
    people: People,
    passwords: dict[str, str],
) -> None:
    texts = {
        "contoso.secret": applications[0].secret,
        "contoso-directory.secret": applications[1].secret,
        "northwind.json": google.service_account_file(),
        "northwind-directory.json": json.dumps(people.account.file(google.token_url), indent=2),
        "fabrikam.password": ASSISTANT.password,
        **{f"{company}-caller.hash": hash_password(password) for company, password in passwords.items()},
    }
    _write(directory, texts)


def _write_writers(directory: Path, google: GoogleServer, account: ServiceAccount) -> None:
    """Whoever keeps calendars equal has credentials of its own."""
    key = json.dumps(account.file(google.token_url), indent=2)
    _write(directory, {"northwind-calendars.json": key, "fabrikam-calendars.password": WRITER.password})


def _write(directory: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (directory / name).write_text(text, "utf-8")
        (directory / name).chmod(0o600)


@asynccontextmanager
async def _callers(
    url: str, passwords: dict[str, str], tls: SSLContext
) -> AsyncIterator[tuple[ExchangeCaller, ExchangeCaller, GoogleCaller]]:
    def outlook(company: str, zone: str, *domains: str) -> ExchangeCaller:
        spaces = tuple(
            AddressSpace(
                domain=domain,
                autodiscover_url=url + POX_PATH,
                username=_USERNAMES[company][0],
                password=passwords[company],
            )
            for domain in domains
        )
        return ExchangeCaller(address_spaces=spaces, zone=zone, ssl=tls)

    async with (
        outlook("contoso", "Europe/Berlin", "northwind.example", "fabrikam.example", ROOMS) as contoso,
        outlook("fabrikam", "America/New_York", "northwind.example", "contoso.example", ROOMS) as fabrikam,
        GoogleCaller(
            url=url + EWS_PATH, usernames=_USERNAMES["northwind"], password=passwords["northwind"], ssl=tls
        ) as northwind,
    ):
        yield contoso, fabrikam, northwind


def _free_port() -> int:
    """A port for the proxy: Autodiscover tells its public address, so the configuration must know it beforehand."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _configuration(
    url: str,
    exchange: ExchangeServer,
    graph: GraphServer,
    google: GoogleServer,
    applications: tuple[Application, Application],
) -> str:
    template = Template(files("console.demo").joinpath("merger.toml").read_text("utf-8"))
    return template.substitute(
        listen=url.removeprefix("https://"),
        url=url,
        host=HOST,
        tenant=graph.tenant,
        client_id=applications[0].client_id,
        directory_id=applications[1].client_id,
        graph_url=graph.url,
        google_url=google.url,
        ews_url=exchange.ews_url,
        ews_username=ASSISTANT.username,
        rooms=ROOMS,
        owner=OWNER,
        calendar=CALENDAR,
        folder=FOLDER,
        public=PUBLIC,
        writer=WRITER.username,
        google_usernames=", ".join(f'"{name}"' for name in _USERNAMES["northwind"]),
        contoso_username=_USERNAMES["contoso"][0],
        fabrikam_username=_USERNAMES["fabrikam"][0],
        google_deadline=GOOGLE_DEADLINE,
    )
