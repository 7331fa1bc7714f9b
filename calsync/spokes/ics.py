"""A calendar that somebody publishes as a file (.ics) as a spoke that is only read."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from calsync.items import Item, Mark, Unread
from calsync.spoke import Ability, ExpiredError, Failed, Known, Outcome, Page, Write
from calsync.spokes.caldav_items import fit, told
from calsync.turns import by_turns, mapped
from protocols.caldav import item_file, sync_file
from protocols.caldav.item_file import Entry
from protocols.caldav.sync_file import File
from protocols.http import Send
from protocols.model.event import BEYOND
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_PAGE: Final = 200
_PREFIX: Final = "file:"
_OVER_HTTPS: Final = frozenset({"webcal", "webcals"})
_READ_ONLY: Final = Failed(reason=Reason.NO_ACCESS, words="a published file can only be read", refused=True)


class IcsSubscription:
    """See :class:`calsync.spoke.Spoke`. The token is what the server calls the state of the file; what differs within
    it we find ourselves."""

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        url: str,
        clock: Callable[[], datetime],
        owners: Collection[str] = (),
        zone: tzinfo | None = None,
    ) -> None:
        """``url`` may begin with ``webcal``. ``owners`` are the canonical addresses of whose calendar it is; ``zone``
        is for times without one where the file itself names none."""
        scheme, _, rest = url.strip().partition("://")
        self._url = f"{'https' if scheme.lower() in _OVER_HTTPS else scheme}://{rest}"
        self._name, self._send, self._clock = name, send, clock
        self._owners, self._zone = frozenset(owners), zone
        self._packed, self._state = b"", ""

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """It cannot be written."""
        return Ability(at_once=1, writable=False, fit=fit)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. A file always tells everything that is published."""
        if token and not token.startswith(_PREFIX):
            raise ExpiredError("a token of another spoke")
        state = token.removeprefix(_PREFIX)
        file = await sync_file.fetch(self._send, self._url, state=state, as_of=self._clock())
        if file is None or (state and file.state == state):
            yield Page(token=token)
            return
        entries = await self._kept(file)
        versions = await known() if token else {}
        keys = [key for key, entry in entries.items() if versions.get(key) != entry.version]
        for start in range(0, len(keys), _PAGE):
            found = await mapped(self._item, [entries[key] for key in keys[start : start + _PAGE]])
            yield Page(
                items=[each for each in found if isinstance(each, Item)],
                unread=[each for each in found if isinstance(each, Unread)],
                whole=not token,
            )
        gone = [key for key in versions if key not in entries]
        yield Page(gone=gone, token=_PREFIX + file.state, whole=not token)

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        entries = await self._entries() if keys else {}
        return {key: self._item(entries[key]) if key in entries else None for key in keys}

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. We never wrote anything here."""
        return [None for _ in writes]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        entries = list((await self._entries()).values())
        for start in range(0, len(entries), _PAGE):
            for item in await mapped(self._item, entries[start : start + _PAGE]):
                if isinstance(item, Item) and (mark := Mark.read(item.mark)) is not None and mark.hub == hub:
                    yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`. Nothing can be written to a file that somebody publishes."""
        return [_READ_ONLY for _ in writes]

    async def _entries(self) -> dict[str, Entry]:
        state = self._state if self._packed else ""
        file = await sync_file.fetch(self._send, self._url, state=state, as_of=self._clock())
        if file is not None:
            return await self._kept(file)
        return await self._read(await asyncio.to_thread(zlib.decompress, self._packed))

    async def _kept(self, file: File) -> dict[str, Entry]:
        entries = await self._read(file.data)
        packed = await asyncio.to_thread(zlib.compress, file.data, 1) if file.state else b""
        self._packed, self._state = packed, file.state
        return entries

    async def _read(self, data: bytes) -> dict[str, Entry]:
        return await by_turns(item_file.reading(data, self._zone))

    def _item(self, entry: Entry) -> Item | Unread:
        try:
            found = entry.read(self._owners)
        except ValueError as wrong:
            return Unread(entry.key, str(wrong))
        except OverflowError:
            return Unread(entry.key, BEYOND)
        return told(found, key=entry.key, version=entry.version, changed_at=None)
