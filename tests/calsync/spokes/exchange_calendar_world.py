"""A simulated Exchange with a calendar and public folders, somebody who works there, and the spokes over it."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
from lxml import etree

from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_calendar_asking import Exchange
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from protocols.ews.calendar_writing import changed, fresh, occurrence
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Days, Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk, CalendarFolder
from simulation.exchange.calendar_items import Entry, plain, read_into
from simulation.exchange.soap import T
from tests.contracts.spoke_world import NOW

ANNA: Final = Account("anna@fabrikam.example", "annas-password")
SVC: Final = Account("calsync@fabrikam.example", "write-calendars")
PATH: Final = "/Shared/Team calendar"
TREE: Final = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0001@fabrikam.example"
CONTENT: Final = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0002@fabrikam.example"
ANCHOR: Final = "tree@fabrikam.example"
ESTATE: Final = Estate(NOW.date())
_OTHERS: Final = ("ext", "11111111-1111-1111-1111-111111111111", "Other", "String")
_GUEST: Final = (
    f'<t:RequiredAttendees xmlns:t="{T}"><t:Attendee><t:Mailbox><t:Name>Guest</t:Name>'
    "<t:EmailAddress>guest@contoso.example</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>"
)


def element(text: str) -> etree._Element:
    """A piece of XML with the prefix ``t``."""
    return etree.fromstring(f'<r xmlns:t="{T}">{text}</r>')[0]


@dataclass(slots=True)
class Outlook:
    """See :class:`tests.contracts.spoke_world.User`: by what is stored, whose rules are the server's."""

    desk: CalendarDesk
    folder: CalendarFolder

    def stored(self, key: str) -> Entry:
        """What is kept under ``key``."""
        return self.folder.entries[key]

    async def create(self, content: Event) -> str:
        """Enter something new; its key."""
        entry = self.desk.add(self.folder, element(fresh(content, stamp="", token="")))
        self._occurrences(entry, content)
        return entry.key

    async def change(self, key: str, content: Event) -> None:
        """Make what stands there equal to ``content``."""
        names = {"when", "rule", "subject", "location", "body", "shows", "sensitivity", "categories", "reminder"}
        entry = self.stored(key)
        self._put(entry, changed(content, names))
        entry.lay_out({"Start"})
        self._occurrences(entry, content)
        self.desk.touch(self.folder, entry)

    async def delete(self, key: str) -> None:
        """Throw it away."""
        self.desk.remove(self.folder, self.stored(key))

    async def invite(self, key: str) -> None:
        """Ask somebody else to come."""
        self.stored(key).parts["RequiredAttendees"] = etree.fromstring(_GUEST)
        self.desk.touch(self.folder, self.stored(key))

    async def invite_to(self, key: str, place: int) -> None:
        """Ask somebody else to come to one occurrence of a series alone, which is counted from 1."""
        entry = self.stored(key)
        one = entry.occurrence(place)
        one.parts["RequiredAttendees"] = etree.fromstring(_GUEST)
        entry.differ(place, one, {"RequiredAttendees"})
        self.desk.touch(self.folder, entry)

    async def scribble(self, key: str, text: str) -> None:
        """Set a property of another program, and how important it is."""
        entry = self.stored(key)
        entry.own[_OTHERS] = text
        entry.parts["Importance"] = plain("Importance", "High")
        self.desk.touch(self.folder, entry)

    async def scribbled(self, key: str) -> str:
        """What is set there."""
        entry = self.stored(key)
        return entry.own.get(_OTHERS, "") if entry.parts["Importance"].text == "High" else ""

    async def spoil(self) -> str:
        """Something that ends before it begins."""
        key = await self.create(Event(when=Days(NOW.date(), NOW.date().replace(day=3))))
        self.stored(key).parts["End"] = plain("End", "2001-01-01T00:00:00Z")
        return key

    def _put(self, entry: Entry, updates: str) -> set[str]:
        names = set()
        for update in element(f"<t:Updates>{updates}</t:Updates>"):
            name = update[0].get("FieldURI", "").rpartition(":")[2]
            names.add(name)
            if etree.QName(update).localname == "SetItemField":
                read_into(entry, update[1])
            else:
                entry.parts.pop(name, None)
        return names

    def _occurrences(self, entry: Entry, content: Event) -> None:
        for original, one in content.exceptions.items():
            place = next(
                number
                for number, start in enumerate(entry.starts, start=1)
                if original in (start, start.date() if isinstance(content.when, Days) else None)
            )
            if one is None:
                entry.deleted.add(place)
                continue
            differing = entry.occurrence(place)
            entry.differ(place, differing, self._put(differing, occurrence(one, content)))


