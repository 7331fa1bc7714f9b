"""A Google calendar as a spoke: read by sync tokens, written without a word to anybody, watched by push channels."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from calsync.items import Item, Mark, Unread
from calsync.spoke import Ability, ExpiredError, Known, Outcome, Page, Watch, Write
from calsync.spokes.google_calendar_items import fit
from calsync.spokes.google_calendar_reading import GoogleReading, unless_over
from calsync.spokes.google_calendar_writing import GoogleWriting
from protocols.google import calendar_channels
from protocols.google.calendar_body import FIELDS
from protocols.google.calendar_channels import Channel
from protocols.google.calendar_reading import API_URL, TokenExpiredError
from protocols.google.patience import Pace, patient
from protocols.http import Send
from protocols.model.window import TimeWindow

AT_ONCE: Final = 4
"""Calls at once: ten a second is all that one user may ask (600 a minute)."""


class GoogleCalendar:
    """See :class:`calsync.spoke.Spoke` and :class:`calsync.spoke.Watched`. ``send`` speaks as somebody who may read the
    calendar with all details (scope calendar.events.readonly), and write it (calendar.events)."""

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        calendar: str,
        pace: Pace,
        new_id: Callable[[], str],
        api_url: str = API_URL,
        writable: bool = True,
    ) -> None:
        """``calendar`` is its calendarId: an address, or ``…@group.calendar.google.com``. ``new_id`` gives names for
        channels, none twice (UUIDs)."""
        self._name, self._writable, self._new_id = name, writable, new_id

        def reading(asked: Send) -> GoogleReading:
            return GoogleReading(send=asked, calendar=calendar, api_url=api_url, clock=pace.clock)

        self._reading = reading(patient(send, pace))
        self._asking = reading(send)  # a write is tried again by the engine, which knows what else waits
        self._writing = GoogleWriting(self._asking)

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """See :class:`calsync.spoke.Spoke`. Not writable where Google says so: by ``accessRole``, when last read."""
        frame = self._reading.frame
        writable = self._writable and (frame is None or frame.writable)
        return Ability(at_once=AT_ONCE, batch=1, writable=writable, fields=FIELDS, fit=fit)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. The token of a listing without bounds, so that it holds for every window:
        what is over when the window begins is left out, unless it is known."""
        if token:
            pages = self._reading.since(token)
        else:
            pages = self._reading.everything(unless_over(window.start, (await known()).keys()))
        try:
            async for page in pages:
                yield page
        except TokenExpiredError:
            raise ExpiredError from None

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        found = await self._reading.many(list(dict.fromkeys(keys)))
        return {key: None if each is None else each.item() for key, each in found.items()}

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. By the iCalUID that the token makes; one that still lacks occurrences is
        none: made again, it becomes whole."""
        finding = GoogleWriting(self._reading)
        return [await finding.found(write) for write in writes]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`. By a listing of everything: Google finds a property by its whole value
        only."""
        async for page in self._reading.everything(lambda _: True):
            for item in page.items:
                mark = Mark.read(item.mark)
                if mark is not None and mark.hub == hub:
                    yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`. What is to be changed or deleted is looked at before."""
        if self._asking.frame is None:
            self._asking.frame = self._reading.frame
        return [await self._writing.done(write) for write in writes]

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """See :class:`calsync.spoke.Watched`: another channel each time, since Google lengthens none. ``url`` has to be
        HTTPS, with a certificate that everybody trusts."""
        channel = await calendar_channels.watch(
            self._reading.place(), key=self._new_id(), url=url, secret=secret, until=until
        )
        return Watch(key=channel.key, resource=channel.resource, until=channel.until)

    async def unwatch(self, watch: Watch) -> None:
        """See :class:`calsync.spoke.Watched`."""
        await calendar_channels.stop(self._reading.place(), Channel(watch.key, watch.resource, watch.until))
