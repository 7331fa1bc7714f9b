"""A folder of contacts in a mailbox of another company, shared for this purpose, as a source: read as its people."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from galsync.entries import Stamp
from galsync.side import Reading
from galsync.sides.patience import patient
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.graph.contact_fields import Contact
from protocols.graph.contact_folders import folders
from protocols.graph.contacts import contacts
from protocols.graph.people import STAMPED
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

PERMISSIONS: Final = ("Contacts.Read",)
"""What the application or account needs, with a scope that has this one mailbox in it and no other."""
_NAMED: Final = 200


class StaffExportSource:
    """A ``Source`` over Graph. ``folder`` is the name of a folder below the contacts of ``mailbox``; "" means these.

    Whoever stands there is a user of that company. What carries a stamp of this product is left out, unless it was made
    by one of the syncs named in ``takes``: so an export that is filled by the other company's own installation can be
    read. Name only theirs, or people go round in a circle. Outlook tells changes without extended properties (Graph,
    contact: delta), so that every reading is a whole one.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        mailbox: Mailbox,
        folder: str,
        api_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        takes: frozenset[str] = frozenset(),
    ) -> None:
        self._name, self._send, self._mailbox, self._folder = name, send, mailbox.address, folder
        self._api_url, self._clock, self._sleep, self._takes = api_url, clock, sleep, takes

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """Everybody in the folder, always. All of them or PeerError: NO_SUCH_MAILBOX where the mailbox or the folder is
        not there, which is never a reading of nobody."""
        del since
        now, send = self._clock(), patient(self._send, clock=self._clock, sleep=self._sleep)
        folder = await self._key(send, now) if self._folder else ""
        people: list[Person] = []
        left: Counter[Left] = Counter()
        named: list[tuple[str, Left]] = []
        async for page in contacts(send, self._mailbox, folder, api_url=self._api_url, as_of=now):
            for contact in page:
                why = self._left(contact)
                if why is None:
                    people.append(self._person(contact))
                    continue
                left[why] += 1
                if len(named) < _NAMED:
                    named.append((_called(contact), why))
        return Reading(people=people, left=dict(left), named=tuple(named))

    async def _key(self, send: Send, now: datetime) -> str:
        found = await folders(send, self._mailbox, api_url=self._api_url, as_of=now)
        keys = [each.key for each in found if each.name.lower() == self._folder.lower()]
        if not keys:
            raise PeerError(Reason.NO_SUCH_MAILBOX, f"the mailbox has no folder of contacts called {self._folder}")
        return keys[0]

    def _left(self, contact: Contact) -> Left | None:
        if contact.stamp.startswith(STAMPED) and self._taken(contact) is None:
            return Left.OURS
        return Left.BAD_ADDRESS if contact.address is None and contact.unreadable else None

    def _taken(self, contact: Contact) -> Stamp | None:
        """The stamp of a sync whose contacts are people here."""
        stamp = Stamp.read(contact.stamp)
        return stamp if stamp is not None and stamp.sync in self._takes else None

    def _person(self, contact: Contact) -> Person:
        """A contact that was made anew for the same stamp is the same person."""
        stamp, address = self._taken(contact), contact.address
        return Person(
            anchor=contact.key if stamp is None else f"{stamp.sync}/{stamp.anchor}",
            kind=Kind.USER,
            primary=address,
            aliases=tuple(each for each in contact.addresses if address is None or each != address.address),
            texts=contact.texts,
        )


def _called(contact: Contact) -> str:
    if contact.address is not None:
        return contact.address.address
    return contact.unreadable or contact.texts.get(Field.DISPLAY_NAME, "") or contact.key
