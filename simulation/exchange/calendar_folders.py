"""The calendars of the simulated Exchange: one in each mailbox and a tree of public folders, and who may reach them."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from simulation.exchange.calendar_items import Entry, plain, read_into
from simulation.exchange.contact_mailboxes import Refused
from simulation.exchange.public_folders import PublicTree
from simulation.exchange.soap import NS, SoapFault

PREFIX: Final = "cal!"
"""What every key here begins with."""
APPOINTMENTS: Final = "IPF.Appointment"
PUBLIC_ROOT: Final = "publicfoldersroot"
_DEFAULT: Final = {"root": "IPF", "msgfolderroot": "IPF", "calendar": APPOINTMENTS}
VERSIONS: Final = (
    "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2", "Exchange2013", "Exchange2013_SP1",
    "Exchange2016",
)  # fmt: skip
_EVENTS: Final = {"Create": "CreatedEvent", "Update": "ModifiedEvent", "Delete": "DeletedEvent"}
_SERVERS: Final = itertools.count()
_OF_A_SERVER: Final = 1_000_000
"""Numbers of its own: no two Exchange servers ever give one id, version or UID ([MS-OXOCAL] 2.2.1.27)."""


@dataclass(slots=True)
class CalendarFolder:
    """``owner`` is the mailbox it is in, "" for public ones; ``content`` the mailbox that holds a public one's items.
    ``log`` tells for each change what became of which item."""

    key: str
    name: str
    parent: str
    owner: str
    kind: str = APPOINTMENTS
    content: str = ""
    writable: bool = True
    entries: dict[str, Entry] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)


class CalendarDesk:
    """What the server keeps. ``clock`` is the server's own. ``mails`` lists who would have been mailed. ``versions``
    are those it speaks. ``page`` is the most that one page has, ``changes`` the most that one call of SyncFolderItems
    tells, whatever is asked. ``refuse`` may say for an operation how many seconds it has to wait. ``changed`` is told
    of each change: in which folder, what (as EWS calls the event), and which item."""

    def __init__(
        self,
        addresses: Iterable[str] = (),
        *,
        impersonators: Iterable[str] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.clock = clock
        self.impersonators = frozenset(impersonators)
        self.mails: list[str] = []
        self.versions: tuple[str, ...] = VERSIONS
        self.page, self.changes = 1000, 512
        self.public = PublicTree()
        self.refuse: Callable[[str], float | None] = lambda operation: None
        self.changed: Callable[[str, str, str], None] = lambda folder, event, item: None
        self.folders: dict[str, CalendarFolder] = {}
        self.epoch = 1
        self._numbers = itertools.count(next(_SERVERS) * _OF_A_SERVER + 1)
        self._own: dict[tuple[str, str], str] = {}
        for address in addresses:
            self._open(address)
        self._own["", PUBLIC_ROOT] = self._folder("IPM_SUBTREE", "", "", "IPF").key

    def calendar(self, address: str) -> CalendarFolder:
        """The calendar of a mailbox."""
        return self.folders[self._own[address, "calendar"]]

    def new_calendar(self, address: str, name: str) -> CalendarFolder:
        """Another calendar below that of a mailbox."""
        return self._folder(name, self.calendar(address).key, address, APPOINTMENTS)

    def public_folder(self, path: str, *, kind: str = APPOINTMENTS, content: str = "") -> CalendarFolder:
        """A public folder, made with all above it; its content lies in the mailbox ``content``."""
        parent = self.folders[self._own["", PUBLIC_ROOT]]
        names = [name for name in path.split("/") if name]
        for number, name in enumerate(names, start=1):
            found = next((each for each in self.below(parent.key) if each.name == name), None)
            parent = found or self._folder(name, parent.key, "", kind if number == len(names) else "IPF.Note", content)
        return parent

    def below(self, parent: str) -> Iterator[CalendarFolder]:
        """The folders right below one."""
        return (each for each in list(self.folders.values()) if each.parent == parent)

    def expire(self) -> None:
        """No state that was ever given is good any more."""
        self.epoch += 1

    def acting(self, root: etree._Element, username: str) -> str:
        """In whose name a request is made. Raises SoapFault."""
        told = root.findtext("s:Header/t:ExchangeImpersonation/t:ConnectingSID/t:PrimarySmtpAddress", "", NS)
        address = told.strip().lower()
        if address and username not in self.impersonators:
            raise SoapFault("ErrorImpersonateUserDenied", "The account does not have permission to impersonate.")
        return address or username.lower()

    def folder(self, element: etree._Element, who: str, headers: Mapping[str, str]) -> CalendarFolder:
        """The folder that a FolderId or a DistinguishedFolderId names. Raises Refused."""
        key = element.get("Id", "")
        if etree.QName(element).localname == "DistinguishedFolderId":
            owner = element.findtext("t:Mailbox/t:EmailAddress", "", NS).strip().lower() or who
            key = self._own.get(("" if key == PUBLIC_ROOT else owner, key), "")
        found = self.folders.get(key)
        if found is None:
            raise Refused("ErrorFolderNotFound")
        if found.owner and found.owner != who:
            raise Refused("ErrorAccessDenied")
        return found

    def entry(self, key: str, who: str, headers: Mapping[str, str]) -> tuple[CalendarFolder, Entry, int]:
        """The item of an ItemId, where it is, and which occurrence is meant (0: all). Raises Refused."""
        name, _, place = key.partition("#")
        for folder in self.folders.values():
            entry = folder.entries.get(name)
            if entry is None:
                continue
            if folder.owner and folder.owner != who:
                raise Refused("ErrorAccessDenied")
            if not folder.owner:
                self.public.check_content(headers, folder.content)
            return folder, entry, int(place or 0)
        raise Refused("ErrorItemNotFound")

    def add(self, folder: CalendarFolder, item: etree._Element) -> Entry:
        """Puts what a t:CalendarItem says into ``folder``."""
        number = next(self._numbers)
        entry = Entry(f"{PREFIX}item={number}/+=")
        read_into(entry, item, create=True)
        if "Start" not in entry.parts or "End" not in entry.parts:
            raise Refused("ErrorCalendarDurationIsTooLong")
        if entry.end < entry.start:
            raise Refused("ErrorCalendarEndDateIsEarlierThanStartDate")
        entry.parts.setdefault("UID", plain("UID", f"040000008200E00074C5B7101A82E008{number:08X}"))
        folder.entries[entry.key] = entry
        self.touch(folder, entry, "Create")
        return entry

    def touch(self, folder: CalendarFolder, entry: Entry, word: str = "Update") -> None:
        """It changed: another version, at this moment."""
        entry.version = next(self._numbers) * 1000
        entry.changed_at = self.clock().replace(microsecond=0)
        folder.log.append((word, entry.key))
        self.changed(folder.key, _EVENTS[word], entry.key)

    def remove(self, folder: CalendarFolder, entry: Entry) -> None:
        """It is gone."""
        del folder.entries[entry.key]
        folder.log.append(("Delete", entry.key))
        self.changed(folder.key, _EVENTS["Delete"], entry.key)

    def _open(self, address: str) -> None:
        parent = ""
        for name, kind in _DEFAULT.items():
            parent = self._folder(name, parent, address, kind).key
            self._own[address, name] = parent

    def _folder(self, name: str, parent: str, owner: str, kind: str, content: str = "") -> CalendarFolder:
        key = f"{PREFIX}folder={next(self._numbers)}/+="
        self.folders[key] = CalendarFolder(key, name, parent, owner, kind, content)
        return self.folders[key]
