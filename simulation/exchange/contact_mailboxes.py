"""The mailboxes of the simulated Exchange with their folders of contacts, and who may reach into them."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from simulation.exchange.contact_items import Item, Path, values_of
from simulation.exchange.contact_sync import ContactSync
from simulation.exchange.soap import NS, SoapFault

DEFAULT: Final = ("root", "msgfolderroot", "contacts")
PUBLIC: Final = "public-folders"
"""Whose folders the public ones are."""
_CLASSES: Final = {"contacts": "IPF.Contact"}


class Refused(Exception):  # noqa: N818 - what EWS says of one part of a request
    """One part of a request is refused, with its code."""

    def __init__(self, code: str, *, back_off: float | None = None) -> None:
        super().__init__(code)
        self.code, self.back_off = code, back_off


@dataclass(slots=True)
class Folder:
    """``parent`` is a key; ``extended`` are its extended properties."""

    key: str
    name: str
    parent: str
    kind: str = "IPF.Contact"
    extended: dict[Path, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)


class Mailbox:
    """One mailbox; ``delegates`` are the accounts to which its owner opened it."""

    def __init__(self, address: str, delegates: Iterable[str] = ()) -> None:
        self.address, self.delegates = address, frozenset(delegates)
        self.folders: dict[str, Folder] = {}
        for name, parent in zip(DEFAULT, ("", *DEFAULT), strict=False):
            key = f"{address}/{name}"
            self.folders[key] = Folder(key, name, f"{address}/{parent}" if parent else "", _CLASSES.get(name, "IPF"))

    @property
    def contacts(self) -> Folder:
        """The folder that every mailbox has."""
        return self.folders[f"{self.address}/contacts"]

    def below(self, parent: str, *, deep: bool = False) -> Iterator[Folder]:
        """The folders in one, or also those in them."""
        for folder in list(self.folders.values()):
            if folder.parent == parent:
                yield folder
                if deep:
                    yield from self.below(folder.key, deep=True)


class ContactsDesk:
    """What the server keeps. ``impersonators`` are the accounts that may act as others, and ``scope`` as whom (None:
    all). ``page`` is the most that one page has, whatever is asked. ``refuse`` may say for an operation how many
    seconds it has to wait, ``refuse_item`` for one part of it by number. ``public`` are the public folders, open to
    everybody; ``sync`` remembers what was told with each state, ``clock`` says when something was changed. ``changed``
    is told of each change: in which folder, what (as EWS calls the event), and which item."""

    def __init__(self, addresses: Iterable[str], *, impersonators: Iterable[str] = ()) -> None:
        self.mailboxes = {address: Mailbox(address) for address in addresses}
        self.impersonators = frozenset(impersonators)
        self.scope: frozenset[str] | None = None
        self.page = 1000
        self.public = Mailbox(PUBLIC)
        self.sync = ContactSync()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.refuse: Callable[[str], float | None] = lambda operation: None
        self.refuse_item: Callable[[str, int], float | None] = lambda operation, number: None
        self.changed: Callable[[str, str, str], None] = lambda folder, event, item: None
        self._numbers = itertools.count(1)

    def acting(self, root: etree._Element, username: str) -> tuple[str, bool]:
        """In whose name a request is made, and whether that is by impersonation. Raises SoapFault."""
        told = root.findtext("s:Header/t:ExchangeImpersonation/t:ConnectingSID/t:PrimarySmtpAddress", "", NS)
        address = told.strip().lower()
        if not address:
            return username.lower(), False
        if address not in self.mailboxes:
            raise SoapFault("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
        if username not in self.impersonators or (self.scope is not None and address not in self.scope):
            raise SoapFault("ErrorImpersonateUserDenied", "The account does not have permission to impersonate.")
        return address, True

    def mailbox(self, address: str, who: str) -> Mailbox:
        """A mailbox that ``who`` may reach into. Raises Refused."""
        if address == PUBLIC:
            return self.public
        box = self.mailboxes.get(address)
        if box is None:
            raise Refused("ErrorNonExistentMailbox")
        if who != address and who not in box.delegates:
            raise Refused("ErrorAccessDenied")
        return box

    def folder(self, element: etree._Element, who: str) -> tuple[Mailbox, Folder]:
        """The folder that a FolderId or a DistinguishedFolderId names. Raises Refused."""
        key = element.get("Id", "")
        if etree.QName(element).localname == "DistinguishedFolderId":
            owner = element.findtext("t:Mailbox/t:EmailAddress", "", NS).strip().lower() or who
            key = f"{PUBLIC}/root" if key == "publicfoldersroot" else f"{owner}/{key}"
        box = self.mailbox(key.partition("/")[0], who)
        if key not in box.folders:
            raise Refused("ErrorFolderNotFound")
        return box, box.folders[key]

    def item(self, element: etree._Element, who: str) -> tuple[Folder, Item]:
        """The item that an ItemId names, and where it is. Raises Refused."""
        key = element.get("Id", "")
        for folder in self.mailbox(key.partition("/")[0], who).folders.values():
            if key in folder.items:
                return folder, folder.items[key]
        raise Refused("ErrorItemNotFound")

    def new_folder(
        self, box: Mailbox, parent: str, name: str, extended: dict[Path, str] | None = None
    ) -> Folder:  # fmt: skip
        """A folder of contacts in another. Raises Refused where one of that name is there."""
        if any(each.name.lower() == name.lower() for each in box.below(parent)):
            raise Refused("ErrorFolderExists")
        key = f"{box.address}/folder={next(self._numbers)}"
        box.folders[key] = Folder(key, name, parent, extended=extended or {})
        return box.folders[key]

    def new_item(self, folder: Folder, contact: etree._Element) -> Item:
        """A contact as a request describes it."""
        return self.put(folder, values_of(contact))

    def put(self, folder: Folder, values: dict[Path, str], element: str = "Contact") -> Item:
        """A contact (or what else) that somebody puts there."""
        number = next(self._numbers)
        key = f"{folder.key.partition('/')[0]}/+item={number}"
        folder.items[key] = Item(key, element, number * 1000, dict(values))
        self.stamp(folder.items[key])
        self.changed(folder.key, "CreatedEvent", key)
        return folder.items[key]

    def touch(self, item: Item) -> None:
        """It changed: another version, at this moment."""
        item.version += 1
        self.stamp(item)
        for folder in self._box(item.key).folders.values():
            if item.key in folder.items:
                self.changed(folder.key, "ModifiedEvent", item.key)

    def remove(self, folder: Folder, item: Item) -> None:
        """It is gone."""
        del folder.items[item.key]
        self.changed(folder.key, "DeletedEvent", item.key)

    def stamp(self, item: Item) -> None:
        """It was changed at this moment."""
        item.changed = f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"

    def _box(self, key: str) -> Mailbox:
        address = key.partition("/")[0]
        return self.public if address == PUBLIC else self.mailboxes[address]
