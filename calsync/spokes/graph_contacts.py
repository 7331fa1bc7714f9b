"""A folder of contacts in a mailbox of Microsoft 365 as a spoke."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from calsync.items import Item, Unread
from calsync.spoke import Ability, ExpiredError, Known, Outcome, Page, Watch, Write
from calsync.spokes import contacts_fit
from calsync.spokes.contacts_writing import Attempts, is_of
from calsync.spokes.graph_contacts_writing import GraphFolder, item_of, standing, write
from calsync.spokes.patience import READING, Patience
from protocols.errors import PeerError
from protocols.graph import card_feed, contacts, subscriptions
from protocols.graph.batch import MOST
from protocols.graph.card_fields import ASKED
from protocols.graph.contact_fields import Contact
from protocols.graph.streamed import Expired
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_FIT: Final = contacts_fit.fitting(contacts_fit.graph)


class GraphContacts:
    """See :class:`calsync.spoke.Spoke` and :class:`calsync.spoke.Watched`. Needs Contacts.Read, or Contacts.ReadWrite
    where it may be written."""

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        user: str,
        folder: str = "",
        api_url: str,
        patience: Patience,
        writable: bool = True,
    ) -> None:
        """``user`` is the address of the mailbox, ``folder`` the id of a folder in it ("" for its own one)."""
        self._name, self._writable, self._send = name, writable, send
        self._place = GraphFolder(send=self._in_turn, user=user, folder=folder, api_url=api_url, clock=patience.clock)
        self._patience = patience
        self._parent = ""
        self._attempts = Attempts()
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
        return Ability(at_once=2, batch=MOST, writable=self._writable, fit=_FIT)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. The token is taken before everything is read, so that nothing is missed in
        between."""
        at = self._place
        try:
            told = await card_feed.changes(
                self._patience.reading(at.send), at.user, at.folder, token, api_url=at.api_url, as_of=at.clock()
            )
        except Expired:
            raise ExpiredError from None
        self._parent = told.parent or self._parent
        if not token:
            async for page in self._everything():
                yield Page(items=[item_of(each) for each in page], whole=True)
            yield Page(token=told.token, whole=True)
            return
        found = await self._some(told.there)
        yield Page(
            items=[item for item in found.values() if item is not None],
            gone=[*told.gone, *(key for key, item in found.items() if item is None)],
            token=told.token,
        )

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return await self._some(keys)

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. By the mark: a contact has no transaction id."""
        at = self._place
        marks = [write.mark for write in writes]
        found = await card_feed.stamped(at.send, at.user, at.folder, marks, api_url=at.api_url, as_of=at.clock())
        return [item_of(told) if (told := _sure(each)) is not None else None for each in found]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`."""
        async for page in self._everything():
            for each in page:
                if is_of(each.stamp, hub):
                    yield item_of(each)

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`."""

        async def do(some: Sequence[Write]) -> Sequence[Outcome]:
            return await write(self._place, self._parent, some)

        return await self._attempts.once(writes, self.find, do)

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """See :class:`calsync.spoke.Watched`. ``url`` hears of the subscription's own life as well."""
        at, resource = self._place, card_feed.resource_of(self._place.user, self._place.folder)
        told = await subscriptions.subscribe(
            self._send, resource, url=url, secret=secret, until=until, api_url=at.api_url, as_of=at.clock()
        )
        return Watch(key=told.key, resource=resource, until=told.until)

    async def unwatch(self, watch: Watch) -> None:
        """See :class:`calsync.spoke.Watched`."""
        at = self._place
        await subscriptions.end(self._send, watch.key, api_url=at.api_url, as_of=at.clock())

    async def _in_turn(self, request: HttpRequest) -> HttpResponse:
        async with self._turn:
            return await self._send(request)

    async def _some(self, keys: Sequence[str]) -> dict[str, Item | None]:
        there = {key: _sure(each) for key, each in (await self._standing(keys)).items()}
        return {
            key: item_of(each) if each is not None and card_feed.in_folder(each.entry, self._parent) else None
            for key, each in there.items()
        }

    async def _standing(self, keys: Sequence[str]) -> dict[str, Contact | PeerError | None]:
        """As :func:`standing`; those that were put off by Outlook are asked for again, as long as is worth while."""
        found = await standing(self._place, keys)
        waits = self._patience.waits(READING)
        while rest := {key: each for key, each in found.items() if isinstance(each, PeerError) and _is_put_off(each)}:
            asked = [error.retry_after for error in rest.values() if error.retry_after is not None]
            if not await waits.over(max(asked, default=None)):
                break
            found |= await standing(self._place, list(rest))
        return found

    def _everything(self) -> AsyncIterator[list[Contact]]:
        at = self._place
        send = self._patience.reading(at.send)
        return contacts.contacts(send, at.user, at.folder, api_url=at.api_url, as_of=at.clock(), asked=ASKED)


def _is_put_off(error: PeerError) -> bool:
    return error.reason is Reason.THROTTLED


def _sure(found: Contact | PeerError | None) -> Contact | None:
    """Raises the PeerError where it is one."""
    if isinstance(found, PeerError):
        raise found
    return found
