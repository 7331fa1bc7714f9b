"""A hub of two calendars in a simulated Workspace, somebody who works in each, and an operator at the command line."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from calsync.ledger.ledger import Ledger
from calsync.wiring.opening import ledger_of
from console.hubs.command import app
from protocols.google.calendar_writing import SCOPE
from protocols.model.event import Event
from service.state.settings import StateSettings
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.google.calendar_store import Calendar
from tests.calsync.spokes.google_calendar_world import ESTATE, OWNER, GoogleUser
from tests.console.gal.aside import aside
from tests.console.gal.typing_it import Operator
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import NOW

HEAD: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
"""
HUB: Final = """\
[[hubs]]
name = "merger"
"""
SPOKE: Final = """\
[hubs.spokes.{name}]
protocol = "google"
service_account = "file:google.json"
subject = "{owner}"
calendar = "{name}@group.calendar.google.com"
api_url = "{url}"
"""
MAY: Final = "get = { create = true, change = true, delete = true }\n"
NAMES: Final = ("north", "south")
KICK_OFF: Final = Event(when=span(9, 9), subject="Kick-off")


@dataclass(slots=True)
class Merger:
    """``calendars`` by the names of the spokes."""

    server: GoogleServer
    typing: Operator
    calendars: dict[str, Calendar]

    def configure(self, *, hub: str = "", more: str = "", **spokes: str) -> None:
        """Both may be written, where nothing else is said of a spoke; ``hub`` are further lines of the hub itself."""
        parts = [
            SPOKE.format(name=name, owner=OWNER, url=self.server.url) + spokes.get(name, MAY) for name in self.calendars
        ]
        (self.typing.folder / "busyline.toml").write_text(HEAD + HUB + hub + "".join(parts) + more)

    def runs(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that somebody else does meanwhile."""
        asyncio.run(work)

    def enters(self, name: str, event: Event) -> str:
        """Somebody does; its key."""
        return asyncio.run(self._user(name).create(event))

    def changes(self, name: str, key: str, event: Event) -> None:
        """Somebody does."""
        asyncio.run(self._user(name).change(key, event))

    def removes(self, name: str, key: str) -> None:
        """Somebody does."""
        asyncio.run(self._user(name).delete(key))

    def standing(self, name: str) -> list[str]:
        """The subjects of what stands there."""
        return sorted(str(event.get("summary", "")) for event in self._events(name))

    def key(self, name: str) -> str:
        """Of the one that stands there."""
        [key] = self.keys(name)
        return key

    def keys(self, name: str) -> list[str]:
        """Of all that stands there."""
        return [str(event["id"]) for event in self._events(name)]

    def _events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.calendars[name].events.values() if event.get("status") != "cancelled"]

    def _user(self, name: str) -> GoogleUser:
        return GoogleUser(self.server.calendars.store, self.calendars[name])


@asynccontextmanager
async def opened_ledger(folder: Path) -> AsyncIterator[Ledger]:
    """What the hub remembers."""
    async with ledger_of(StateSettings(), folder, clock=lambda: NOW) as ledger:
        yield ledger


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Merger]:
    """Both calendars are empty."""
    account = ServiceAccount(scopes=(SCOPE, f"{SCOPE}.readonly"))
    async with GoogleServer(ESTATE, account=account) as server:
        server.calendars = CalendarApi(lambda: NOW)
        add = server.calendars.store.add
        calendars = {name: add(f"{name}@group.calendar.google.com", owner=OWNER) for name in NAMES}
        (folder / "google.json").write_text(server.service_account_file())
        yield Merger(server, Operator(folder, now=NOW, commands=app), calendars)


@contextmanager
def merger(folder: Path) -> Iterator[Merger]:
    """The hub, with Kick-off in the north."""
    with aside(served(folder)) as made:
        made.configure()
        made.enters("north", KICK_OFF)
        yield made
