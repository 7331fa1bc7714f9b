"""A calendar in a simulated mailbox, somebody who works in it, and the spoke over it, for the contract and beyond."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp

from calsync.spokes.graph_calendar import GraphCalendar
from calsync.spokes.graph_calendar_asking import Calendar
from protocols.graph.calendar_bodies import FIELDS, changed, instance
from protocols.graph.calendar_requests import Place
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Days, Event
from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.calendar_desk import OWN, CalendarDesk
from simulation.graph.calendar_desk import Calendar as Kept
from simulation.graph.calendar_front import CalendarFront
from simulation.graph.calendar_objects import Stored, put, put_occurrence
from tests.contracts.spoke_world import NOW, Stage

ANNA: Final = "anna@contoso.example"
TEAM: Final = "AAMkAGteam=="
GUEST: Final = {"emailAddress": {"name": "Guest", "address": "guest@fabrikam.example"}, "type": "required"}
WRITER: Final = ("Calendars.ReadWrite",)
ESTATE: Final = Estate(NOW.date())


@dataclass(slots=True)
class Outlook:
    """See :class:`tests.contracts.spoke_world.User`: by what is stored, whose rules are the server's."""

    desk: CalendarDesk
    calendar: str = OWN

    def stored(self, key: str) -> Stored:
        """What is kept under ``key``."""
        return self.desk.mailboxes[ANNA][self.calendar].events[key]

    async def create(self, content: Event) -> str:
        """Enter something new; its key."""
        body = changed(content, FIELDS, zone="UTC")
        event = self.desk.plant(ANNA, body, self.calendar)
        self._occurrences(event, content)
        return event.key

    async def change(self, key: str, content: Event) -> None:
        """Make what stands there equal to ``content``."""
        put(self.stored(key), changed(content, FIELDS, zone="UTC"), new=False)
        self._occurrences(self.stored(key), content)
        self.desk.touch(ANNA, key, self.calendar)

    async def delete(self, key: str) -> None:
        """Throw it away."""
        event = self.desk.mailboxes[ANNA][self.calendar].events.pop(key)
        self.desk.mailboxes[ANNA][self.calendar].journal.changed.append(event.key)

    async def invite(self, key: str) -> None:
        """Ask somebody else to come."""
        put(self.stored(key), {"attendees": [GUEST]}, new=False)
        self.desk.touch(ANNA, key, self.calendar)

    async def scribble(self, key: str, text: str) -> None:
        """Set a property of another program, and how important it is."""
        self.stored(key).extended["string {11111111-1111-1111-1111-111111111111} name other"] = text
        put(self.stored(key), {"importance": "high"}, new=False)
        self.desk.touch(ANNA, key, self.calendar)

    async def scribbled(self, key: str) -> str:
        """What is set there."""
        event = self.stored(key)
        told = event.extended.get("string {11111111-1111-1111-1111-111111111111} name other", "")
        return told if event.properties["importance"] == "high" else ""

    async def spoil(self) -> str:
        """Something whose beginning is no time."""
        body = changed(Event(when=Days(NOW.date(), NOW.date().replace(day=3))), FIELDS, zone="UTC")
        raw = {"start": {"dateTime": "never", "timeZone": "UTC"}}
        return self.desk.plant(ANNA, body, self.calendar, raw=raw).key

    def _occurrences(self, event: Stored, content: Event) -> None:
        for original, one in sorted(content.exceptions.items(), key=lambda each: each[1] is not None):
            day = next(each for each in event.days() if original in (each, event.original(each)))
            if one is None:
                event.cancelled.add(day)
            else:
                put_occurrence(event, day, instance(content, original, None, one))


@dataclass(slots=True)
class Mailbox:
    """The server with one mailbox, and every request that the spoke has sent."""

    server: GraphServer
    front: CalendarFront
    session: aiohttp.ClientSession
    calendar: str = ""
    roles: tuple[str, ...] = WRITER
    requests: list[HttpRequest] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    passed: timedelta = timedelta()

    @property
    def desk(self) -> CalendarDesk:
        """The calendars of the server."""
        return self.front.desk

    @property
    def place(self) -> Place:
        """The calendar as it is asked for."""
        return Place(user=ANNA, calendar=self.calendar, api_url=self.server.url)

    @property
    def user(self) -> Outlook:
        """Somebody who works in the calendar."""
        return Outlook(self.desk, self.calendar or OWN)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request with a token of its own."""
        self.requests.append(request)
        headers = {
            **dict(request.headers.fields),
            "Authorization": f"Bearer {self.server.tokens.issue(roles=self.roles)}",
        }
        async with self.session.request(
            request.method, request.url, data=request.body or None, headers=headers
        ) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    def clock(self) -> datetime:
        """When it is for the spoke: as late as if it had waited, and after what was let pass."""
        return NOW + self.passed + timedelta(seconds=sum(self.waits))

    def pass_(self, time: timedelta) -> None:
        """Lets ``time`` pass."""
        self.passed += time

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)

    def asked(self, **more: Any) -> Calendar:
        """The calendar, and how it is reached."""
        plain: dict[str, Any] = {"send": self.send, "clock": self.clock, "sleep": self.sleep, "chance": lambda: 0.0}
        return Calendar(place=self.place, **{**plain, **more})

    def spoke(self, **more: Any) -> GraphCalendar:
        """A spoke over the calendar."""
        return GraphCalendar("contoso", self.asked(**more))

    def stage(self) -> Stage[Event]:
        """What the contract wants."""
        return Stage(spoke=self.spoke(), user=self.user, wire=self.wire, expire=self.desk.expire)

    def wire(self) -> list[bytes]:
        """Every request, as the contract reads them."""
        return [f"{each.method} {each.url}\n\n".encode() + each.body for each in self.requests]


@asynccontextmanager
async def mailbox(calendar: str = "") -> AsyncIterator[Mailbox]:
    """A server with an empty mailbox of two calendars, of which one is meant."""
    desk = CalendarDesk([ANNA], clock=lambda: NOW)
    desk.mailboxes[ANNA][TEAM] = Kept("Team")
    async with GraphServer(ESTATE) as server, aiohttp.ClientSession() as session:
        front = server.calendars = CalendarFront(desk)
        yield Mailbox(server, front, session, calendar)
        await front.subscriptions.settled()
