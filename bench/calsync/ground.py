"""The simulated Google and Microsoft 365 that a hub is measured with, and the people who work in their calendars."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from bench.calsync.apart import Apart, answering, apart
from bench.calsync.ways import Faster
from protocols.google.calendar_writing import SCOPE
from protocols.model.event import Event
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.google.calendar_store import Calendars
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
    true. ``clock`` is everybody's; ``latency`` the seconds of a request at the mailbox, by that clock; ``quota`` that
    of Google's users, None for none."""

    calendars: int
    clock: Faster
    mailbox: bool = False
    latency: float = 0.0
    quota: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How the servers are reached: the base of each and a token for it."""

    google_url: str
    google_token: str
    graph_url: str
    graph_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the servers saw: how many appointments the mailbox has, requests to it, how many were refused, how many
    there were at once at most, what Google refused, mails that were sent, and the seconds of processor time."""

    copies: int
    requests: int
    refused: int
    most_at_once: int
    google_refused: int
    mails: int
    busy: float


class Ground:
    """Answers what :class:`Apart` asks. Spokes are named "google-0" and on, and "outlook"."""

    def __init__(self, google: GoogleServer, store: Calendars, desk: CalendarDesk) -> None:
        self._google, self._store, self._desk = google, store, desk

    async def create(self, spoke: str, event: Event) -> str:
        """Somebody enters something; its key."""
        return await self._user(spoke).create(event)

    async def fill(self, spoke: str, events: list[Event]) -> None:
        """Somebody enters all of them."""
        user = self._user(spoke)
        for event in events:
            await user.create(event)

    async def change(self, spoke: str, key: str, event: Event) -> None:
        """Somebody makes what stands there equal to ``event``."""
        await self._user(spoke).change(key, event)

    async def arrived(self, spoke: str, key: str, event: Event, patience: float) -> float:
        """As ``change``, and then how many seconds it takes until every other calendar has an appointment with this
        subject; ``patience`` where that took longer."""
        began = time.monotonic()
        await self.change(spoke, key, event)
        while time.monotonic() < began + patience:
            if all(event.subject in self._subjects(name) for name in self._names()):
                return time.monotonic() - began
            await asyncio.sleep(_GRAIN)
        return patience

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

    def _user(self, spoke: str) -> GoogleUser | Outlook:
        if spoke == "outlook":
            return Outlook(self._desk)
        return GoogleUser(self._store, self._store.all[calendar_of(spoke)])

    def _names(self) -> Iterator[str]:
        yield from self._store.all
        yield "outlook"

    def _subjects(self, name: str) -> set[Any]:
        if name == "outlook":
            return {each.properties.get("subject") for each in self._desk.mailboxes[ANNA][OWN].events.values()}
        return {each.get("summary") for each in self._store.all[name].events.values()}


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
        await answering(pipe, Ground(google, store, desk), reached)
