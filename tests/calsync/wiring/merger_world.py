"""A simulated Google calendar and a simulated Microsoft 365 mailbox, and the hub of the settings that joins them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from calsync.wiring.around import Around
from protocols.model.event import Event, Span
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.graph import Application, GraphServer
from simulation.graph.calendar_desk import OWN, CalendarDesk
from simulation.graph.calendar_front import CalendarFront
from tests.calsync.settings.merger import TWO_WAY
from tests.calsync.spokes import google_calendar_world, graph_calendar_world
from tests.clients.tls import Authority, authority
from tests.service.jobs.ticking import Time

ANNA: Final = graph_calendar_world.ANNA
_TEXT: Final = "[hubs.spokes.{name}]\n{keys}\n[hubs.spokes.{name}.get]\ncreate = true\nchange = true\ndelete = true\n"


@dataclass(frozen=True, slots=True)
class World:
    """``jack`` works at Google, ``anna`` in Outlook; ``spokes`` is what the settings say of both."""

    google: GoogleServer
    graph: CalendarFront
    jack: google_calendar_world.GoogleUser
    anna: graph_calendar_world.Outlook
    spokes: dict[str, dict[str, Any]]
    tls: Authority
    clock: Callable[[], datetime]

    def event(self, subject: str) -> Event:
        """Tomorrow, for an hour."""
        start = self.clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        return Event(when=Span(start, start + timedelta(hours=1), "UTC"), subject=subject)

    def at_google(self) -> list[str]:
        """What stands there."""
        events = self.jack.calendar.events.values()
        return sorted(str(each["summary"]) for each in events if each.get("status") != "cancelled")

    def at_graph(self) -> list[str]:
        """What stands there."""
        return sorted(each.properties["subject"] for each in self.stored())

    def stored(self) -> list[Any]:
        """The events in the mailbox, as they are kept."""
        return list(self.graph.desk.mailboxes[ANNA][OWN].events.values())

    def told(self) -> bool:
        """Whether both servers have promised to tell of changes."""
        return bool(self.google.calendars.channels.all and self.graph.subscriptions.subscriptions)

    async def until(self, there: Callable[[], bool]) -> None:
        """Once it is so, which takes a while: others are given their turn meanwhile."""
        async with asyncio.timeout(30):
            while not there():  # noqa: ASYNC110  it comes from another process
                await asyncio.sleep(0.01)

    def text(self, schedule: str) -> str:
        """The hub, as it stands in a file."""
        parts = [f'[[hubs]]\nname = "merger"\nschedule = "{schedule}"\n']
        for name, spoke in self.spokes.items():
            keys = "\n".join(f'{key} = "{value}"' for key, value in spoke.items() if key != "get")
            parts.append(_TEXT.format(name=name, keys=keys))
        return "\n".join(parts)


def around(directory: Path, time: Time, **others: Any) -> Around:
    """A clock that goes as far as somebody sleeps, and numbers that are counted."""
    numbers = count(1)
    given: dict[str, Any] = {
        "directory": directory,
        "holder": "here",
        "clock": time.clock,
        "sleep": time.sleep,
        "chance": lambda: 0.0,
        "number": lambda: f"number-{next(numbers)}",
        "random": lambda length: f"{next(numbers):0{2 * length}x}",
        "jitter": timedelta(),
    }
    return Around(**given | others)


@asynccontextmanager
async def world(folder: Path, clock: Callable[[], datetime]) -> AsyncIterator[World]:
    """Both servers, empty; the files of the settings lie in ``folder``."""
    tls, application = authority(folder), Application(roles=graph_calendar_world.WRITER)
    account = ServiceAccount(scopes=google_calendar_world.SCOPES)
    estate = google_calendar_world.ESTATE
    desk = CalendarDesk([ANNA], clock=clock)
    async with (
        GoogleServer(estate, account=account) as google,
        GraphServer(estate, ssl=tls.server, applications=(application,)) as graph,
    ):
        google.calendars = CalendarApi(clock)
        google.calendars.channels.plain = True
        front = graph.calendars = CalendarFront(desk)
        owner, key = google_calendar_world.OWNER, google_calendar_world.CALENDAR
        calendar = google.calendars.store.add(key, owner=owner, zone="Europe/Zurich", reminders=())
        (folder / "google.json").write_text(google.service_account_file())
        (folder / "graph").write_text(application.secret)
        north = {"protocol": "google", "service_account": "file:google.json", "subject": owner, "calendar": key}
        contoso = {"protocol": "graph", "tenant": graph.tenant, "client_id": application.client_id}
        contoso |= {"secret": "file:graph", "mailbox": ANNA, "ca": str(tls.ca)}
        spokes: dict[str, dict[str, Any]] = {
            "north": {**north, "api_url": google.url, "get": TWO_WAY},
            "contoso": {**contoso, "login_url": graph.url, "graph_url": graph.url, "get": TWO_WAY},
        }
        jack = google_calendar_world.GoogleUser(google.calendars.store, calendar)
        yield World(google, front, jack, graph_calendar_world.Outlook(desk), spokes, tls, clock)
        await front.subscriptions.settled()
