"""A simulated Workspace for the tests of Google's sides, and what they reach it by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Final

import aiohttp

from protocols.google.patience import Pace
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ADMIN: Final = "jack.thompson@northwind.example"
ACCOUNT: Final = ServiceAccount()
ESTATE: Final = Estate(date(2026, 11, 23))


class Workspace:
    """A server, and a Send for whomever a test acts as. ``waits`` are the seconds that were waited for in vain."""

    def __init__(self, server: GoogleServer, session: aiohttp.ClientSession) -> None:
        self.server, self._session = server, session
        server.shared.clock = lambda: NOW
        self.waits: list[float] = []
        self.requests: list[HttpRequest] = []

    def send_as(self, subject: str = ADMIN, *scopes: str) -> Send:
        """A Send with the rights of ``subject``: those given, or all."""
        token = self.server.tokens.issued(subject, frozenset(scopes or ACCOUNT.scopes))

        async def send(request: HttpRequest) -> HttpResponse:
            self.requests.append(request)
            headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
            async with self._session.request(
                request.method, request.url, data=request.body or None, headers=headers
            ) as answer:
                return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

        return send

    @property
    def pace(self) -> Pace:
        """A clock that stands still, and no waiting."""
        return Pace(lambda: NOW, self.sleep, lambda: 0.5)

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)


@asynccontextmanager
async def workspace(book: AddressBook | None = None) -> AsyncIterator[Workspace]:
    """A Workspace with the people of ``book``; nobody at all without one."""
    async with (
        GoogleServer(ESTATE, account=ACCOUNT, book=book or AddressBook()) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Workspace(server, session)
