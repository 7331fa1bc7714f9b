"""A folder of contacts in a mailbox of another company's Exchange server, shared for this purpose, as a source."""

from collections import Counter
from datetime import datetime
from typing import Final

from galsync.entries import Stamp
from galsync.side import Reading
from galsync.sides.exchange_way import ExchangeWay
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.ews.contact_fields import Contact
from protocols.ews.contact_folders import folders
from protocols.ews.contacts import contacts
from protocols.ews.mailbox_access import MailboxAccess
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

_NAMED: Final = 200
_STAMPED: Final = "busyline:"


class ExchangeStaffSource:
    """A ``Source`` over EWS. ``folder`` is the name of a folder below the contacts of ``mailbox``; "" means these.

    The account needs the right of a reviewer on that folder (its ``way`` does not impersonate then), or impersonates
    with a scope that has this one mailbox in it. Whoever stands there is a user of that company. What carries a stamp
    of this product is left out, unless it was made by one of the syncs named in ``takes``: so an export that is filled
    by the other company's own installation can be read. Name only theirs, or people go round in a circle. Every reading
    is a whole one.
    """

    def __init__(
        self,
        name: str,
        way: ExchangeWay,
        *,
        mailbox: Mailbox,
        folder: str,
        takes: frozenset[str] = frozenset(),
    ) -> None:
        self._name, self._way, self._mailbox, self._folder, self._takes = name, way, mailbox.address, folder, takes

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """Everybody in the folder, always. All of them or PeerError: NO_SUCH_MAILBOX where the mailbox or the folder is
        not there, which is never a reading of nobody."""
        del since
        now, access = self._way.clock(), self._way.reading(self._mailbox)
        folder = await self._key(access, now) if self._folder else ""
        people: list[Person] = []
        left: Counter[Left] = Counter()
        named: list[tuple[str, Left]] = []
        async for page in contacts(access, folder, as_of=now):
            for contact in page:
                why = self._left(contact)
                if why is None:
                    people.append(self._person(contact))
                    continue
                left[why] += 1
                if len(named) < _NAMED:
                    named.append((_called(contact), why))
        return Reading(people=people, left=dict(left), named=tuple(named))

    async def _key(self, access: MailboxAccess, now: datetime) -> str:
        found = await folders(access, as_of=now)
        keys = [each.key for each in found if each.name.lower() == self._folder.lower()]
        if not keys:
            raise PeerError(Reason.NO_SUCH_MAILBOX, f"the mailbox has no folder of contacts called {self._folder}")
        return keys[0]

    def _left(self, contact: Contact) -> Left | None:
        if contact.stamp.startswith(_STAMPED) and self._taken(contact) is None:
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
