"""Two simulated tenants over TLS, each with Graph and Exchange Online, and an operator who types `busyline pair`."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from ssl import SSLContext
from typing import Any, Final

from typer.testing import CliRunner

from certs import first_run, pem
from console.pair.command import app
from console.surroundings import Surroundings
from console.terminal import EndingError
from protocols.graph import cross_tenant_policy, licences, new_users, tenants
from protocols.graph.cmdlets import ROLE
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.between_tenants import seen
from simulation.estate import Estate
from simulation.exchange_online import CmdletServer, Recipients
from simulation.graph import GraphServer
from simulation.graph.licences import Sku
from simulation.graph.people import PeopleDesk
from simulation.graph.tenant import Organisation, TenantDesk
from simulation.graph.tokens import Application
from tests.galsync.sides.microsoft_world import INVITER

IDS: Final = {
    "fabrikam": "11111111-0000-0000-0000-00000000000f",
    "contoso": "11111111-0000-0000-0000-00000000000c",
}
E3: Final = "05e9a617-0261-4cee-bb44-138d3ef5d965"
ROLES: Final = (
    *INVITER,
    ROLE,
    *tenants.PERMISSIONS,
    *cross_tenant_policy.PERMISSIONS,
    *licences.PERMISSIONS,
    *new_users.PERMISSIONS,
)
_HEAD: Final = """\
# kept by hand, and it stays so
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
"""
_TENANT: Final = """
[connectors.{name}]
protocol = "graph"
tenant = "{tenant}"
client_id = "00000000-0000-0000-0000-00000000000{number}"
secret = "env:CONTOSO_SECRET"
anchors = ["ann@{name}.example"]

[directories.{name}]
protocol = "graph"
tenant = "{tenant}"
client_id = "{client_id}"
secret = "env:CONTOSO_SECRET"
ca = "{ca}"
login_url = "{graph}"
graph_url = "{graph}"
domains = ["{name}.example"]

[directories.{name}-exchange]
"""
_ONLINE: Final = """\
protocol = "exchange-online-undocumented"
tenant = "{tenant}"
client_id = "{client_id}"
secret = "env:CONTOSO_SECRET"
ca = "{ca}"
login_url = "{graph}"
graph_url = "{graph}"
exchange_url = "{exchange}"
"""
_SCRIPT: Final = 'protocol = "powershell"\nfolder = "{name}-scripts"\n'
PAIR: Final = """
[[pairs]]
name = "merger"
{more}
[pairs.source]
directory = "fabrikam"
domain = "fabrikam.example"
exchange = "fabrikam-exchange"
connector = "fabrikam"
[pairs.destination]
directory = "contoso"
domain = "contoso.example"
exchange = "contoso-exchange"
connector = "contoso"
"""
ACCOUNTS: Final = 'accounts = { licences = ["SPE_E3"], usage_location = "DE" }\n'


def somebody(company: str, local: str, kind: Kind = Kind.USER, **more: Any) -> Person:
    """A person of ``company``."""
    return Person(
        anchor=f"{company}-{local}",
        kind=kind,
        primary=Mailbox.parse(f"{local}@{company}.example"),
        texts={Field.DISPLAY_NAME: local.title()},
        **more,
    )


@dataclass(slots=True)
class Side:
    """One tenant."""

    name: str
    graph: GraphServer
    exchange: CmdletServer
    desk: PeopleDesk
    organisation: TenantDesk

    @property
    def book(self) -> AddressBook:
        """Who is in its directory."""
        return self.desk.book

    @property
    def state(self) -> dict[str, Any]:
        """Everything that can be set up there, for comparison."""
        rows = [
            {key: value for key, value in row.items() if key != "WhenChangedUTC"}
            for row in self.exchange.recipients.rows.values()
        ]
        told = {
            "people": dict(self.book.people),
            "licences": self.desk.licences.state,
            "policy": self.organisation.policies.state,
            "sharing": self.exchange.sharing.state,
            "recipients": rows,
        }
        return deepcopy(told)

    def shows(self, other: str) -> str:
        """How much the people of the other tenant see of its calendars."""
        policies, domains = self.organisation.policies, [f"{other}.example"]
        return seen(self.exchange.sharing, policies, tenant=IDS[other], domains=domains)

    @property
    def contacts(self) -> list[str]:
        """The addresses of the mail contacts there."""
        rows = self.exchange.recipients.rows.values()
        return sorted(
            row["ExternalEmailAddress"].removeprefix("SMTP:").lower()
            for row in rows
            if row["RecipientTypeDetails"] == "MailContact"
        )


@dataclass(slots=True)
class Typing:
    """An operator in ``folder``, with a clock that goes on whenever somebody looks."""

    folder: Path
    ca: Path
    sides: dict[str, Side]
    now: datetime = datetime(2026, 11, 23, 8, tzinfo=UTC)
    out: str = ""
    err: str = ""
    scripts: bool = False
    _runner: CliRunner = field(default_factory=CliRunner)

    @property
    def path(self) -> Path:
        """The configuration."""
        return self.folder / "busyline.toml"

    def writes(self, more: str = "", *, behind: str = "") -> None:
        """The configuration, with ``more`` in the pair and ``behind`` it."""
        client, text = Application().client_id, _HEAD
        for number, (name, side) in enumerate(self.sides.items(), 1):
            section = _TENANT + (_SCRIPT if self.scripts else _ONLINE)
            text += section.format(
                name=name,
                number=number,
                tenant=IDS[name],
                client_id=client,
                ca=self.ca,
                graph=side.graph.url,
                exchange=side.exchange.url,
            )
        self.path.write_text(text + PAIR.format(more=more) + behind)

    def clock(self) -> datetime:
        """Nobody has to wait for a pace."""
        self.now += timedelta(seconds=0.6)
        return self.now

    def types(self, *arguments: str, answers: str | None = None) -> int:
        """The exit code of ``busyline pair …``; with ``answers``, somebody sits there and types them."""
        around = Surroundings(clock=self.clock, asks=answers is not None)
        result = self._runner.invoke(app, [*arguments, "--config", str(self.path)], obj=around, input=answers)
        self.out, self.err = result.stdout, result.stderr
        if isinstance(result.exception, EndingError):
            self.err += str(result.exception)
            return result.exception.code
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What the command prints for programs."""
        assert self.types(*arguments, "--json") == code, self.err or self.out
        return json.loads(self.out)

    @property
    def world(self) -> dict[str, Any]:
        """Everything at both tenants, and the configuration."""
        return {"file": self.path.read_text()} | {name: side.state for name, side in self.sides.items()}


