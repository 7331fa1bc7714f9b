"""Reads the feeds of a hub at once and plans from what they told; nothing is written anywhere."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from calsync.agreed import Aside
from calsync.engine.gathering import Gathered, gathered
from calsync.engine.moments import Moment, News, Tell
from calsync.engine.outlook import Outlook
from calsync.engine.reading import Asked, Reading, read, seen
from calsync.engine.troubles import Trouble
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Feed, RunKind
from calsync.plans.marked import ORPHAN
from calsync.plans.plan import plan
from calsync.spoke import Act, Failed
from calsync.steps import Plan

_LOOPED: Final = "something copies our copies there ({}): switch that off, remove what it made, and resume this spoke"
_AT_ONCE: Final = 200
"""So many items are planned in less time than anybody would notice."""
_Keys: TypeAlias = Mapping[str, frozenset[str]]
"""Of items, by spoke."""
_UNKNOWN: Final = "nothing tells what it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """One hub, looked at."""

    hub: Hub
    ledger: Ledger
    clock: Callable[[], datetime]
    tell: Tell

    async def outlook(self, only: frozenset[str], *, whole: bool = False) -> Outlook:
        """What a run of these spokes would do, ``whole`` by all that stands there; all others are written to all the
        same. Raises StateError."""
        now = self.clock()
        paused = await self.paused()
        feeds = {name: await self.ledger.feed(self.hub.name, name) for name in self.hub.spokes}
        names = [name for name in self.hub.spokes if name not in paused and (name in only or self._anew(feeds[name]))]
        told = {name: replace(feed, token="") if whole and feed else feed for name, feed in feeds.items()}
        due, orphans = await self._due(now)
        answers = await self._read(names, told, now, due=due, orphans=orphans)
        made, out, everything = await self._first(answers, feeds, paused, now)
        if more := _unasked(made, answers, out, orphans):  # whether the same stands there by itself has to be known
            due = {name: due.get(name, frozenset()) | orphans.get(name, frozenset()) for name in more}
            answers |= await self._read(sorted(more), told, now, due=due, orphans=orphans)
            made, out, everything = await self._first(answers, feeds, paused, now)
        troubles = tuple(Trouble(name, each.words) for name, each in answers.items() if isinstance(each, Failed))
        readings = {name: each for name, each in answers.items() if isinstance(each, Reading)}
        if made.loops:
            looped = {each.spoke: _LOOPED.format(each.maker or _UNKNOWN) for each in made.loops}
            paused |= looped
            readings = {name: each for name, each in readings.items() if name not in looped}
            loops, out = made.loops, {*out, *looped}
            made = await self.planned(readings.values(), out, now=now, everything=everything)
            made = replace(made, loops=loops)
        self.tell(News(Moment.PLANNED, self.hub.name, sum(len(each.steps) for each in made.decisions)))
        return Outlook(
            hub=self.hub.name,
            kind=RunKind.SYNC,
            made_at=now,
            plan=made,
            troubles=troubles,
            paused=paused,
            read={name: each.told for name, each in readings.items()},
            whole=frozenset(name for name, each in readings.items() if each.whole),
            unread={name: dict(each.unread) for name, each in readings.items() if each.unread},
            feeds={name: self._feed(each, feeds[name], now) for name, each in readings.items()},
            everything=everything,
        )

    async def _first(
        self,
        answers: Mapping[str, Reading | Failed],
        feeds: Mapping[str, Feed | None],
        paused: Iterable[str],
        now: datetime,
    ) -> tuple[Plan, set[str], bool]:
        """The plan, the spokes that it leaves out, and whether everything was planned anew."""
        readings = {name: each for name, each in answers.items() if isinstance(each, Reading)}
        out = {*paused, *(answers.keys() - readings.keys())}
        everything = any(self._anew(feeds[name]) for name in readings)
        return await self.planned(readings.values(), out, now=now, everything=everything), out, everything

    async def again(self, keys: Mapping[str, Iterable[str]], out: Iterable[str]) -> Plan:
        """What is to be done about these, by spoke, after a second look at each. What cannot be looked at now waits."""
        readings: list[Reading] = []
        for name, some in keys.items():
            reading = Reading(spoke=name, missing=set(some))
            told = await seen(self.hub.spokes[name], reading, patience=self.hub.patience)
            if isinstance(told, Reading):
                readings.append(told)
        return await self.planned(readings, out, now=self.clock(), pending=False)

    async def planned(
        self,
        readings: Iterable[Reading],
        out: Iterable[str],
        *,
        now: datetime,
        everything: bool = False,
        pending: bool = True,
    ) -> Plan:
        """The plan that follows from ``readings``, without the spokes that are ``out``."""
        hub, some = self.hub, list(readings)
        found = await gathered(hub.rules, self.ledger, some, everything=everything, pending=pending)
        counts = {name: await self.ledger.count(hub.name, name) for name in hub.spokes}
        work = partial(
            plan,
            hub.rules,
            now=now,
            known=found.known.values(),
            seen=found.seen,
            unread=found.unread,
            abilities={name: spoke.ability for name, spoke in hub.spokes.items() if name not in set(out)},
            counts=counts,
            whole=frozenset(reading.spoke for reading in some if reading.whole),
            everything=everything,
            asides=found.asides,
        )
        many = len(found.known) + sum(map(len, found.seen.values())) > _AT_ONCE
        made = await asyncio.to_thread(work) if many else work()  # the loop has others to serve
        return replace(made, asides=(*made.asides, *_unreadable(some, found)))

    async def paused(self) -> dict[str, str]:
        """Why, by spoke, of each that is paused."""
        told = {name: await self.ledger.paused(self.hub.name, name) for name in self.hub.spokes}
        return {name: why for name, why in told.items() if why}

    async def _due(self, now: datetime) -> tuple[_Keys, _Keys]:
        """What has to be looked at in any case, by spoke; and the copies of what nobody knows any more, which have to
        be only where something is to be made, or all is read: there may be as many as a ledger had that was lost."""
        due: dict[str, frozenset[str]] = {}
        orphans: dict[str, frozenset[str]] = {}
        for aside in await self.ledger.due(self.hub.name, now):
            found = orphans if aside.why == ORPHAN else due
            found[aside.spoke] = found.get(aside.spoke, frozenset()) | {aside.key}
        return due, orphans

    async def _read(
        self, names: Sequence[str], feeds: Mapping[str, Feed | None], now: datetime, *, due: _Keys, orphans: _Keys
    ) -> dict[str, Reading | Failed]:
        none: frozenset[str] = frozenset()
        told = await asyncio.gather(
            *(self._one(name, feeds[name], due.get(name, none), orphans.get(name, none), now) for name in names)
        )
        return dict(zip(names, told, strict=True))

    async def _one(
        self, name: str, feed: Feed | None, due: frozenset[str], orphans: frozenset[str], now: datetime
    ) -> Reading | Failed:
        self.tell(News(Moment.READING, name))
        old = feed is None or feed.whole_at is None or not feed.whole_at <= now <= feed.whole_at + self.hub.whole_every
        anew = self._anew(feed)

        async def known() -> Mapping[str, str]:
            return await self.ledger.versions(self.hub.name, name)

        token = "" if old or anew or feed is None else feed.token
        asked = Asked(
            token=token,
            window=self.hub.window(now),
            known=known,
            due=due if token else due | orphans,
            everything=anew,
            patience=self.hub.patience,
        )
        told = await read(self.hub.spokes[name], asked)
        self.tell(News(Moment.READ, name, told.told if isinstance(told, Reading) else 0))
        return told

    def _anew(self, feed: Feed | None) -> bool:
        """Whether what the spoke told before was planned by other rules, or never."""
        return feed is None or feed.rules != self.hub.fingerprint

    def _feed(self, reading: Reading, before: Feed | None, now: datetime) -> Feed:
        whole_at = now if reading.whole or before is None else before.whole_at
        return Feed(token=reading.token, read_at=now, whole_at=whole_at, rules=self.hub.fingerprint)


def _unreadable(readings: Iterable[Reading], found: Gathered) -> Iterator[Aside]:
    """What cannot be read and is not linked, where that was not known: so that ``why`` tells it after this run, too."""
    unread = {(each.spoke, key): words for each in readings for key, words in each.unread.items()}
    if unread:
        linked = {(link.spoke, link.key) for agreed in found.known.values() for link in agreed.links.values()}
        for spoke, key in sorted(unread.keys() - linked):
            aside = Aside(spoke=spoke, key=key, version="", why=f"cannot be read: {unread[spoke, key]}")
            if found.asides.get((spoke, key)) != aside:
                yield aside


def _unasked(made: Plan, answers: Mapping[str, Reading | Failed], out: Iterable[str], orphans: _Keys) -> set[str]:
    """The spokes where a copy is to be made and that were not read, and, where any is, those that were not asked for
    their orphans: one may be the copy."""
    makes = _makes(made)
    told = {name for name, each in answers.items() if isinstance(each, Reading) and not each.whole and makes}
    return makes - {*answers, *out} | told & orphans.keys()


def _makes(made: Plan) -> set[str]:
    """The spokes where a copy is to be made."""
    return {step.spoke for decision in made.decisions for step in decision.steps if step.act is Act.CREATE}
