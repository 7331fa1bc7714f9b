"""A hub of three calendars or folders in memory with a real ledger, for tests of whole runs in any weather."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from calsync.engine.engine import Engine
from calsync.engine.moments import Moment, News, Tell
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
from calsync.rules import Conflict, Gets, Gives, HubRules, Kind, Reminders, SpokeRules, Treat
from service.state.database import Database
from tests.calsync.world.clock import Time
from tests.calsync.world.server import Server
from tests.calsync.world.spoke import MemorySpoke

SPOKES: Final = ("north", "south", "west")
ALL: Final = Gets(create=True, change=True, delete=True, reminders=Reminders.KEEP)
EVERYTHING: Final = Gives(private=Treat.COPY, declined=Treat.COPY, cancelled=Treat.COPY)


def rules(
    name: str = "merger",
    *,
    gets: Mapping[str, Gets] | None = None,
    gives: Mapping[str, Gives | None] | None = None,
    conflicts: Conflict = Conflict.NEWEST,
    kind: Kind = Kind.CALENDAR,
) -> HubRules:
    """Everything is given and allowed, where nothing else is said."""
    found = tuple(
        SpokeRules(name=each, gives=(gives or {}).get(each, EVERYTHING), gets=(gets or {}).get(each, ALL))
        for each in SPOKES
    )
    return HubRules(name=name, kind=kind, spokes=found, conflicts=conflicts)


class CrashError(Exception):
    """The plug was pulled."""


@dataclass(slots=True, kw_only=True)
class World:
    """``crash`` is the moment at which the plug is pulled, and how many of it go by before."""

    ledger: Ledger
    time: Time
    rules: HubRules
    servers: Mapping[str, Server]
    spokes: Mapping[str, MemorySpoke]
    crash: tuple[Moment, int] | None = None
    seen: Counter[Moment] = field(default_factory=Counter)

    @classmethod
    def over(cls, database: Database, rules: HubRules, *, at_once: int = 2) -> "World":
        """Three that are empty; ``rules`` name a hub that the database has not seen before."""
        time = Time()
        servers = {name: Server(name=name, clock=time.clock) for name in SPOKES}
        spokes = {
            name: MemorySpoke(server, feed=name != "west", batch=3 if name == "south" else 1, at_once=at_once)
            for name, server in servers.items()
        }
        return cls(ledger=Ledger(database, clock=time.clock), time=time, rules=rules, servers=servers, spokes=spokes)

    @property
    def hub(self) -> Hub:
        """As its rules are now."""
        return Hub(rules=self.rules, spokes=self.spokes, fingerprint=repr(self.rules))

    def engine(self, *, tell: Tell | None = None) -> Engine:
        """A new one, as after a restart."""
        return Engine(
            self.hub,
            self.ledger,
            clock=self.time.clock,
            sleep=self.time.sleep,
            holder="here",
            random=lambda: 0.0,
            tell=tell or self._tell,
        )

    async def sync(
        self, *, only: frozenset[str] | None = None, guards: bool = False, whole: bool = False
    ) -> HubReport | None:
        """One run, a second after the last one; None where it crashed."""
        self.seen.clear()
        self.time.now += timedelta(seconds=1)
        try:
            allow = frozenset[str]() if guards else frozenset(GUARDS)
            return await self.engine().sync(allow=allow, only=only, whole=whole)
        except CrashError:
            return None
        finally:
            self.crash = None

    async def lose_the_ledger(self) -> None:
        """All that was agreed is forgotten."""
        run = await self.ledger.begin(self.rules.name, RunKind.SYNC)
        await self.ledger.clear(self.rules.name, run)

    def _tell(self, news: News) -> None:
        self.seen[news.moment] += 1
        if self.crash is not None and self.crash[0] is news.moment and self.seen[news.moment] > self.crash[1]:
            raise CrashError
