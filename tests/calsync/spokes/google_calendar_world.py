"""A calendar in a simulated Workspace, somebody who works in it, and the spoke over it, for the contract and beyond."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import aiohttp

from calsync.spokes.google_calendar import GoogleCalendar
from protocols.errors import PeerError
from protocols.google import calendar_body, calendar_writing
from protocols.google.calendar_times import at
from protocols.google.patience import Pace
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.google.calendar_store import Calendar, Calendars
from tests.contracts.quiet import loud
from tests.contracts.spoke_world import NOW, Stage

OWNER: Final = "jack.thompson@northwind.example"
GUEST: Final = "ann@contoso.example"
CALENDAR: Final = "c_project@group.calendar.google.com"
SCOPES: Final = (calendar_writing.SCOPE,)
ACCOUNT: Final = ServiceAccount(scopes=SCOPES)
ESTATE: Final = Estate(NOW.date())


@dataclass(slots=True)
class GoogleUser:
    """See :class:`tests.contracts.spoke_world.User`: by the store itself, whose rules are the server's."""

    store: Calendars
    calendar: Calendar

    async def create(self, content: Event) -> str:
        """Enter something new; its key."""
        body = calendar_body.part(content, calendar_body.FIELDS) | {"recurrence": calendar_body.recurrence(content)}
        key = str(self.store.insert(self.calendar, without_null(body), told="none")["id"])
        self._occurrences(key, content)
        return key

    async def change(self, key: str, content: Event) -> None:
        """Make what stands there equal to ``content``."""
        body = calendar_body.part(content, calendar_body.FIELDS) | {"recurrence": calendar_body.recurrence(content)}
        self.store.patch(self.calendar, key, body, told="none")
        self._occurrences(key, content)

    async def delete(self, key: str) -> None:
        """Throw it away."""
        self.store.delete(self.calendar, key, told="none")

    async def invite(self, key: str) -> None:
        """Ask somebody else to come."""
        attendees = [
            {"email": CALENDAR, "responseStatus": "accepted"},
            {"email": GUEST, "responseStatus": "needsAction"},
        ]
        self.store.patch(self.calendar, key, {"attendees": attendees}, told="none")

    async def scribble(self, key: str, text: str) -> None:
        """Set a property of another program."""
        properties = {"private": {"another-program": text}}
        self.store.patch(self.calendar, key, {"extendedProperties": properties, "colorId": "7"}, told="none")

    async def scribbled(self, key: str) -> str:
        """What is set there."""
        event = self.calendar.events[key]
        kept = event.get("extendedProperties", {}).get("private", {}).get("another-program", "")
        return str(kept) if event.get("colorId") == "7" else ""

    async def spoil(self) -> str:
        """Something that ends before it begins."""
        ends = {"start": {"dateTime": "2026-11-09T10:00:00Z"}, "end": {"dateTime": "2026-11-09T09:00:00Z"}}
        return str(self.store.plant(self.calendar, {**ends, "iCalUID": "spoilt@google.com", "summary": "Spoilt"})["id"])

    def occurrence(self, key: str, start: Any, body: dict[str, Any]) -> None:
        """One occurrence becomes as ``body`` says."""
        [instance] = [
            each
            for each in self.store.instances(self.calendar, key)
            if each["id"].endswith(at(start).replace("-", "").replace(":", ""))
        ]
        self.store.patch(self.calendar, instance["id"], body, told="none")

    def _occurrences(self, key: str, content: Event) -> None:
        for start, told in content.exceptions.items():
            if told is not None:
                self.occurrence(key, start, calendar_body.occurrence(start, told, content))


@dataclass(slots=True)
class Workspace:
    """The server with one calendar, and every request that the spoke has sent."""

    server: GoogleServer
    session: aiohttp.ClientSession
    calendar: Calendar
    requests: list[bytes] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def send(self, user: str = OWNER, scopes: tuple[str, ...] = SCOPES) -> Send:
        """What the spoke sends by, with the rights of ``user``."""
        token = self.server.tokens.issued(user, frozenset(scopes))

        async def send(request: HttpRequest) -> HttpResponse:
            self.requests.append(f"{request.method} {request.url}\n\n".encode() + request.body)
            headers = {**dict(request.headers.fields), "Authorization": f"Bearer {token}"}
            try:
                async with self.session.request(
                    request.method, request.url, data=request.body or None, headers=headers
                ) as answer:
                    return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())
            except aiohttp.ClientError as error:
                raise PeerError(Reason.UNREACHABLE, type(error).__name__) from None

        return send

    def spoke(self, send: Send | None = None, **more: Any) -> GoogleCalendar:
        """A spoke over the calendar."""
        numbers = count(1)
        return GoogleCalendar(
            "google",
            send or self.send(),
            calendar=self.calendar.key,
            pace=Pace(lambda: NOW, self.sleep, lambda: 0.5),
            new_id=lambda: f"channel-{next(numbers)}",
            api_url=self.server.url,
            **more,
        )

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)

    @property
    def store(self) -> Calendars:
        """The calendars of the server."""
        return self.server.calendars.store

    @property
    def user(self) -> GoogleUser:
        """Somebody who works in the calendar."""
        return GoogleUser(self.store, self.calendar)

    def stage(self) -> Stage[Event]:
        """What the contract wants."""
        return Stage(spoke=self.spoke(), user=self.user, wire=lambda: list(self.requests), expire=self.store.expire)


@asynccontextmanager
async def workspace(*, zone: str = "Europe/Zurich", reminders: tuple[int, ...] = ()) -> AsyncIterator[Workspace]:
    """A server with one calendar, empty."""
    async with GoogleServer(ESTATE, account=ACCOUNT) as server, aiohttp.ClientSession() as session:
        server.calendars = CalendarApi(lambda: NOW)
        calendar = server.calendars.store.add(CALENDAR, owner=OWNER, zone=zone, reminders=reminders)
        yield Workspace(server, session, calendar)


def without_null(body: dict[str, Any]) -> dict[str, Any]:
    """What somebody enters says nothing of what is not there."""
    return {
        name: {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value
        for name, value in body.items()
    }


@asynccontextmanager
async def quiet_workspace() -> AsyncIterator[Workspace]:
    """The same, in which nobody is told of anything."""
    async with workspace() as world:
        yield world
        assert loud(world.requests) == []
        assert world.store.mails == []
