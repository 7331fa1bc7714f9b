"""Finds what changed in a public folder of Exchange: by the time of change, and now and then by a listing of it all."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from calsync.items import Item, Unread
from calsync.spoke import ExpiredError, Known, Page
from calsync.spokes.exchange_calendar_asking import Opened
from calsync.spokes.exchange_calendar_items import split
from calsync.spokes.exchange_calendar_reading import Reading
from protocols.ews import calendar_items, calendar_listing
from protocols.ews.calendar_listing import Listed
from protocols.ews.mailbox_access import MailboxAccess

MARGIN: Final = timedelta(minutes=2)
"""How far back a reading looks behind the last change it saw: what several servers wrote at once may come late."""
Show: TypeAlias = Callable[[MailboxAccess, Sequence[str]], Awaitable[Iterable[Item | Unread | None]]]
ALWAYS: Final = timedelta.min
"""For PublicReading.every: all is listed, whenever that was done last, and whatever became of the clock since."""
_REMEMBERED: Final = 500
_PAGE: Final = 4 * calendar_items.MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Since:
    """Where a reading goes on. ``seen`` is the last change by the server's clock, None while there was none; ``listed``
    when all was listed, by ours; ``told`` digests of the versions within the margin, which are known already."""

    seen: datetime | None
    listed: datetime
    told: frozenset[str] = field(default=frozenset())

    @property
    def text(self) -> str:
        seen = self.seen.isoformat() if self.seen is not None else ""
        return json.dumps({"seen": seen, "listed": self.listed.isoformat(), "told": sorted(self.told)})

    @classmethod
    def read(cls, token: str) -> "_Since":
        """Raises ExpiredError for what is none of ours."""
        try:
            value: Mapping[str, Any] = json.loads(token)
            seen = datetime.fromisoformat(value["seen"]).astimezone(UTC) if value["seen"] else None
            told = frozenset(str(each) for each in value["told"])
            return cls(seen=seen, listed=datetime.fromisoformat(value["listed"]).astimezone(UTC), told=told)
        except (ValueError, KeyError, TypeError):
            raise ExpiredError from None


@dataclass(frozen=True, slots=True)
class PublicReading:
    """Reads one public folder; every ``every`` all of it is listed. ``show`` reads what stands under some keys; with
    None they are appointments."""

    opened: Opened
    every: timedelta
    show: Show | None = None

    async def changes(self, token: str, known: Known) -> AsyncIterator[Page]:
        """What changed since ``token``, with "" all there is. Raises ExpiredError, and PeerError."""
        since = _Since.read(token) if token else None
        access, now = self.opened.reading, self.opened.exchange.clock()
        folder = self.opened.folder
        if since is None:
            listed = await calendar_listing.listing(access, folder, as_of=now)
            async for page in self._pages(access, listed):
                yield page
            yield Page(token=_next(None, now, listed).text, whole=True)
            return
        if now - since.listed >= self.every or since.seen is None:
            listed = await calendar_listing.listing(access, folder, as_of=now)
            there = await known()
            new = [each for each in listed if there.get(each.key) != each.version]
            missing = sorted(set(there) - {each.key for each in listed})
            after = _next(since, now, listed)
        else:
            listed = await calendar_listing.listing(access, folder, as_of=now, since=since.seen - MARGIN)
            new = [each for each in listed if _digest(each) not in since.told]
            missing = []
            after = _next(since, since.listed, listed)
        async for page in self._pages(access, new):
            yield page
        yield Page(missing=missing, token=after.text)

    async def _pages(self, access: MailboxAccess, listed: Sequence[Listed]) -> AsyncIterator[Page]:
        reading = Reading(self.opened)
        for start in range(0, len(listed), _PAGE):
            some = listed[start : start + _PAGE]
            keys = [each.key for each in some]
            told = (await reading.shown(access, keys)).values() if self.show is None else await self.show(access, keys)
            items, unread = split(told)
            yield Page(items=items, unread=unread)


def _next(since: _Since | None, listed_at: datetime, listed: Sequence[Listed]) -> _Since:
    """Where the next reading goes on: the last change of all that was ever seen, and what lies close before it."""
    times = [each.changed_at for each in listed if each.changed_at is not None]
    if since is not None and since.seen is not None:
        times.append(since.seen)
    seen = max(times, default=None)
    late = [each for each in listed if seen is not None and (each.changed_at or seen) >= seen - MARGIN]
    late.sort(key=lambda each: each.changed_at or datetime.max.replace(tzinfo=UTC))
    told = frozenset(_digest(each) for each in late[-_REMEMBERED:])
    return _Since(seen=seen, listed=listed_at, told=told)


def _digest(listed: Listed) -> str:
    return blake2b(f"{listed.key} {listed.version}".encode(), digest_size=8).hexdigest()
