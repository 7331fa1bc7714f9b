"""A simulated Exchange Online for the tests of sides that call its cmdlets, and what they reach it by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import aiohttp
import orjson

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Outcome, Target
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.admin_cmdlets_target import AdminCmdletsTarget, MailUsers, blocking
from galsync.steps import Step
from protocols.graph.cmdlets import ROLE, Endpoint
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.exchange_online import CmdletServer, Recipients
from simulation.faults import Call
from tests.galsync.sides.microsoft_world import Tenant

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
_ESTATE: Final = Estate(date(2026, 11, 23))


class Organisation:
    """A server, its recipients, and a Send with the rights of ``roles``. Its clock goes on with each wait alone."""

    def __init__(self, server: CmdletServer, session: aiohttp.ClientSession) -> None:
        self.server, self.recipients, self._session = server, server.recipients, session
        self.roles: tuple[str, ...] = (ROLE,)
        self.waits: list[float] = []
        self.requests: list[HttpRequest] = []
        self.now = NOW
        self.pace = CmdletPace(clock=self.clock, sleep=self.sleep)

    @property
    def endpoint(self) -> Endpoint:
        """Where cmdlets are posted to."""
        return Endpoint(api_url=self.server.url, tenant=self.server.tenant)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request with a token of its own."""
        self.requests.append(request)
        token = self.server.tokens.issue(roles=self.roles)
        headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
        async with self._session.request(request.method, request.url, data=request.body, headers=headers) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    def clock(self) -> datetime:
        """Its own time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Goes on at once, and notes how long it should have been."""
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


def cmdlet_of(call: Call) -> str:
    """Which cmdlet a request calls."""
    return str(orjson.loads(call.body)["CmdletInput"]["CmdletName"])


def writes(call: Call) -> bool:
    """Whether a request changes anything."""
    return not cmdlet_of(call).startswith("Get-")


@asynccontextmanager
async def organisation(book: AddressBook | None = None) -> AsyncIterator[Organisation]:
    """An organisation without recipients, over the directory ``book``."""
    async with CmdletServer(_ESTATE, Recipients(book)) as server, aiohttp.ClientSession() as session:
        yield Organisation(server, session)


PASSWORD = "aA1-nobody-knows-this"


def cmdlets(
    world: Organisation, graph: Tenant | None = None, sync: str = "fabrikam", **more: Any
) -> AdminCmdletsTarget:
    users = None
    if graph is not None:
        block = blocking(graph.send, api_url=graph.server.url, clock=world.clock)
        users = MailUsers(sign_in_domain="b.onmicrosoft.example", password=lambda: PASSWORD, block=block)
    return AdminCmdletsTarget(
        "contoso", world.send, world.endpoint, sync=sync, pace=world.pace, mail_users=users, **more
    )


ANN = Entry(
    anchor="ad:ann",
    form=Form.MAIL_CONTACT,
    address=Mailbox.parse("ann@b.example"),
    aliases=("second@b.example", "X500:/o=B/cn=Ann"),
    texts={Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead", Field.EXTRA_3: "three"},
)
USER = replace(ANN, form=Form.MAIL_USER)
OURS = Stamp("fabrikam", "ad:ann")


async def all_of(target: Target) -> list[Held]:
    return [held async for held in target.held("")]


async def written(target: Target, step: Step) -> Outcome:
    [outcome] = await target.write("", [step])
    return outcome
