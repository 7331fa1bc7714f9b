"""Contacts in mailboxes of an Exchange server as a target: a place is one mailbox, with a folder for the list."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from typing import Final

from galsync.entries import Form, Held
from galsync.side import Ability, Failed, Outcome, Visible
from galsync.sides.exchange_contact import held_of, in_words, refused
from galsync.sides.exchange_contacts_folders import ExchangeFolders
from galsync.sides.exchange_contacts_writing import ExchangeWriting
from galsync.sides.exchange_way import ExchangeWay
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_writing import Known
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.ews import contacts
from protocols.ews.contact_fields import FIELDS
from protocols.model.freebusy import Reason

AT_ONCE: Final = 8
"""Mailboxes that are written at the same time: well below what the throttling policy of a server allows (27)."""
BATCH: Final = 50


class ExchangeContactsTarget:
    """A ``Target`` over EWS; a place is the address of a mailbox out of ``places``.

    The ``folder`` lies below the mailbox's contacts; contacts elsewhere in the mailbox are not looked at, and what
    somebody typed into the folder is left alone. Contacts cannot be hidden, have one address of ours, and no photo.
    """

    def __init__(
        self,
        name: str,
        way: ExchangeWay,
        *,
        sync: str,
        folder: ListFolder,
        places: Callable[[], Awaitable[Collection[str]]],
    ) -> None:
        self._name, self._way, self._places = name, way, places
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._folders = ExchangeFolders(way=way, folder=folder, mark=sync)
        self._writing = ExchangeWriting(sync=sync, category=folder.name, clock=way.clock)
        self._ability = Ability(
            at_once=AT_ONCE,
            at_once_per_place=1,
            batch=BATCH,
            hides=False,
            fields=FIELDS,
            aliases=False,
            forms=frozenset({Form.CONTACT}),
            visible=Visible.SOON,
        )

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    @property
    def ability(self) -> Ability:
        """Fifty steps a call; one call for each mailbox at a time."""
        return self._ability

    async def places(self) -> Sequence[str]:
        """The addresses of the mailboxes. Raises PeerError."""
        return list(await self._places())

    async def held(self, place: str) -> AsyncIterator[Held]:
        """The contacts in our folder; nothing where there is no such folder. All of them, or PeerError."""
        try:
            async with aclosing(self._held(place)) as found:
                async for held in found:
                    yield held
        except PeerError as error:
            raise in_words(error) from None

    async def _held(self, place: str) -> AsyncGenerator[Held]:
        folder = await self._folders.find(place)
        if folder is None:
            return
        known = Known()
        try:
            async for page in contacts.contacts(self._way.reading(place), folder, as_of=self._way.clock()):
                for held in map(held_of, page):
                    known.note(held)
                    yield held
        except PeerError as error:
            if error.reason is not Reason.NO_SUCH_MAILBOX or await self._still(place):
                raise
            return
        self._remember(place, known)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """What stands in our folder under the keys or answers to the addresses. Raises PeerError."""
        wanted = frozenset(addresses)
        if wanted:
            return [one async for one in self.held(place) if one.key in keys or one.addresses & wanted]
        folder = await self._folders.find(place) if keys else None
        if folder is None:
            return []
        told = await contacts.some(self._way.reading(place), keys, as_of=self._way.clock())
        return [held_of(contact) for contact in told.values() if contact is not None]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """One outcome for each step, in order."""
        if not steps:
            return []
        try:
            folder, known = await self._before(place, steps)
        except PeerError as error:
            return [refused(error, "looking into the mailbox")] * len(steps)
        outcomes = await self._writing.write(self._way.into(place), folder, steps, known)
        if any(map(_unsettles, outcomes)):
            self._known.pop(place, None)
            self._folders.forget(place)
        return outcomes

    async def _before(self, place: str, steps: Sequence[Step]) -> tuple[str | None, Known]:
        """The folder, and what may be in the way of new contacts. Raises PeerError."""
        if not any(step.act is Act.CREATE for step in steps):
            return await self._folders.find(place), self._known.get(place) or Known()
        folder, new = await self._folders.found_or_made(place)
        if new:
            self._remember(place, Known())
        elif place not in self._known:
            async for _ in self.held(place):
                pass
        return folder, self._known.setdefault(place, Known())

    async def _still(self, place: str) -> bool:
        """Whether the folder that is not there any more is one that is there: it may have been deleted, and the mailbox
        is as it was. Raises PeerError where the mailbox is gone too."""
        self._folders.forget(place)
        return await self._folders.find(place) is not None

    def _remember(self, place: str, known: Known) -> None:
        self._known[place] = known
        self._known.move_to_end(place)
        while len(self._known) > 2 * AT_ONCE:
            self._known.popitem(last=False)


def _unsettles(outcome: Outcome) -> bool:
    """Whether what was known of the folder may not be so: it is looked at again before more is made."""
    return isinstance(outcome, Failed) and (outcome.doubt or outcome.reason is Reason.NO_SUCH_MAILBOX)
