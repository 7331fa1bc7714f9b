"""A calendar in a mailbox of an Exchange server as a spoke, read by its changes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from calsync.items import Content, Item, Mark, Unread
from calsync.spoke import Ability, Known, Outcome, Page, Watch, Write
from calsync.spokes import exchange_news
from calsync.spokes.exchange_calendar_asking import AT_ONCE, Exchange, Opened
from calsync.spokes.exchange_calendar_items import NO_EVENT, in_words, item_of
from calsync.spokes.exchange_calendar_reading import Reading
from calsync.spokes.exchange_calendar_writing import Tried, Writing
from protocols.errors import PeerError
from protocols.ews import calendar_items, public_folders
from protocols.ews.calendar_fitting import fit
from protocols.ews.calendar_reading import Appointment
from protocols.model.event import Event
from protocols.model.window import TimeWindow

FIELDS: Final = frozenset(
    {"when", "rule", "at", "subject", "location", "body", "shows", "sensitivity", "categories", "reminder"}
)


class ExchangeFolder:
    """What a calendar in a mailbox and one in a public folder have in common; ``open_`` finds the folder, once it is
    needed."""

    def __init__(self, name: str, open_: Callable[[], Awaitable[Opened]], *, writable: bool, feed: bool) -> None:
        self._name, self._open, self._writable, self._feed = name, open_, writable, feed
        self._opened: Opened | None = None
        self._tried = Tried()

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """See :class:`calsync.spoke.Spoke`."""
        elsewhere = self._opened is None or self._opened.knows_elsewhere

        def fitting(content: Content) -> tuple[Content | None, str]:
            return fit(content, elsewhere=elsewhere) if isinstance(content, Event) else (None, NO_EVENT.words)

        return Ability(
            at_once=AT_ONCE,
            batch=calendar_items.MOST,
            feed=self._feed,
            writable=self._writable,
            fields=FIELDS,
            fit=fitting,
        )

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return await (await self._reading()).look(keys) if keys else {}

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. A series whose occurrences are not written yet is not told: made again, it
        is gone on with."""
        opened = await self.opened()
        reading = Reading(opened)
        self._tried.note(writes)
        found = await Writing(opened, self._tried).made(writes)
        told = await reading.told(opened.reading, list(found.values()))
        there = [told.get(found.get(each.token, "")) for each in writes]
        return [item_of(each) if isinstance(each, Appointment) and not each.half else None for each in there]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        async for item in (await self._reading()).ours(Mark(hub, "").text):
            yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`."""
        return await Writing(await self.opened(), self._tried).write(writes) if writes else []

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """See :class:`calsync.spoke.Watched`. One subscription, of this folder alone; ``secret`` goes into the URL."""
        try:
            return await exchange_news.watch(await self.opened(), url, secret, until)
        except PeerError as error:
            self.forget()
            raise in_words(error) from None

    async def unwatch(self, watch: Watch) -> None:
        """See :class:`calsync.spoke.Watched`. Nothing is asked: Exchange ends a push subscription by the answer to its
        next call alone, which a hook that is not known any more gives, half an hour later at most."""

    async def opened(self) -> Opened:
        """The folder, found at the first time. Raises PeerError."""
        if self._opened is None:
            self._opened = await self._open()
        return self._opened

    def forget(self) -> None:
        """The folder is found anew at the next time: it may have been moved, or its content."""
        self._opened = None

    async def _reading(self) -> Reading:
        return Reading(await self.opened())


class ExchangeCalendar(ExchangeFolder):
    """See :class:`calsync.spoke.Spoke`. ``folder`` names a calendar below the mailbox's own ("Team", "Team/Shifts");
    "" is the mailbox's own."""

    def __init__(self, name: str, exchange: Exchange, *, folder: str = "", writable: bool = True) -> None:
        self._exchange, self._folder = exchange, folder
        super().__init__(name, self._find, writable=writable, feed=True)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. The token is a SyncState, which holds for every window."""
        try:
            async for page in (await self._reading()).changes(token):
                yield page
        except PeerError as error:
            self.forget()
            raise in_words(error) from None

    async def _find(self) -> Opened:
        at = self._exchange
        access = await at.access('<t:DistinguishedFolderId Id="calendar"/>')
        folder = access.own("calendar")
        if self._folder:
            folder = await public_folders.below(access, folder, self._folder, as_of=at.clock())
        return Opened(exchange=at, access=access, folder=folder)
