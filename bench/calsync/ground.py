"""The simulated Google and Microsoft 365 that a hub is measured with, and the people who work in their calendars."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final, Protocol

from bench.calsync.apart import Apart, answering, apart
from bench.calsync.ways import Faster
from calsync.items import Content
from protocols.google.calendar_writing import SCOPE
from protocols.model.event import Event
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.google.calendar_store import Calendars as Store
from simulation.graph import GraphServer
from simulation.graph.calendar_desk import OWN, CalendarDesk
from simulation.graph.calendar_front import CalendarFront
from simulation.graph.mailbox_limits import MailboxLimits
from tests.calsync.spokes.google_calendar_world import GoogleUser
from tests.calsync.spokes.graph_calendar_world import ANNA, WRITER, Outlook

OWNER: Final = "jack.thompson@northwind.example"
QUOTA: Final = 600
"""Requests a minute of one user (Google Calendar API, quotas)."""
_GRAIN: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """So many calendars of Google's, named "google-0" and on, and one mailbox in Microsoft 365 where ``mailbox`` is
    true; of contacts so many users of Google's, and so many ``mailboxes``, "outlook-0" and on. ``clock`` is
    everybody's; ``latency`` the seconds of a request at a mailbox, by that clock; ``quota`` that of Google's users,
    None for none."""

    calendars: int
    clock: Faster
    mailbox: bool = False
    mailboxes: int = 0
    latency: float = 0.0
    quota: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How the servers are reached: the base of each and a token for it; ``tokens`` of the spokes that have their
    own."""

    google_url: str
    google_token: str
    graph_url: str
    graph_token: str
    tokens: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the servers saw: how many items the mailbox has, requests to it, how many were refused, how many
    there were at once at most, what Google refused, mails that were sent, and the seconds of processor time."""

    copies: int
    requests: int
    refused: int
    most_at_once: int
    google_refused: int
    mails: int
    busy: float


class Worker(Protocol):
    """Somebody who works in one calendar, or folder of contacts."""

    async def create(self, content: Any, /) -> str:
        """Enter something new; its key."""
        ...

    async def change(self, key: str, content: Any, /) -> None:
        """Make what stands there equal to ``content``."""
        ...


class Ground(ABC):
    """Answers what :class:`Apart` asks."""

    async def create(self, spoke: str, content: Content) -> str:
        """Somebody enters something; its key."""
        return await self.worker(spoke).create(content)

    async def fill(self, spoke: str, contents: list[Content]) -> None:
        """Somebody enters all of them."""
        worker = self.worker(spoke)
        for content in contents:
            await worker.create(content)

    async def change(self, spoke: str, key: str, content: Content) -> None:
        """Somebody makes what stands there equal to ``content``."""
        await self.worker(spoke).change(key, content)

    async def arrived(self, spoke: str, key: str, content: Content, patience: float) -> float:
        """As ``change``, and then how many seconds it takes until all others have an item that says the same;
        ``patience`` where that took longer."""
        began = time.monotonic()
        await self.change(spoke, key, content)
        said = said_by(content)
        while time.monotonic() < began + patience:
            if all(said in each for each in self.said()):
                return time.monotonic() - began
            await asyncio.sleep(_GRAIN)
        return patience

    @abstractmethod
    async def seen(self) -> Seen:
        """What the servers saw."""

    @abstractmethod
    def worker(self, spoke: str) -> Worker:
        """Somebody who works there."""

    @abstractmethod
    def said(self) -> Iterator[Collection[object]]:
        """Of each spoke, what its items say where :func:`said_by` looks."""


def said_by(content: Content) -> str:
    """By what a changed item is known: the subject of an appointment, the company of a contact."""
    return content.subject if isinstance(content, Event) else content.company


class Calendars(Ground):
    """Spokes are named "google-0" and on, and "outlook"."""

    def __init__(self, google: GoogleServer, store: Store, desk: CalendarDesk) -> None:
        self._google, self._store, self._desk = google, store, desk

    async def seen(self) -> Seen:
        """What the servers saw."""
        limits = self._desk.limits
        return Seen(
            copies=len(self._desk.mailboxes[ANNA][OWN].events),
            requests=limits.answered.total(),
            refused=limits.answered[429],
            most_at_once=max(limits.most.values(), default=0),
            google_refused=sum(call.status == 403 for call in self._google.calls),
            mails=len(self._store.mails) + len(self._desk.mails),
            busy=time.process_time(),
        )

    def worker(self, spoke: str) -> Worker:
        """Somebody who works there."""
        if spoke == "outlook":
            return Outlook(self._desk)
        return GoogleUser(self._store, self._store.all[calendar_of(spoke)])

    def said(self) -> Iterator[Collection[object]]:
        """The subjects of each calendar."""
        for calendar in self._store.all.values():
            yield {each.get("summary") for each in calendar.events.values()}
        yield {each.properties.get("subject") for each in self._desk.mailboxes[ANNA][OWN].events.values()}


def calendar_of(spoke: str) -> str:
    """The calendarId of a spoke."""
    return f"c_{spoke}@group.calendar.google.com"


@contextmanager
def ground(asked: Asked) -> Iterator[Apart]:
    """Both servers, in a process of their own; ``told`` is a :class:`Reached`."""
    with apart(_serve, asked) as found:
        yield found


async def _serve(pipe: Connection, asked: Asked) -> None:
    clock, account = asked.clock, ServiceAccount(scopes=(SCOPE,))
    limits = MailboxLimits(clock=lambda: clock.clock().timestamp(), latency=asked.latency / clock.speed)
    desk = CalendarDesk([ANNA], limits=limits, clock=clock.clock)
    estate = Estate(clock.begun.date())
    async with GoogleServer(estate, account=account) as google, GraphServer(estate) as graph:
        google.calendars = CalendarApi(clock.clock)
        google.calendars.channels.plain = True
        store = google.calendars.store
        store.quota = asked.quota
        for number in range(asked.calendars):
            store.add(calendar_of(f"google-{number}"), owner=OWNER)
        graph.calendars = CalendarFront(desk)
        reached = Reached(
            google_url=google.url,
            google_token=google.tokens.issued(OWNER, frozenset((SCOPE,))),
            graph_url=graph.url,
            graph_token=graph.tokens.issue(roles=WRITER),
        )
        await answering(pipe, Calendars(google, store, desk), reached)
