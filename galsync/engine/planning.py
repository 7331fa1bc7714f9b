"""Makes the outlook of a run: reads the sources and the places, and plans each; nothing is written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Final

from galsync.engine.flipping import NO_FLIP, Flip, heard
from galsync.engine.killed import Unsure, as_it_stands, begun, last_run, standing, unheard_of
from galsync.engine.moments import Moment, News, Tell
from galsync.engine.order import answers_to, named
from galsync.engine.outlook import Outlook, Trouble
from galsync.engine.pictures import pictured
from galsync.engine.piecewise import worked_on
from galsync.engine.reading import Said, read, since
from galsync.engine.troubles import in_peace
from galsync.entries import Agreement, Held
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.people.merging import Wanted
from galsync.people.wanted import in_question, wanted
from galsync.plans.claims import believed
from galsync.plans.guards import Stop, stops
from galsync.plans.plan import plan
from galsync.side import Failed
from galsync.steps import Plan
from galsync.syncs import Sync
from protocols.model.freebusy import Reason
from service.runs.together import together

_NOBODY: Final = Wanted(entries={})
_READ_AT_ONCE: Final = 16  # places whose entries are in memory at the same time


@dataclass(slots=True, kw_only=True)
class _Places:
    """What came of reading the places."""

    plans: list[Plan] = field(default_factory=list)
    skipped: list[Trouble] = field(default_factory=list)
    before: int = 0
    fresh: Plan | None = None
    """Of a place where nothing stands yet; ``turn`` is whoever makes it."""
    turn: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """One run being planned. ``kept`` is called between readings, so that a lease does not run out meanwhile."""

    sync: Sync
    ledger: Ledger
    clock: Callable[[], datetime]
    tell: Tell
    kept: Callable[[], Awaitable[None]]
    flip: Flip = NO_FLIP

    async def outlook(self, *, whole: bool) -> Outlook:
        """What an APPLY would do; ``whole`` reads everybody even where changes would do. Never raises PeerError."""
        if self.sync.moving is None:
            return await self._outlook(whole=whole)
        flip = await heard(self.sync.moving, self.sync, self.ledger)
        if isinstance(flip, Flip):
            return await replace(self, sync=flip.sync(self.sync), flip=flip)._outlook(whole=whole)
        last = await last_run(self.ledger, self.sync.name)
        return Outlook(sync=self.sync.name, kind=RunKind.APPLY, made_at=self.clock(), unread=(flip,), after=last)

    async def _outlook(self, *, whole: bool) -> Outlook:
        now, sync = self.clock(), self.sync
        last = await last_run(self.ledger, sync.name)
        places = await in_peace(sync.target.places())
        if isinstance(places, Failed):
            trouble = Trouble(sync.target.name, places.reason, places.words)
            return Outlook(sync=sync.name, kind=RunKind.APPLY, made_at=now, unread=(trouble,), after=last)
        after = None if whole else await since(sync, self.ledger, places, now=now)
        said = await read(sync, self.ledger, after=after, now=now, tell=self.tell)
        outlook = Outlook(
            sync=sync.name,
            kind=RunKind.APPLY,
            made_at=now,
            whole=said.whole,
            sources=said.sources,
            unread=said.unread,
            after=last,
        )
        if said.unread:
            return outlook
        shall, shrunk = await self._wanted(said, places), said.shrunk
        del said  # a hundred thousand people: what is wanted of them is enough from here on
        return await self._planned(outlook, shall, shrunk, places)

    async def _planned(
        self, outlook: Outlook, shall: Wanted, shrunk: Mapping[str, tuple[int, int | None]], places: Sequence[str]
    ) -> Outlook:
        whole = outlook.whole
        found = _Places() if whole else _Places(before=await standing(self.ledger, self.sync.name) or 0)
        unsure = await begun(self.ledger, self.sync.name)
        await self._places(places, shall, unsure, found)
        if whole:
            for place in sorted(set(await self.ledger.places(self.sync.name)) - set(places)):
                await self._left_behind(place, unsure.get(place, {}), found)
        self.tell(News(Moment.PLANNED, self.sync.name, sum(len(each.steps) for each in found.plans)))
        return replace(
            outlook,
            left=shall.left,
            named=shall.named,
            cut=shall.cut,
            large=shall.large,
            doubles=shall.doubles,
            plans=tuple(found.plans),
            skipped=tuple(found.skipped),
            stops=self._stops(found, shrunk),
            before=found.before,
            missing=self.flip.missing(shall),
        )

    def _stops(self, found: _Places, shrunk: Mapping[str, tuple[int, int | None]]) -> tuple[Stop, ...]:
        meant = self.flip.moved.only is not None
        return stops(found.plans, self.sync.guards, before=found.before, read=shrunk, movers_meant=meant)

    async def _wanted(self, said: Said, places: Sequence[str]) -> Wanted:
        """Who shall stand in each place. Two of a source who want one address: whom the ledger knows there keeps it;
        the first place answers for all, since all are given the same entries.

        The readings are spent: a hundred thousand people and their entries are not in memory at the same time."""
        given = [(f.mapping, f.selection, r) for f, r in zip(self.sync.feeds, said.readings, strict=True)]
        asked = await asyncio.to_thread(in_question, given) if places else []
        agreed = await self.ledger.by_address(self.sync.name, places[0], asked) if asked else {}
        return await asyncio.to_thread(wanted, given, agreed=agreed, spend=True)

    async def _places(self, places: Sequence[str], shall: Wanted, unsure: Mapping[str, Unsure], found: _Places) -> None:
        """Side by side, as many as the target allows; what comes of them is in the order of ``places``."""
        room, over = asyncio.Semaphore(min(self.sync.target.ability.at_once, _READ_AT_ONCE)), asyncio.Event()

        async def one(place: str) -> None:
            async with room:
                if not over.is_set():
                    await self._place(place, shall, unsure.get(place, {}), found)

        await together(map(one, places), give_up=over.set)
        rank = {place or self.sync.target.name: number for number, place in enumerate(places)}
        found.plans.sort(key=lambda made: rank[made.place or self.sync.target.name])
        found.skipped.sort(key=lambda trouble: rank[trouble.where])

    async def _place(self, place: str, shall: Wanted, unsure: Unsure, found: _Places) -> None:
        await self.kept()
        self.tell(News(Moment.READING, place or self.sync.target.name))
        if shall.gone is None:
            agreed = await self.ledger.agreements(self.sync.name, place)
            found.before += len(agreed)
            made = await in_peace(self._compared_with_all(place, shall, agreed, unsure, found))
        else:
            made = await in_peace(self._compared_with_some(place, shall, unsure))
        if not isinstance(made, Failed):
            made = await in_peace(pictured(self.sync.target, place, made))
        if isinstance(made, Failed):
            found.skipped.append(Trouble(place or self.sync.target.name, made.reason, made.words))
        else:
            found.plans.append(made)

    async def _compared_with_all(
        self, place: str, shall: Wanted, agreed: Mapping[str, Agreement], unsure: Unsure, found: _Places
    ) -> Plan:
        """Raises PeerError. Places where nothing is agreed and nothing stands have one plan, which is made once."""

        def compared(held: Iterable[Held]) -> Plan:
            if held or agreed or unsure or shall is _NOBODY:
                return self._plan(place, shall, held, agreed, unsure)
            with found.turn:
                found.fresh = found.fresh or self._plan("", shall, (), {}, {})
            return replace(found.fresh, place=place)

        return await worked_on(self._everything(place), compared)

    async def _compared_with_some(self, place: str, shall: Wanted, unsure: Unsure) -> Plan:
        """Raises PeerError. Of everybody who stands in the way it is known what was agreed: who was retired goes."""
        clashing = (entry.anchor for group in shall.clashes for entry in group)
        anchors = [*shall.entries, *(shall.gone or ()), *clashing, *shall.unsure]
        agreed = await self.ledger.agreements_of(self.sync.name, place, anchors)
        held = await self._looked(place, shall, agreed)
        self.tell(News(Moment.READ, place or self.sync.target.name, len(held)))
        others = {one.stamp.anchor for one in held if one.stamp and one.stamp.sync == self.sync.name} - agreed.keys()
        if others:
            agreed |= await self.ledger.agreements_of(self.sync.name, place, sorted(others))
        return await asyncio.to_thread(self._plan, place, shall, held, agreed, unsure)

    async def _left_behind(self, place: str, unsure: Unsure, found: _Places) -> None:
        """A place that is not to be filled any more: what we wrote there goes, unless the place itself is gone."""
        read = len(found.skipped)
        await self._place(place, _NOBODY, unsure, found)
        if len(found.skipped) > read and found.skipped[-1].reason is Reason.NO_SUCH_MAILBOX:
            found.skipped.pop()
            anchors = tuple(await self.ledger.agreements(self.sync.name, place))
            found.plans.append(Plan(place=place, forget=anchors))

    def _plan(
        self,
        place: str,
        shall: Wanted,
        held: Iterable[Held],
        agreed: Mapping[str, Agreement],
        unsure: Unsure,
    ) -> Plan:
        sync = self.sync.name
        held = believed(held, sync=sync, agreed=agreed, begun=unsure)
        if unsure:
            held = list(held)
        unseen = as_it_stands(unsure, held, sync=sync) if unsure else {}
        if unseen:
            known = {*shall.entries, *agreed}
            agreed = {**agreed, **unheard_of(unseen, held, sync=sync, known=known)}
        made = plan(
            shall.entries,
            held,
            agreed,
            self.sync.rules,
            now=self.clock(),
            place=place,
            gone=shall.gone,
            clashes=shall.clashes,
            begun=unseen,
            moved=self.flip.gone(shall, agreed),
            unsure=shall.unsure,
        )
        return self.flip.narrowed(made, shall, agreed)

    async def _everything(self, place: str) -> AsyncIterator[Held]:
        number = 0
        async for held in self.sync.target.held(place):
            number += 1
            yield held
        self.tell(News(Moment.READ, place or self.sync.target.name, number))

    async def _looked(self, place: str, shall: Wanted, agreed: Mapping[str, Agreement]) -> list[Held]:
        """What may matter to the changes: the objects that were agreed, and whatever has an address that is wanted."""
        addresses = {address for entry in shall.entries.values() for address in answers_to(entry)}
        addresses |= {agreement.address for agreement in agreed.values() if agreement.address}
        if self.sync.target.ability.links or self.sync.target.ability.own_domains:
            addresses |= {name for entry in shall.entries.values() for name in named(entry)}
        if not (addresses or agreed):
            return []
        keys = [agreement.key for agreement in agreed.values()]
        return list(await self.sync.target.look(place, keys, sorted(addresses)))
