"""A calendar in a mailbox of Microsoft 365 as a spoke, read by its changes and told of them by Graph."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from calsync.items import Content, Item, Mark, Unread
from calsync.spoke import Ability, Known, Outcome, Page, Watch, Write
from calsync.spokes.graph_calendar_asking import Calendar
from calsync.spokes.graph_calendar_items import NO_EVENT, item_of
from calsync.spokes.graph_calendar_reading import Reading, items_of
from calsync.spokes.graph_calendar_writing import Writing
from calsync.spokes.occurrences import differing
from protocols.graph import subscriptions
from protocols.graph.batch import MOST
from protocols.graph.calendar_bodies import FIELDS
from protocols.graph.calendar_event import Told
from protocols.graph.calendar_fitting import fit
from protocols.model.event import Event
from protocols.model.window import TimeWindow


class GraphCalendar:
    """See :class:`calsync.spoke.Spoke` and :class:`calsync.spoke.Watched`. Needs Calendars.Read, or
    Calendars.ReadWrite where it may be written."""

    def __init__(self, name: str, calendar: Calendar, *, writable: bool = True) -> None:
        self._name, self._writable, self._calendar = name, writable, calendar
        self._reading = Reading(calendar)
        self._writing = Writing(calendar, self._reading)
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """Two batches, of which one waits for its turn while Outlook does the other: so that nothing we do between two
        leaves it idle. It does four requests of an application at once in a mailbox, and a batch does as many (Graph,
        throttling limits)."""
        return Ability(at_once=2, batch=MOST, writable=self._writable, fields=FIELDS, fit=_fit)

    def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`."""
        return self._reading.changes(token, window)

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return items_of(await self._reading.sure(keys))

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. A series whose occurrences are not written yet is not told: made again, it
        is gone on with."""
        found = await self._writing.made(writes)
        return [
            item_of(told) if told is not None and _is_whole(told, each) else None
            for each, told in zip(writes, found, strict=True)
        ]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        async for told in self._reading.bearing(Mark(hub, "").text):
            yield item_of(told)

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`."""
        async with self._turn:
            return await self._writing.write(writes)

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """See :class:`calsync.spoke.Watched`. ``url`` hears of the subscription's own life as well."""
        at = self._calendar
        told = await subscriptions.subscribe(
            at.send,
            at.place.resource,
            url=url,
            secret=secret,
            until=until,
            api_url=at.place.api_url,
            as_of=at.clock(),
        )
        return Watch(key=told.key, resource=at.place.resource, until=told.until)

    async def unwatch(self, watch: Watch) -> None:
        """See :class:`calsync.spoke.Watched`."""
        at = self._calendar
        await subscriptions.end(at.send, watch.key, api_url=at.place.api_url, as_of=at.clock())


def _fit(content: Content) -> tuple[Content | None, str]:
    return fit(content) if isinstance(content, Event) else (None, NO_EVENT.words)


def _is_whole(told: Told, write: Write) -> bool:
    wanted = write.content.exceptions if isinstance(write.content, Event) else {}
    return not wanted or not differing(told.event, wanted)
