"""A simulated Microsoft 365 directory for the tests of Graph's sides, and what they reach it by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Final

import aiohttp

from protocols.http import Headers, HttpRequest, HttpResponse
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.people import PeopleDesk

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
READER: Final = ("User.Read.All", "Group.Read.All", "Place.Read.All", "OrgContact.Read.All")
INVITER: Final = (*READER, "User.Invite.All", "User.ReadWrite.All", "User.EnableDisableAccount.All")
_ESTATE: Final = Estate(date(2026, 11, 23))


class Tenant:
    """A server, its directory, and a Send with the rights of ``roles``. ``waits`` are the seconds waited in vain."""

    def __init__(self, server: GraphServer, desk: PeopleDesk, session: aiohttp.ClientSession) -> None:
        self.server, self.desk, self._session = server, desk, session
        self.roles: tuple[str, ...] = INVITER
        self.waits: list[float] = []
        self.requests: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request with a token of its own."""
        self.requests.append(request)
        token = self.server.tokens.issue(roles=self.roles)
        headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
        async with self._session.request(
            request.method, request.url, data=request.body or None, headers=headers
        ) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)


@asynccontextmanager
async def tenant(book: AddressBook | None = None) -> AsyncIterator[Tenant]:
    """A tenant with the people of ``book``; nobody at all without one. Its limits are told by a clock that stands."""
    desk = PeopleDesk(book or AddressBook(), clock=lambda: 0.0)
    async with GraphServer(_ESTATE, people=desk) as server, aiohttp.ClientSession() as session:
        yield Tenant(server, desk, session)
