"""A whole sync to test with: a scripted source and target, a ledger in a file, and an engine between them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from galsync.engine.engine import Engine
from galsync.engine.moments import News, Tell
from galsync.entries import Held
from galsync.ledger.ledger import Ledger
from galsync.people.mapping import Mapping
from galsync.people.selection import Selection
from galsync.plans.guards import Bound, Guards
from galsync.rules import Rules
from galsync.side import Source
from galsync.syncs import Feed, Sync
from protocols.model.person import Person
from service.state.database import Database
from tests.galsync.scripted import ScriptedSource, ScriptedTarget
from tests.galsync.stock import SYNC
from tests.service.runs.kept import Time

NO_BOUNDS = Guards(deletions=Bound(), changes=Bound(), shrink=1.0)


def feed(source: Source) -> Feed:
    """Everybody of ``source``, as they are."""
    return Feed(source=source, selection=Selection(), mapping=Mapping(source=source.name))


def a_sync(target: ScriptedTarget, *sources: Source, **others: Any) -> Sync:
    """A sync without guards, unless ``others`` say so."""
    feeds = tuple(feed(source) for source in sources)
    rules = Rules(sync=SYNC, fields=feeds[0].mapping.hows, hides=target.ability.hides, grace=timedelta(days=30))
    given: dict[str, Any] = {"name": SYNC, "feeds": feeds, "target": target, "rules": rules, "guards": NO_BOUNDS}
    return Sync(**given | others)


@dataclass(slots=True, kw_only=True)
class Machine:
    """One sync and all that it works with; ``news`` is what it told."""

    source: ScriptedSource
    target: ScriptedTarget
    sync: Sync
    ledger: Ledger
    database: Database
    time: Time
    news: list[News] = field(default_factory=list)

    def engine(self, *, holder: str = "here", tell: Tell | None = None, **others: Any) -> Engine:
        """A new engine, as after a restart; ``others`` are of the sync."""
        return Engine(
            replace(self.sync, **others),
            self.ledger,
            clock=self.time.clock,
            sleep=self.time.sleep,
            holder=holder,
            random=lambda: 0.0,
            tell=tell or self.news.append,
        )

    def standing(self, place: str = "") -> dict[str, Held]:
        """What bears our stamp, by address; no address twice, and no anchor."""
        ours = [held for held in self.target.memory.standing(place) if held.stamp and held.stamp.sync == SYNC]
        assert len({held.stamp for held in ours}) == len(ours), "doubled"
        return {str(held.address): held for held in ours}


@asynccontextmanager
async def machine(
    folder: Path, *people: Person, target: ScriptedTarget | None = None, others: Sequence[Source] = (), **sync: Any
) -> AsyncIterator[Machine]:
    """A sync of ``people`` into an address book where nothing stands yet."""
    source, target, time = ScriptedSource(people), target or ScriptedTarget(), Time()
    async with Database.open(f"sqlite:{folder / 'state.db'}") as database:
        yield Machine(
            source=source,
            target=target,
            sync=a_sync(target, source, *others, **sync),
            ledger=Ledger(database, clock=time.clock),
            database=database,
            time=time,
        )
