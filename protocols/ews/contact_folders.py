"""Finds and makes the folder of an Exchange mailbox that holds a list of contacts: it is known by our mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, first, named, text_of
from protocols.ews.contact_fields import extended, identity
from protocols.ews.contact_paths import LIST, our_own, ours
from protocols.ews.mailbox_access import MailboxAccess, judged
from protocols.ews.text import escaped
from protocols.model.freebusy import Reason

_PAGE: Final = 100
_SHAPE: Final = (
    "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    f'<t:FieldURI FieldURI="folder:DisplayName"/>{ours(LIST)}</t:AdditionalProperties></m:FolderShape>'
)


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder below a mailbox's contacts; ``mark`` says whose list it holds, "" for nobody's of ours."""

    key: str
    name: str
    mark: str = ""


async def folders(access: MailboxAccess, *, as_of: datetime) -> list[Folder]:
    """The folders of contacts right below the mailbox's own. All of them or PeerError: NO_SUCH_MAILBOX where it has no
    mailbox."""
    found: list[Folder] = []
    while True:
        body = (
            f'{_SHAPE}<m:IndexedPageFolderView MaxEntriesReturned="{_PAGE}" Offset="{len(found)}" BasePoint="Beginning"'
            f"/><m:ParentFolderIds>{access.contacts()}</m:ParentFolderIds>"
        )
        [message] = await access.ask("FindFolder", body, 1, as_of=as_of, attributes='Traversal="Shallow"')
        entries, last = page_of(message, "Folders")
        found += [_folder(entry) for entry in entries]
        if last:
            return found
        if not entries:
            raise PeerError(Reason.INCOMPLETE, "a page of the folders is empty, and not the last")


async def make(access: MailboxAccess, name: str, mark: str, *, as_of: datetime) -> Folder:
    """A new folder of contacts below the mailbox's own. Raises PeerError; ``detail`` is ErrorFolderExists where there
    is one of that name."""
    body = (
        f"<m:ParentFolderId>{access.contacts()}</m:ParentFolderId><m:Folders><t:ContactsFolder>"
        f"<t:FolderClass>IPF.Contact</t:FolderClass><t:DisplayName>{escaped(name)}</t:DisplayName>"
        f"{our_own(LIST, mark)}</t:ContactsFolder></m:Folders>"
    )
    [message] = await access.ask("CreateFolder", body, 1, as_of=as_of)
    if (error := judged(message)) is not None:
        raise error
    folders_told = children(message).get("Folders")
    if folders_told is None or len(folders_told) != 1:
        raise PeerError(Reason.GARBLED, "a folder was made, and is not told of")
    return Folder(identity(folders_told[0], "FolderId")[0], name, mark)


def marked(found: Sequence[Folder], mark: str, name: str) -> Folder | None:
    """The folder of the list ``mark``: somebody may have renamed it, or copied it, and then the name decides."""
    ours_of_them = sorted((each for each in found if each.mark == mark), key=lambda each: (each.name != name, each.key))
    return ours_of_them[0] if ours_of_them else None


def page_of(message: etree._Element, array: str) -> tuple[list[etree._Element], bool]:
    """The entries of one page (RootFolder), and whether it is the last one. Raises PeerError."""
    if (error := judged(message)) is not None:
        raise error
    root = children(message).get("RootFolder")
    entries = first(root, array) if root is not None else None
    last = root.get("IncludesLastItemInRange", "").strip() if root is not None else ""
    if last not in ("true", "1", "false", "0"):
        raise PeerError(Reason.INCOMPLETE, "a page that does not say whether it is the last")
    return list(entries) if entries is not None else [], last in ("true", "1")


def _folder(entry: etree._Element) -> Folder:
    names = named(entry, "DisplayName")
    return Folder(identity(entry, "FolderId")[0], text_of(names[0]) if names else "", extended(entry, LIST))
