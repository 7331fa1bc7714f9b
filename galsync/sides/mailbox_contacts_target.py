"""Contacts in mailboxes of Microsoft 365 as a target: a place is one mailbox, which gets a folder with the list."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final

from galsync.entries import Form, Held
from galsync.side import Ability, Failed, Outcome, Visible
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contact import held_of, in_words, refused
from galsync.sides.mailbox_contacts_folders import Folders
from galsync.sides.mailbox_contacts_places import Places
from galsync.sides.mailbox_contacts_writing import Known, Writing
from galsync.sides.patience import patient
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.graph import contacts
from protocols.graph.contact_fields import FIELDS
from protocols.http import Send
from protocols.model.freebusy import Reason

PERMISSIONS: Final = ("Contacts.ReadWrite",)
"""What the application needs beside what its collection of mailboxes needs; a scope may narrow it to these."""
AT_ONCE: Final = 64
"""Mailboxes that are written at the same time: Outlook limits each of them and, far above this, the tenant."""
STEPS: Final = 100
"""Steps of one write, which are five batches one after the other: the ledger keeps each write before and after."""


class MailboxContactsTarget:
    """A ``Target`` over Graph; a place is the address of a mailbox out of ``places``.

    Each mailbox has one $batch in flight: Outlook does four requests of it at a time, and refuses more than four. The
    ``folder`` lies below the mailbox's contacts; contacts elsewhere in the mailbox are not looked at, and those that
    somebody typed into the folder are left alone. Contacts cannot be hidden, have one address of ours, and no photo.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        sync: str,
        folder: ListFolder,
        places: Places,
        api_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._name, self._send, self._places, self._url = name, send, places, api_url
        self._clock, self._sleep = clock, sleep
        self._users: Mapping[str, str] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._lanes = asyncio.Semaphore(AT_ONCE)
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._folders = Folders(
            send=send, reading=self._reading, folder=folder, mark=sync, api_url=api_url, clock=clock
        )
        self._writing = Writing(send=send, sync=sync, category=folder.name, api_url=api_url, clock=clock)
        self._ability = Ability(
            at_once=2 * AT_ONCE,
            at_once_per_place=2,
            batch=STEPS,
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
        """Two calls for each mailbox, of which one waits for the other: it is written down meanwhile, so that no
        mailbox waits for the ledger."""
        return self._ability

    async def places(self) -> Sequence[str]:
        """The addresses of the mailboxes. Raises PeerError."""
        self._users = await self._places()
        await self._folders.foresee(list(self._users.values()))
        return list(self._users)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """The contacts in our folder; nothing where there is no such folder. All of them, or PeerError."""
        try:
            async with aclosing(self._held(place)) as found:
                async for held in found:
                    yield held
        except PeerError as error:
            raise in_words(error) from None

    async def _held(self, place: str) -> AsyncGenerator[Held]:
        user = self._user(place)
        folder = await self._folders.find(user)
        if folder is None:
            return
        known = Known()
        try:
            async for page in contacts.contacts(
                self._reading(), user, folder, api_url=self._url, as_of=self._clock()
            ):  # fmt: skip
                for held in map(held_of, page):
                    known.note(held)
                    yield held
        except PeerError as error:
            if error.reason is not Reason.NO_SUCH_MAILBOX or await self._still(user):
                raise
            return
        self._remember(place, known)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """What stands in our folder under the keys or answers to the addresses. Raises PeerError."""
        wanted, user = frozenset(addresses), self._user(place)
        if wanted:
            return [one async for one in self.held(place) if one.key in keys or one.addresses & wanted]
        folder = await self._folders.find(user) if keys else None
        if folder is None:
            return []
        now, found = self._clock(), []
        told = await contacts.some(self._reading(), user, folder, keys, api_url=self._url, as_of=now)
        for contact in told.values():
            if isinstance(contact, PeerError):
                raise contact
            if contact is not None:
                found.append(held_of(contact))
        return found

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """One outcome for each step, in order."""
        if not steps:
            return []
        async with self._turns[place], self._lanes:
            return await self._written(place, self._user(place), steps)

    async def _written(self, place: str, user: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        try:
            folder, known = await self._before(place, user, steps)
        except PeerError as error:
            return [refused(error, "looking into the mailbox")] * len(steps)
        outcomes = await self._writing.write(user, folder, steps, known)
        if any(map(_unsettles, outcomes)):
            self._known.pop(place, None)
            self._folders.forget(user)
        return outcomes

    async def _before(self, place: str, user: str, steps: Sequence[Step]) -> tuple[str | None, Known]:
        """The folder, and what may be in the way of new contacts. Raises PeerError."""
        if not any(step.act is Act.CREATE for step in steps):
            return await self._folders.find(user), self._known.get(place) or Known()
        folder, new = await self._folders.found_or_made(user)
        if new:
            self._remember(place, Known())
        elif place not in self._known:
            async for _ in self.held(place):
                pass
        return folder, self._known.setdefault(place, Known())

    async def _still(self, user: str) -> bool:
        """Whether the folder that is not there any more is one that is there: it may have been deleted, and the mailbox
        is as it was. Raises PeerError where the mailbox is gone too."""
        self._folders.forget(user)
        return await self._folders.find(user) is not None

    def _user(self, place: str) -> str:
        return self._users.get(place, place)

    def _reading(self) -> Send:
        return patient(self._send, clock=self._clock, sleep=self._sleep)

    def _remember(self, place: str, known: Known) -> None:
        self._known[place] = known
        self._known.move_to_end(place)
        while len(self._known) > 2 * AT_ONCE:
            self._known.popitem(last=False)


def _unsettles(outcome: Outcome) -> bool:
    """Whether what was known of the folder may not be so: it is looked at again before more is made."""
    return isinstance(outcome, Failed) and (outcome.doubt or outcome.reason is Reason.NO_SUCH_MAILBOX)