@dataclass(slots=True)
class World:
    """The server, and every request that the spokes have sent. ``now`` is everybody's clock."""

    server: ExchangeServer
    desk: CalendarDesk
    session: aiohttp.ClientSession
    clock: "Clock"
    requests: list[HttpRequest] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request, signed in."""
        self.requests.append(request)
        secret = base64.b64encode(f"{SVC.username}:{SVC.password}".encode()).decode()
        headers = {**dict(request.headers.fields), "Authorization": f"Basic {secret}"}
        async with self.session.request(request.method, request.url, data=request.body, headers=headers) as answer:
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), await answer.read())

    async def sleep(self, seconds: float) -> None:
        """Waits for nothing, and notes how long it should have been."""
        self.waits.append(seconds)

    def exchange(self, mailbox: str = ANNA.username, **more: Any) -> Exchange:
        """How the server is asked."""
        return Exchange(
            send=self.send,
            url=self.server.ews_url,
            mailbox=mailbox,
            clock=lambda: self.clock.now,
            sleep=self.sleep,
            chance=lambda: 0.0,
            **more,
        )

    def calendar(self, **more: Any) -> ExchangeCalendar:
        """A spoke over Anna's calendar."""
        return ExchangeCalendar("fabrikam", self.exchange(**more))

    def public(self, every: timedelta = timedelta(), **route: str) -> ExchangePublicFolder:
        """A spoke over the public folder, which is listed whole as often as ``every`` says."""
        found = Route(path=PATH, autodiscover=f"{self.server.url}/autodiscover/autodiscover.svc") if not route else None
        where = found or Route(path=PATH, **route)
        exchange = self.exchange(SVC.username, impersonates=False)
        return ExchangePublicFolder("shared", exchange, route=where, deletions_every=every)

    @property
    def anna(self) -> Outlook:
        """Somebody who works in Anna's calendar."""
        return Outlook(self.desk, self.desk.calendar(ANNA.username))

    @property
    def team(self) -> Outlook:
        """Somebody who works in the public folder."""
        return Outlook(self.desk, self.desk.public_folder(PATH))

    def wire(self) -> list[bytes]:
        """Every request, as the contract reads them."""
        return [f"{each.method} {each.url}\n\n".encode() + each.body for each in self.requests]

    def operations(self) -> list[str]:
        """What was asked, in order."""
        return [each.headers.get("SOAPAction", "").rpartition("/")[2].rstrip('"') for each in self.requests]


@dataclass(slots=True)
class Clock:
    """What everybody's clock shows."""

    now: datetime = NOW

    def pass_(self, time: timedelta) -> None:
        """Time passes."""
        self.now += time


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """A server with an empty calendar, and an empty public folder whose content lies in a mailbox of its own."""
    clock = Clock()
    desk = CalendarDesk([ANNA.username], impersonators=[SVC.username], clock=lambda: clock.now)
    desk.public.tree, desk.public.anchor = TREE, ANCHOR
    desk.public_folder(PATH, content=CONTENT)
    accounts = (ANNA, SVC)
    async with ExchangeServer(ESTATE, accounts=accounts, calendars=desk) as server, aiohttp.ClientSession() as session:
        yield World(server, desk, session, clock)


def span(day: int, hour: int, minutes: int = 60, zone: str = "UTC") -> Span:
    """In November 2026."""
    start = NOW.replace(day=day, hour=hour)
    return Span(start, start + timedelta(minutes=minutes), zone)


SECOND, THIRD, FOURTH = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (16, 23, 30))
SERIES: Final = Event(
    when=span(9, 9, zone="Europe/Berlin"),
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=6),
    subject="Weekly",
    exceptions={SECOND: Occurrence(when=span(17, 13, zone="Europe/Berlin"), location="Roof"), THIRD: None},
)
