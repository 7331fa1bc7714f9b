"""What a folder of contacts that another company shares says of its people, whichever protocol reads it."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from galsync.entries import Stamp
from galsync.side import Reading
from galsync.sides.list_folder import called
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

_NAMED: Final = 200
_STAMPED: Final = "busyline:"


class Contact(Protocol):
    """A contact as either protocol tells it; ``stamp`` is the text of one, "" for none, ``unreadable`` an address."""

    @property
    def key(self) -> str: ...
    @property
    def stamp(self) -> str: ...
    @property
    def address(self) -> Mailbox | None: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def texts(self) -> Mapping[Field, str]: ...
    @property
    def unreadable(self) -> str: ...


class Folder(Protocol):
    """A folder below a mailbox's contacts."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StaffFolder:
    """The folder ``name``; "" for the contacts themselves. Whoever stands there is a user of the other company.

    What carries a stamp of this product is left out, unless one of the syncs in ``takes`` made it.
    """

    name: str
    takes: frozenset[str] = frozenset()

    def among(self, folders: Iterable[Folder]) -> str:
        """Its key. Raises PeerError(NO_SUCH_MAILBOX) where it is not among them."""
        found = called(folders, self.name)
        if found is not None:
            return found.key
        raise PeerError(Reason.NO_SUCH_MAILBOX, f"the mailbox has no folder of contacts called {self.name}")

    async def reading(self, pages: AsyncIterator[Iterable[Contact]]) -> Reading:
        """All of ``pages``, or what they raise."""
        people: list[Person] = []
        left: Counter[Left] = Counter()
        named: list[tuple[str, Left]] = []
        async for page in pages:
            for contact in page:
                why = self._left(contact)
                if why is None:
                    people.append(self._person(contact))
                    continue
                left[why] += 1
                if len(named) < _NAMED:
                    named.append((_called(contact), why))
        return Reading(people=people, left=dict(left), named=tuple(named))

    def _left(self, contact: Contact) -> Left | None:
        if contact.stamp.startswith(_STAMPED) and self._taken(contact) is None:
            return Left.OURS
        return Left.BAD_ADDRESS if contact.address is None and contact.unreadable else None

    def _taken(self, contact: Contact) -> Stamp | None:
        """The stamp of a sync whose contacts are people here."""
        stamp = Stamp.read(contact.stamp)
        return stamp if stamp is not None and stamp.sync in self.takes else None

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
