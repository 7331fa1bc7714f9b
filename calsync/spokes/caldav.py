"""A calendar on a CalDAV server as a spoke: by sync-collection where the server knows it, else by etags."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from calsync.items import Item, Mark, Unread
from calsync.spoke import Ability, ExpiredError, Failed, Known, Outcome, Page, Write
from calsync.spokes.caldav_items import fit
from calsync.spokes.caldav_writing import Place, name_of, uid_of, write_all
from calsync.turns import by_turns, mapped
from protocols.caldav import sync_feed, sync_reading
from protocols.caldav.errors import NotOfferedError
from protocols.caldav.kept import Kept
from protocols.caldav.sync_collection import Calendar, look_at
from protocols.caldav.sync_places import collection_url
from protocols.caldav.sync_reading import Stored
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_PAGE: Final = 50
_KNOWN_FOR: Final = timedelta(hours=1)
_BY_TOKEN, _BY_ETAGS = "sync:", "etags:"


class CaldavCalendar:
    """See :class:`calsync.spoke.Spoke`. Tokens begin with the way by which they were come by."""

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        url: str,
        clock: Callable[[], datetime],
        owners: Collection[str] = (),
        zone: tzinfo | None = None,
        writable: bool = True,
    ) -> None:
        """``url`` is that of the collection. ``owners`` are the canonical addresses of whose calendar it is: whoever
        else takes part makes a meeting. ``zone`` is for times without one where the calendar itself names none."""
        self._name, self._send, self._url = name, send, collection_url(url)
        self._clock, self._owners, self._zone, self._writable = clock, frozenset(owners), zone, writable
        self._kept: Kept[str, Calendar] = Kept(_KNOWN_FOR, most=1)
        self._silent = False
        self._crowded, self._turn = False, asyncio.Lock()

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """Writes go one by one; a batch shares what has to be read before and after them."""
        return Ability(at_once=4, batch=10, writable=self._writable, fit=fit)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. The window is not asked for: servers find series and whole days in one
        by rules of their own."""
        calendar = await self._about(anew=True)
        if calendar.tells and not self._silent and not token.startswith(_BY_ETAGS):  # until all is read the next time
            try:
                async for page in self._by_token(token, known):
                    yield page
            except sync_feed.TokenExpiredError:
                raise ExpiredError("the server does not know the token any more") from None
            except NotOfferedError:
                if token:
                    raise
                self._silent = True  # it says that it knows the report, and does not
            else:
                return
        async for page in self._by_etags(token, known, calendar):
            yield page

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        if not keys:
            return {}
        place = await self._place()
        found = await sync_reading.fetch(self._send, self._url, keys, self._clock())
        read = await mapped(lambda stored: None if stored is None else place.item(stored), found.values())
        return dict(zip(found, read, strict=True))

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. By its name, and by its UID where the server gave it another."""
        found = await self.look([name_of(write) for write in writes])
        return [_item(found[name_of(write)]) or await self._by_uid(write) for write in writes]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        keys = list(await sync_feed.etags(self._send, self._url, self._clock(), turns=by_turns))
        for start in range(0, len(keys), _PAGE):
            for item in (await self.look(keys[start : start + _PAGE])).values():
                if isinstance(item, Item) and (mark := Mark.read(item.mark)) is not None and mark.hub == hub:
                    yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`. One after another once the server was too busy: some lock the whole
        calendar for each write, and say so."""
        if not self._crowded:
            return await self._written(writes)
        async with self._turn:
            return await self._written(writes)

    async def _written(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        outcomes = await write_all(await self._place(), writes, self._clock()) if writes else []
        self._crowded |= any(isinstance(each, Failed) and each.reason is Reason.THROTTLED for each in outcomes)
        return outcomes

    async def _by_token(self, token: str, known: Known) -> AsyncIterator[Page]:
        at, more, gaps = token.removeprefix(_BY_TOKEN), True, False
        read: dict[str, str] = {}
        while more:
            told = await sync_feed.changes(self._send, self._url, at, self._clock(), turns=by_turns)
            at, more, gaps = told.token, told.more, gaps or told.gaps
            read |= told.etags
            async for page in self._fetched(list(told.etags), whole=not token):
                yield page
            gone = told.gone if token else ()
            yield Page(gone=gone, token="" if more or gaps else _BY_TOKEN + at, whole=not token)
        if gaps:
            async for page in self._compared({**await known(), **read}, _BY_TOKEN + at, whole=False):
                yield page

    async def _by_etags(self, token: str, known: Known, calendar: Calendar) -> AsyncIterator[Page]:
        new = _BY_ETAGS + calendar.ctag
        if token and not token.startswith(_BY_ETAGS):
            raise ExpiredError("the server tells changes in another way by now")
        if token == new and calendar.ctag:
            yield Page(token=new)
            return
        async for page in self._compared(await known() if token else {}, new, whole=not token):
            yield page

    async def _compared(self, versions: Mapping[str, str], token: str, *, whole: bool) -> AsyncIterator[Page]:
        """What differs by a listing of all etags from ``versions`` by key; ``token`` is where to go on."""
        listed = await sync_feed.etags(self._send, self._url, self._clock(), turns=by_turns)
        keys = [key for key, etag in listed.items() if not etag or versions.get(key) != etag]
        async for page in self._fetched(keys, whole=whole):
            yield page
        yield Page(gone=[key for key in versions if key not in listed], token=token, whole=whole)

    async def _fetched(self, keys: Sequence[str], *, whole: bool) -> AsyncIterator[Page]:
        place = await self._place()
        for start in range(0, len(keys), _PAGE):
            found = await sync_reading.fetch(self._send, self._url, keys[start : start + _PAGE], self._clock())
            yield await _page(place, found, whole=whole)

    async def _by_uid(self, write: Write) -> Item | None:
        key = await sync_reading.named(self._send, self._url, uid_of(write), self._clock())
        return _item((await self.look([key]))[key]) if key else None

    async def _about(self, *, anew: bool = False) -> Calendar:
        now = self._clock()
        kept = None if anew else self._kept.get("", now)
        return kept or self._kept.put("", await look_at(self._send, self._url, now), now)

    async def _place(self) -> Place:
        zone = (await self._about()).zone or self._zone
        return Place(send=self._send, url=self._url, zone=zone, owners=self._owners)


async def _page(place: Place, found: Mapping[str, Stored | None], *, whole: bool) -> Page:
    read = await mapped(place.item, filter(None, found.values()))
    return Page(
        items=[each for each in read if isinstance(each, Item)],
        unread=[each for each in read if isinstance(each, Unread)],
        gone=[] if whole else [key for key, stored in found.items() if stored is None],
        whole=whole,
    )


def _item(found: Item | Unread | None) -> Item | None:
    return found if isinstance(found, Item) else None
