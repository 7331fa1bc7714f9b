"""One simulated Microsoft 365 organisation, Exchange Online with it, and what reaches both with all rights."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, Final

import aiohttp

from protocols.graph.cmdlets import Endpoint
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.exchange_online import CmdletServer, Recipients
from simulation.exchange_online.server import ROLE, TENANT
from simulation.graph import GraphServer
from simulation.graph.people import PeopleDesk
from simulation.graph.tenant import Organisation, TenantDesk

OWN: Final = Organisation(
    tenant="11111111-1111-1111-1111-111111111111",
    name="Contoso",
    domains=("contoso.example", "contoso.onmicrosoft.example"),
)
OTHER: Final = Organisation(
    tenant="22222222-2222-2222-2222-222222222222", name="Fabrikam", domains=("fabrikam.example",)
)
ROLES: Final = (
    *("Organization.Read.All", "Domain.Read.All", "User.ReadWrite.All"),
    *("Policy.ReadWrite.CrossTenantAccess", "Policy.ReadWrite.CrossTenantCapability", "AuditLog.Read.All"),
    *("LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All", "User.EnableDisableAccount.All"),
)
NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Tenant:
    """The servers with what stands in them; ``roles`` are what a request of :meth:`send` may do."""

    def __init__(self, graph: GraphServer, exchange: CmdletServer, session: aiohttp.ClientSession) -> None:
        self.graph, self.exchange, self._session = graph, exchange, session
        self.roles: tuple[str, ...] = ROLES
        self.endpoint = Endpoint(api_url=exchange.url, tenant=TENANT)
        self.where: dict[str, Any] = {"api_url": graph.url, "as_of": NOW}
        self.sharing = exchange.sharing

    @property
    def people(self) -> PeopleDesk:
        """Everybody who is there."""
        assert self.graph.people is not None
        return self.graph.people

    @property
    def desk(self) -> TenantDesk:
        """What the organisation says of itself."""
        assert self.graph.organisation is not None
        return self.graph.organisation

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request with a token of its own, for whichever of the two."""
        token = self.graph.tokens.issue(roles=self.roles)
        if request.url.startswith(self.exchange.url):
            token = self.exchange.tokens.issue(roles=(ROLE,))
        headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
        data = request.body or None
        async with self._session.request(request.method, request.url, data=data, headers=headers) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    async def ask(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
        """Status and body of one request to Graph."""
        token = self.graph.tokens.issue(roles=self.roles)
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.graph.url}{path}"
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            told = await answer.json() if answer.content_type == "application/json" else None
            return answer.status, told


@asynccontextmanager
async def tenant(own: Organisation = OWN) -> AsyncIterator[Tenant]:
    """An organisation with Ann."""
    ann = Person(
        anchor="ann",
        kind=Kind.USER,
        primary=Mailbox.parse("ann@contoso.example"),
        texts={Field.DISPLAY_NAME: "Ann"},
        attributes={"usageLocation": "DE"},
    )
    book, estate = AddressBook([ann]), Estate(date(2026, 11, 23))
    graph = GraphServer(estate, people=PeopleDesk(book), organisation=TenantDesk(own))
    async with (
        graph,
        CmdletServer(estate, Recipients(book)) as exchange,
        aiohttp.ClientSession() as session,
    ):
        yield Tenant(graph, exchange, session)
