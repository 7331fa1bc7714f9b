"""A folder of contacts on an Exchange server as a spoke: in a mailbox, or among the public folders."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from calsync.items import Item, Unread
from calsync.spoke import Ability, ExpiredError, Known, Outcome, Page, Watch, Write
from calsync.spokes import contacts_fit, exchange_news
from calsync.spokes.contacts_writing import Attempts
from calsync.spokes.exchange_calendar_asking import Exchange, Opened
from calsync.spokes.exchange_calendar_items import split
from calsync.spokes.exchange_contacts_writing import items, write
from calsync.spokes.exchange_public_folder import Route
from calsync.spokes.exchange_public_folder_reading import ALWAYS, PublicReading
from protocols.errors import PeerError
from protocols.ews import calendar_listing, public_folders, sync_folder
from protocols.ews.contacts import MOST
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.public_folders import ROOT
from protocols.ews.text import quoted
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_BATCH: Final = 50
_CONTACTS: Final = "IPF.Contact"
_FIT: Final = contacts_fit.fitting(contacts_fit.exchange)


class _Contacts:
    """What both kinds of folders have alike. ``find_folder`` finds the folder when it is first needed."""

    def __init__(
        self, name: str, exchange: Exchange, find_folder: Callable[[], Awaitable[Opened]], *, writable: bool, feed: bool
    ) -> None:
        self._name, self._exchange, self._find_folder = name, exchange, find_folder
        self._ability = Ability(at_once=2, batch=_BATCH, feed=feed, writable=writable, fit=_FIT)
        self._attempts = Attempts()
        self._opened: Opened | None = None

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """See :class:`calsync.spoke.Spoke`."""
        return self._ability

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return await self._some(keys)

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. By a property of ours that holds the token."""
        at, found = await self._folder(), dict[str, str]()
        tokens = [write.token for write in writes]
        for start in range(0, len(tokens), MOST):
            part = tokens[start : start + MOST]
            found |= await calendar_listing.with_tokens(at.access, at.folder, part, as_of=self._exchange.clock())
        there = await self._some(list(found.values()))
        told = [there.get(found.get(token, "")) for token in tokens]
        return [each if isinstance(each, Item) else None for each in told]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        at = await self._folder()
        keys = await calendar_listing.stamped(
            at.reading, at.folder, f"busyline:{hub}/", as_of=self._exchange.clock()
        )  # fmt: skip
        for start in range(0, len(keys), MOST):
            for item in (await self._some(keys[start : start + MOST])).values():
                if isinstance(item, Item):
                    yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`."""

        async def do(those: Sequence[Write]) -> Sequence[Outcome]:
            return await write(self._folder, those, clock=self._exchange.clock)

        return await self._attempts.once(writes, self.find, do)

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """See :class:`calsync.spoke.Watched`. One subscription, of this folder alone; ``secret`` goes into the URL."""
        return await exchange_news.watch(await self._folder(), url, secret, until)

    async def unwatch(self, watch: Watch) -> None:
        """See :class:`calsync.spoke.Watched`. Nothing is asked: Exchange ends a push subscription by the answer to its
        next call alone, which a hook that is not known any more gives, half an hour later at most."""

    async def _folder(self) -> Opened:
        """Raises PeerError."""
        if self._opened is None:
            self._opened = await self._find_folder()
        return self._opened

    async def _some(self, keys: Sequence[str]) -> dict[str, Item | Unread | None]:
        at = await self._folder()
        return await items(at.reading, keys, as_of=self._exchange.clock())


class ExchangeContacts(_Contacts):
    """See :class:`calsync.spoke.Spoke`: a folder in a mailbox, which tells its changes (SyncFolderItems)."""

    def __init__(self, name: str, exchange: Exchange, *, folder: str = "", writable: bool = True) -> None:
        """``folder`` is the id of a folder of contacts, "" for the one that every mailbox has."""
        super().__init__(name, exchange, self._find, writable=writable, feed=True)
        self._id = folder

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. What else lies in the folder (lists of distribution) is nobody."""
        at = await self._folder()
        rounds = sync_folder.changes(at.reading, at.folder, token, as_of=self._exchange.clock())
        try:
            async for told in rounds:
                found = await self._some([each.key for each in told.there if each.kind == "Contact"])
                there, unread = split(found.values())
                yield Page(
                    items=there,
                    unread=unread,
                    gone=[*told.gone, *(key for key, item in found.items() if item is None)],
                    token=told.state if told.last else "",
                    whole=not token,
                )
        except sync_folder.ExpiredStateError:
            raise ExpiredError from None

    async def _find(self) -> Opened:
        at = self._exchange
        way = MailboxAccess(send=at.send, url=at.url, mailbox=at.mailbox, impersonates=at.impersonates)
        element = f'<t:FolderId Id="{quoted(self._id)}"/>' if self._id else way.contacts()
        return Opened(exchange=at, access=await at.access(element), folder=element)


class ExchangePublicContacts(_Contacts):
    """See :class:`calsync.spoke.Spoke`: a public folder of contacts, which tells no changes: what was changed of late
    is asked for, and every ``deletions_every``, and where somebody heard of a deletion, everything that is there."""

    def __init__(
        self,
        name: str,
        exchange: Exchange,
        *,
        route: Route,
        deletions_every: timedelta = timedelta(hours=1),
        writable: bool = True,
    ) -> None:
        """``exchange`` names the account's own mailbox, and does not impersonate."""
        super().__init__(name, exchange, self._find, writable=writable, feed=False)
        self._route, self._every = route, deletions_every
        self._list_all = False

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. After a failure the folder is found anew: its content may have moved."""
        every = ALWAYS if self._list_all else self._every
        try:
            reading = PublicReading(await self._folder(), every, self._shown)
            async for page in reading.changes(token, known):
                yield page
        except PeerError:
            self._opened = None
            await self._folder()  # raises what there is to say of a folder that is gone
            raise
        self._list_all = False

    def list_all(self) -> None:
        """See :class:`calsync.spoke.Lists`."""
        self._list_all = True

    async def _shown(self, access: MailboxAccess, keys: Sequence[str]) -> Iterable[Item | Unread | None]:
        return (await items(access, keys, as_of=self._exchange.clock())).values()

    async def _find(self) -> Opened:
        at, route = self._exchange, self._route
        found = await public_folders.find(
            await at.access(ROOT),
            route.path,
            as_of=at.clock(),
            autodiscover=route.autodiscover,
            hierarchy=route.hierarchy_mailbox,
            content=route.content_mailbox,
        )
        if found.kind and not found.kind.startswith(_CONTACTS):
            raise PeerError(Reason.NO_CALENDAR, f"the public folder {route.path} holds no contacts ({found.kind})")
        return Opened(exchange=at, access=found.access, folder=found.element, public=True)
