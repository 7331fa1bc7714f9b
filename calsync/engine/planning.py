"""Reads the feeds of a hub at once and plans from what they told; nothing is written anywhere."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
from calsync.ledger.rows import Feed, Refusal, RunKind
from calsync.plans.giving import narrowed
from calsync.plans.marked import ORPHAN
from calsync.plans.plan import plan
from calsync.spoke import Act, Failed
from calsync.steps import Plan

_LOOPED: Final = "something copies our copies there ({}): switch that off, remove what it made, and resume this spoke"
_NAMED: Final = 100
"""So many of those that a spoke refused are told by their titles."""
_AT_ONCE: Final = 200
"""So many items are planned in less time than anybody would notice."""
_Keys: TypeAlias = Mapping[str, frozenset[str]]
"""Of items, by spoke."""
_UNKNOWN: Final = "nothing tells what it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """One hub, looked at. ``refill``: spokes where what is gone is made again, and nothing goes elsewhere for it."""

    hub: Hub
    ledger: Ledger
    clock: Callable[[], datetime]
    tell: Tell
    refill: frozenset[str] = frozenset()

    async def outlook(self, only: frozenset[str], *, whole: bool = False) -> Outlook:
        """What a run of these spokes would do, ``whole`` by all that stands there; all others are written to all the
        same. Raises StateError."""
        now = self.clock()
        paused = await self.paused()
        feeds = {name: await self.ledger.feed(self.hub.name, name) for name in self.hub.spokes}
        names = [name for name in self.hub.spokes if name not in paused and (name in only or self._anew(feeds[name]))]
        due, orphans = await self._due(now)
        told = {name: replace(feed, token="") if whole and feed else feed for name, feed in feeds.items()}
        read_ = partial(self._read, now=now, orphans=orphans, whole=whole)
        answers = await read_(names, told, due=due)
        made, out, everything = await self._first(answers, feeds, paused, now)
        if more := _unasked(made, answers, out, orphans):  # whether the same stands there by itself has to be known
            due = {name: due.get(name, frozenset()) | orphans.get(name, frozenset()) for name in more}
            answers |= await read_(sorted(more), told, due=due)
            made, out, everything = await self._first(answers, feeds, paused, now)
        troubles = tuple(
            Trouble(name, each.words, each.reason) for name, each in answers.items() if isinstance(each, Failed)
        )
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
            refused=await self._refused(made),
            held_up=await self._held_up(made, {*paused, *(trouble.spoke for trouble in troubles)}),
        )

    async def _held_up(self, made: Plan, out: AbstractSet[str]) -> dict[str, int]:
        """How many items wait, by spoke, until it can be written, and are not looked at now; but for the spokes that
        are ``out``, of which the reason is told."""
        decided = [each.item for each in made.decisions]
        found = await self.ledger.count_held_up(self.hub.name, without=decided)
        return {name: number for name, number in found.items() if name in self.hub.spokes and name not in out}

    async def _refused(self, made: Plan) -> list[Refusal]:
        """What a spoke refused before, and the plan neither tries again nor tells."""
        told = {(each.item, each.spoke) for decision in made.decisions for each in decision.steps}
        told |= {(each.item, each.spoke) for decision in made.decisions for each in decision.left}
        forgotten = {decision.item for decision in made.decisions if decision.agreed is None}
        known = await self.ledger.refused(self.hub.name, named=_NAMED)
        return [each for each in known if (each.item, each.spoke) not in told and each.item not in forgotten]

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
        """The plan that follows from ``readings``, without the spokes that are ``out``; with a second look at what it
        asks for."""
        some, without = list(readings), set(out)
        made = await self._planned(some, without, now=now, everything=everything, pending=pending)
        if made.asks and await self._asked(made.asks, some):
            made = await self._planned(some, without, now=now, everything=everything, pending=pending)
        return made

    async def _asked(self, asks: Iterable[tuple[str, str]], readings: list[Reading]) -> bool:
        """Looks at ``asks`` (calsync.steps.Plan) and puts what stands there among ``readings``; whether any was told.
        What cannot be looked at now waits."""
        keys: dict[str, set[str]] = {}
        for name, key in asks:
            keys.setdefault(name, set()).add(key)
        told = False
        for name, some in keys.items():
            reading = next((each for each in readings if each.spoke == name), None) or Reading(spoke=name)
            reading.missing |= some
            if isinstance(await seen(self.hub.spokes[name], reading, patience=self.hub.patience), Failed):
                continue
            reading.asked |= some
            if not any(each is reading for each in readings):
                readings.append(reading)
            told = True
        return told

    async def _planned(
        self, some: Sequence[Reading], out: AbstractSet[str], *, now: datetime, everything: bool, pending: bool
    ) -> Plan:
        hub = self.hub
        retry = frozenset(reading.spoke for reading in some if reading.fresh)
        also = await self._again(retry, [each.spoke for each in some if each.spoke not in out])
        found = await gathered(hub.rules, self.ledger, some, everything=everything, pending=pending, also=also)
        counts = {name: await self.ledger.count(hub.name, name) for name in hub.spokes}
        work = partial(
            plan,
            hub.rules,
            now=now,
            known=found.known.values(),
            seen=found.seen,
            unread=found.unread,
            abilities={name: spoke.ability for name, spoke in hub.spokes.items() if name not in out},
            counts=counts,
            whole=frozenset(reading.spoke for reading in some if reading.whole),
            everything=everything,
            asides=found.asides,
            narrower=await self._narrower() if everything else {},
            expired=frozenset(reading.spoke for reading in some if reading.expired),
            refill=self.refill,
            retry=retry,
        )
        many = len(found.known) + sum(map(len, found.seen.values())) > _AT_ONCE
        made = await asyncio.to_thread(work) if many else work()  # the loop has others to serve
        return replace(made, asides=(*made.asides, *_unreadable(some, found)))

    async def _again(self, retry: AbstractSet[str], read: Sequence[str]) -> list[str]:
        """The items that are planned though nothing of them was read: what the spokes ``retry`` refused, and what
        waited for a spoke that can be written by now. Whether it can, only those say that were ``read`` just now."""
        hub = self.hub
        found = [each.item for each in await self.ledger.refused(hub.name) if each.spoke in retry] if retry else []
        open_ = [name for name in read if hub.spokes[name].ability.writable]
        return found + await self.ledger.held_up(hub.name, open_)

    async def _narrower(self) -> dict[str, frozenset[str]]:
        """By spoke the bounds of its window that are less than when it was planned last."""
        feeds = {spoke: await self.ledger.feed(self.hub.name, spoke.name) for spoke in self.hub.rules.spokes}
        return {spoke.name: narrowed(spoke.gives, feed.back, feed.ahead) for spoke, feed in feeds.items() if feed}

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
        self,
        names: Sequence[str],
        feeds: Mapping[str, Feed | None],
        *,
        now: datetime,
        due: _Keys,
        orphans: _Keys,
        whole: bool,
    ) -> dict[str, Reading | Failed]:
        none: frozenset[str] = frozenset()
        told = await asyncio.gather(
            *(self._one(name, feeds[name], due.get(name, none), orphans.get(name, none), now) for name in names)
        )
        for each in told:
            if isinstance(each, Reading):
                each.fresh = each.whole and (whole or each.expired or self._old(feeds[each.spoke], now))
        return dict(zip(names, told, strict=True))

    async def _one(
        self, name: str, feed: Feed | None, due: frozenset[str], orphans: frozenset[str], now: datetime
    ) -> Reading | Failed:
        self.tell(News(Moment.READING, name))
        old, anew = self._old(feed, now), self._anew(feed)

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

    def _old(self, feed: Feed | None, now: datetime) -> bool:
        """Whether it is time that all of it is read again."""
        at = feed.whole_at if feed is not None else None
        return at is None or not at <= now <= at + self.hub.whole_every

    def _anew(self, feed: Feed | None) -> bool:
        """Whether what the spoke told before was planned by other rules, or never."""
        return feed is None or feed.rules != self.hub.fingerprint

    def _feed(self, reading: Reading, before: Feed | None, now: datetime) -> Feed:
        whole_at = now if reading.fresh or before is None else before.whole_at
        gives = next((spoke.gives for spoke in self.hub.rules.spokes if spoke.name == reading.spoke), None)
        return Feed(
            token=reading.token,
            read_at=now,
            whole_at=whole_at,
            rules=self.hub.fingerprint,
            back=gives.back if gives else None,
            ahead=gives.ahead if gives else None,
        )


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
