"""A folder of contacts in a mailbox of Microsoft 365 as a spoke."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from calsync.items import Item, Unread
from calsync.spoke import Ability, ExpiredError, Known, Outcome, Page, Write
from calsync.spokes import contacts_fit
from calsync.spokes.contacts_writing import Attempts, is_of
from calsync.spokes.graph_contacts_writing import GraphFolder, item_of, standing, write
from protocols.errors import PeerError
from protocols.graph import card_feed, contacts
from protocols.graph.batch import MOST
from protocols.graph.card_fields import ASKED
from protocols.graph.contact_fields import Contact
from protocols.graph.streamed import Expired
from protocols.http import Send
from protocols.model.window import TimeWindow

_FIT: Final = contacts_fit.fitting(contacts_fit.graph)


class GraphContacts:
    """See :class:`calsync.spoke.Spoke`. Needs Contacts.Read, or Contacts.ReadWrite where it may be written."""

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        user: str,
        folder: str = "",
        api_url: str,
        clock: Callable[[], datetime],
        writable: bool = True,
    ) -> None:
        """``user`` is the address of the mailbox, ``folder`` the id of a folder in it ("" for its own one)."""
        self._name, self._writable = name, writable
        self._place = GraphFolder(send=send, user=user, folder=folder, api_url=api_url, clock=clock)
        self._parent = ""
        self._attempts = Attempts()

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """One batch at a time: Outlook lets an application do four things at once in a mailbox, and a batch does as
        many."""
        return Ability(at_once=1, batch=MOST, writable=self._writable, fit=_FIT)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. The token is taken before everything is read, so that nothing is missed in
        between."""
        at = self._place
        try:
            told = await card_feed.changes(
                at.send, at.user, at.folder, token, api_url=at.api_url, as_of=at.clock()
            )  # fmt: skip
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

    async def _some(self, keys: Sequence[str]) -> dict[str, Item | None]:
        there = {key: _sure(each) for key, each in (await standing(self._place, keys)).items()}
        return {
            key: item_of(each) if each is not None and card_feed.in_folder(each.entry, self._parent) else None
            for key, each in there.items()
        }

    def _everything(self) -> AsyncIterator[list[Contact]]:
        at = self._place
        return contacts.contacts(at.send, at.user, at.folder, api_url=at.api_url, as_of=at.clock(), asked=ASKED)


def _sure(found: Contact | PeerError | None) -> Contact | None:
    """Raises the PeerError where it is one."""
    if isinstance(found, PeerError):
        raise found
    return found