def staff() -> dict[str, list[Person]]:
    """Who is where: Ann, Bob, a room, a list and a group at Fabrikam; Cy and Dan at Contoso."""
    return {
        "fabrikam": [
            *(somebody("fabrikam", local) for local in ("ann", "bob")),
            somebody("fabrikam", "blue", Kind.ROOM),
            somebody("fabrikam", "sales", Kind.GROUP, members=("ann@fabrikam.example",)),
            somebody("fabrikam", "team", Kind.GROUP, attributes={"groupTypes": "Unified"}),
        ],
        "contoso": [somebody("contoso", local) for local in ("cy", "dan")],
    }


async def side(name: str, people: list[Person], tls: SSLContext, stack: AsyncExitStack) -> Side:
    """One tenant, which has licences for five."""
    own = Organisation(tenant=IDS[name], name=name.title(), domains=(f"{name}.example", f"{name}.onmicrosoft.example"))
    desk, organisation = PeopleDesk(AddressBook(people), clock=lambda: 0.0), TenantDesk(own)
    desk.licences.skus[E3] = Sku("SPE_E3", 5)
    estate, application = Estate(date(2026, 11, 20)), Application(roles=ROLES)
    graph = GraphServer(
        estate, ssl=tls, tenant=IDS[name], people=desk, organisation=organisation, applications=(application,)
    )
    exchange = CmdletServer(estate, Recipients(desk.book), ssl=tls, tenant=IDS[name])
    await stack.enter_async_context(graph)
    await stack.enter_async_context(exchange)
    exchange.tokens = graph.tokens
    return Side(name, graph, exchange, desk, organisation)


@asynccontextmanager
async def two_tenants(folder: Path) -> AsyncIterator[Typing]:
    """Both, and nobody has typed anything yet."""
    files = first_run.issue(folder / "tls", ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    async with AsyncExitStack() as stack:
        sides = {name: await side(name, people, tls, stack) for name, people in staff().items()}
        made = Typing(folder, files.ca, sides)
        made.writes()
        yield made


def relationship(typing: Typing, side: str, name: str, domains: list[str]) -> None:
    """An old organization relationship that is enabled."""
    typing.sides[side].exchange.sharing.put(
        "OrganizationRelationship",
        name,
        DomainNames=domains,
        FreeBusyAccessEnabled=True,
        FreeBusyAccessLevel="AvailabilityOnly",
    )
