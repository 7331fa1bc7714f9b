"""Reads a calendar in a mailbox of Exchange by its changes, and looks at single items of any folder."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from calsync.items import Item, Unread
from calsync.spoke import ExpiredError, Page
from calsync.spokes.exchange_calendar_asking import AT_ONCE, Opened
from calsync.spokes.exchange_calendar_items import all_shown, split
from protocols.ews import calendar_items, calendar_listing, sync_folder
from protocols.ews.calendar_items import Told
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.sync_folder import ExpiredStateError


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one folder."""

    opened: Opened

    async def changes(self, token: str) -> AsyncIterator[Page]:
        """What changed since ``token``, a SyncState. Raises ExpiredError, and PeerError."""
        access, now = self.opened.reading, self.opened.exchange.clock()
        try:
            async for told in sync_folder.changes(access, self.opened.folder, token, as_of=now):
                items, unread = split((await self.shown(access, [each.key for each in told.there])).values())
                yield Page(
                    items=items,
                    unread=unread,
                    gone=told.gone,
                    token=told.state if told.last else "",
                    whole=not token,
                )
        except ExpiredStateError:
            raise ExpiredError from None

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """What stands under each of ``keys``. Raises PeerError."""
        return await self.shown(self.opened.reading, keys)

    async def ours(self, prefix: str) -> AsyncIterator[Item]:
        """Everything whose stamp begins with ``prefix``, what is only half written too. Raises PeerError."""
        access, now = self.opened.reading, self.opened.exchange.clock()
        keys = await calendar_listing.stamped(access, self.opened.folder, prefix, as_of=now)
        for some in calendar_items.in_parts(keys):
            items, _ = split((await self.shown(access, some)).values())
            for each in items:
                yield each

    async def shown(self, access: MailboxAccess, keys: Sequence[str]) -> dict[str, Item | Unread | None]:
        """The same by a way that is open already."""
        return all_shown(await self.told(access, keys), self.opened.exchange.clock())

    async def told(self, access: MailboxAccess, keys: Sequence[str]) -> Mapping[str, Told]:
        """What Exchange tells of each, some calls at once. Raises PeerError."""
        at, found, gate = self.opened.exchange, dict[str, Told](), asyncio.Semaphore(AT_ONCE)

        async def part(some: Sequence[str]) -> None:
            async with gate:
                found.update(
                    await calendar_items.some(access, some, as_of=at.clock(), zone=at.zone, owners=at.addresses)
                )

        try:
            async with asyncio.TaskGroup() as tasks:
                for some in calendar_items.in_parts(list(dict.fromkeys(keys))):
                    tasks.create_task(part(some))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        return {key: found[key] for key in keys}
