"""A hub of two, one of which holds or says something bad, and what has to hold through all its runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.items import Content, Item
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import CREATIONS
from calsync.reports.report import HubReport
from calsync.rules import Gets, Gives, HubRules, Kind, Reminders, SpokeRules, Treat
from calsync.spoke import Act, Spoke
from protocols.model.card import Card
from protocols.model.event import Event
from service.state.database import Database
from tests.calsync.bad_input.corners import CORNERS, Corner
from tests.calsync.bad_input.folders import FOLDERS
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import NOW, Reader

ALL: Final = Gets(create=True, change=True, delete=True, reminders=Reminders.KEEP)
EVERYTHING: Final = Gives(private=Treat.COPY, declined=Treat.COPY, cancelled=Treat.COPY)
GOOD: Final = 10


def good(name: str, hour: int = 9) -> Event:
    """An appointment that nobody could object to."""
    return Event(when=span(10, hour), subject=name)


def somebody(name: str) -> Card:
    """A contact of the same sort."""
    return Card(display_name=name, surname=name, emails=(f"{'.'.join(name.lower().split())}@b.example",))


@dataclass(slots=True, kw_only=True)
class Joint:
    """``bad`` is where it comes from, ``well`` a calendar in which all is well."""

    bad: Corner
    well: Corner
    ledger: Ledger
    rules: HubRules
    now: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def hub(self) -> Hub:
        """As the settings would have it."""
        spokes: Mapping[str, Spoke] = {each.spoke.name: each.spoke for each in (self.bad, self.well)}
        return Hub(rules=self.rules, spokes=spokes, fingerprint=repr(self.rules))

    async def sync(self, *, whole: bool = False) -> HubReport:
        """One run, a minute after the last. Nothing is ever deleted in it."""
        self.pass_(timedelta(minutes=1))
        engine = Engine(
            self.hub, self.ledger, clock=lambda: self.now[0], sleep=self.slept, holder="test", random=lambda: 0.0
        )
        report = await engine.sync(allow=frozenset({CREATIONS}), whole=whole)
        assert not [key for key in report.tally.written if key[1] is Act.DELETE]
        return report

    def pass_(self, time: timedelta) -> None:
        """Lets ``time`` pass, for everybody."""
        self.now[0] += time
        self.bad.pass_(time)
        self.well.pass_(time)

    async def quiet(self, *, whole: bool = False) -> HubReport:
        """A run that has nothing to do."""
        report = await self.sync(whole=whole)
        assert list(report.steps) == []
        assert report.tally.written.total() == 0
        return report

    async def slept(self, seconds: float) -> None:
        """Nobody waits, and time passes all the same."""
        self.now[0] += timedelta(seconds=seconds)

    def good(self, name: str, hour: int = 9) -> Event | Card:
        """An item of this hub that nobody could object to."""
        return good(name, hour) if self.rules.kind is Kind.CALENDAR else somebody(name)

    async def fill(self) -> list[str]:
        """Ten good ones on the bad side; their keys."""
        return [await self.bad.user.create(self.good(f"Good {number}", 8 + number)) for number in range(GOOD)]

    async def enter(self, names: Mapping[str, object]) -> dict[str, str]:
        """One for each of ``names``, still good; their keys."""
        return {name: await self.bad.user.create(self.good(f"Bad {name}")) for name in names}


async def subjects(corner: Corner) -> list[str]:
    """What stands there, by its titles."""
    return sorted(_named(item.content) for item in (await standing(corner)).values())


def _named(content: Content) -> str:
    return content.subject if isinstance(content, Event) else content.display_name


async def standing(corner: Corner) -> dict[str, Item]:
    """What stands there and can be read."""
    return dict((await Reader(corner.spoke).news()).items)


@asynccontextmanager
async def joint(system: str, folder: Path) -> AsyncIterator[Joint]:
    """``system`` on the bad side, and on the other one Google (for Google, Microsoft 365)."""
    every = CORNERS | FOLDERS
    one, other = ("google contacts", "graph contacts") if system in FOLDERS else ("google", "graph")
    neighbour = other if system == one else one
    async with every[system]() as bad, every[neighbour]() as well, together(bad, well, folder) as made:
        yield made


@asynccontextmanager
async def together(bad: Corner, well: Corner, folder: Path) -> AsyncIterator[Joint]:
    """A hub of both, all ways as far as they can be written; nobody gets a mail."""
    spokes = tuple(
        SpokeRules(name=each.spoke.name, gives=EVERYTHING, gets=ALL if each.spoke.ability.writable else Gets())
        for each in (bad, well)
    )
    rules = HubRules(name="merger", kind=bad.kind, spokes=spokes)
    async with Database.open(f"sqlite:{folder / 'state.db'}") as database:
        now = [NOW]
        yield Joint(bad=bad, well=well, ledger=Ledger(database, clock=lambda: now[0]), rules=rules, now=now)
    for corner in (bad, well):
        assert list(corner.mails()) == []
