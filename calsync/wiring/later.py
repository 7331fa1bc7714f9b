"""A spoke that is known by a name, and looked for when it is needed: a system that is down delays no other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from calsync.items import Item, Unread
from calsync.spoke import Ability, Known, Outcome, Page, Spoke, Watch, Watched, Write
from protocols.model.window import TimeWindow


class WatchedSpoke(Spoke, Watched, Protocol):
    """One whose server tells of changes."""


S = TypeVar("S", bound=Spoke)


class Later(Generic[S]):
    """See :class:`calsync.spoke.Spoke`. ``like`` has the name and the ability of what ``find`` will bring, which is
    called once, and again after it raised PeerError."""

    def __init__(self, like: S, find: Callable[[], Awaitable[S]]) -> None:
        self._like, self._find = like, find
        self._found: S | None = None
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._like.name

    @property
    def ability(self) -> Ability:
        """See :class:`calsync.spoke.Spoke`."""
        return (self._found or self._like).ability

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`."""
        async for page in (await self.found()).changes(token, known, window):
            yield page

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return await (await self.found()).look(keys)

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return await (await self.found()).find(writes)

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        async for item in (await self.found()).ours(hub):
            yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`."""
        return await (await self.found()).write(writes)

    async def found(self) -> S:
        """What it stands for. Raises PeerError."""
        async with self._turn:
            if self._found is None:
                self._found = await self._find()
            return self._found


class LaterWatched(Later[WatchedSpoke]):
    """See :class:`calsync.spoke.Watched` as well."""

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """See :class:`calsync.spoke.Watched`."""
        return await (await self.found()).watch(url, secret, until)

    async def unwatch(self, watch: Watch) -> None:
        """See :class:`calsync.spoke.Watched`."""
        await (await self.found()).unwatch(watch)
