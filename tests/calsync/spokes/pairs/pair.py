"""Two sides in a hub with the real engine and a real ledger, and what has to hold after each of its runs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Generic

from calsync.agreed import Agreed
from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.items import Content, Item
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
from calsync.rules import Gets, Gives, HubRules, Kind, Reminders, SpokeRules, Treat
from protocols.model.card import Card
from service.runs.states import RunState
from service.state.database import Database
from tests.calsync.spokes.pairs.sides import Side
from tests.contracts.quiet import loud
from tests.contracts.spoke_world import NOW, C, Reader, bare, holdable

ALL: Final = Gets(create=True, change=True, delete=True, reminders=Reminders.KEEP)
EVERYTHING: Final = Gives(private=Treat.COPY, declined=Treat.COPY, cancelled=Treat.COPY)


@dataclass(slots=True, kw_only=True)
class Pair(Generic[C]):
    """``one`` is where something is entered, ``other`` where copies are made; both ways all is given and allowed."""

    one: Side[C]
    other: Side[C]
    ledger: Ledger
    rules: HubRules
    now: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def engine(self) -> Engine:
        """A new one, as after a restart."""
        spokes = {each.stage.spoke.name: each.stage.spoke for each in (self.one, self.other)}
        hub = Hub(rules=self.rules, spokes=spokes, fingerprint=repr(self.rules))
        return Engine(hub, self.ledger, clock=lambda: self.now[0], sleep=self.sleep, holder="test", random=lambda: 0.0)

    async def sleep(self, seconds: float) -> None:
        """Time passes quickly; but a real server that is busy with our own writes wants a little of it."""
        self.now[0] += timedelta(seconds=seconds)
        await asyncio.sleep(seconds / 10)

    async def sync(self, *, whole: bool = False) -> HubReport:
        """One run, a minute after the last; nothing fails in it. ``whole``: by all that stands there."""
        minute = timedelta(minutes=1)
        self.now[0] += minute
        self.one.pass_(minute)
        self.other.pass_(minute)
        report = await self.engine.sync(allow=frozenset(GUARDS), whole=whole)
        assert report.tally.failures == []
        assert report.state is RunState.DONE, report.words
        return report

    async def quiet(self, *, whole: bool = False) -> None:
        """A run that finds nothing to do, neither in its plan nor at a spoke."""
        planned = (await self.engine.plan(whole=whole)).plan
        assert [step for each in planned.decisions for step in each.steps] == []
        report = await self.sync(whole=whole)
        assert list(report.steps) == []
        assert report.tally.written.total() == 0

    async def lose_the_ledger(self) -> None:
        """All that was agreed on is forgotten."""
        run = await self.ledger.begin(self.rules.name, RunKind.SYNC)
        await self.ledger.clear(self.rules.name, run)

    async def agreed(self) -> list[Agreed]:
        """All that the hub joins."""
        return [each async for some in self.ledger.everything(self.rules.name) for each in some]

    async def joined(self) -> list[tuple[Item, Item | None]]:
        """What stands on one side, and its other self."""
        here, there = [await standing(side) for side in (self.one, self.other)]
        found = []
        for agreed in await self.agreed():
            names = [side.stage.spoke.name for side in (self.one, self.other)]
            keys = [agreed.links[name].key if name in agreed.links else "" for name in names]
            found.append((here[keys[0]], there.get(keys[1])))
        assert len(found) == len(here)
        assert len([item for _, item in found if item is not None]) == len(there), "nothing stands there twice"
        return found

    async def differing(self) -> Iterator[tuple[str, object, object]]:
        """What is not the same on both sides, as far as the other can hold it: its name, what is wanted, what is."""
        pairs = [(item.content, copy and copy.content) for item, copy in await self.joined()]
        wanted = [(_held(self.other, content), copy) for content, copy in pairs]
        return ((_name(one), one, bare(two)) for one, two in wanted if one != bare(two))


async def standing(side: Side[C]) -> dict[str, Item]:
    """All that stands there, read whole by somebody who knows nothing yet."""
    news = await Reader(side.stage.spoke).news()
    assert news.unread == {}
    return dict(news.items)


@asynccontextmanager
async def pair(one: Side[C], other: Side[C], folder: Path, kind: Kind = Kind.CALENDAR) -> AsyncIterator[Pair[C]]:
    """Both in a hub; in the end no request was loud, and no mail was sent."""
    names = [side.stage.spoke.name for side in (one, other)]
    gets = [ALL if side.stage.spoke.ability.writable else Gets() for side in (one, other)]
    spokes = tuple(SpokeRules(name=name, gives=EVERYTHING, gets=each) for name, each in zip(names, gets, strict=True))
    rules = HubRules(name="merger", kind=kind, spokes=spokes)
    async with Database.open(f"sqlite:{folder / 'state.db'}") as database:
        now = [NOW]
        made = Pair(one=one, other=other, ledger=Ledger(database, clock=lambda: now[0]), rules=rules, now=now)
        yield made
    for side in (one, other):
        assert loud(side.stage.wire()) == []
        assert list(side.mails()) == []


def _held(side: Side[C], content: Content) -> object:
    """``content`` as a copy of it shall be there; None where the spoke cannot hold it."""
    return holdable(side.stage.spoke.ability, bare(content))  # type: ignore[type-var]


def _name(content: object) -> str:
    return content.display_name if isinstance(content, Card) else str(getattr(content, "subject", content))


def entered(side: Side[C], content: C) -> C | None:
    """``content`` as somebody can enter it on that side; None for not at all."""
    return holdable(side.stage.spoke.ability, content) if side.stage.spoke.ability.writable else content


def renamed(content: C) -> C:
    """With another name at its beginning, short enough for everybody."""
    if isinstance(content, Card):
        return replace(content, display_name=f"Edited {content.display_name}".strip())
    return replace(content, subject=f"Edited {content.subject}"[:250].strip())
