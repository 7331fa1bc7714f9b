"""Reads, makes, changes and deletes the contacts in one folder of an Exchange mailbox, a batch at a time."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children
from protocols.ews.contact_fields import Contact, contact, identity
from protocols.ews.contact_folders import page_of
from protocols.ews.contact_paths import SHAPE
from protocols.ews.mailbox_access import NO_ITEM, MailboxAccess, all_judged
from protocols.ews.text import quoted
from protocols.model.freebusy import Reason

MOST: Final = 100
"""Contacts in one page, and in one batch."""
_IDS: Final = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
_ORDER: Final = (
    '<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="item:DateTimeCreated"/></t:FieldOrder>'
    "</m:SortOrder>"
)
_STALE: Final = frozenset({"ErrorIrresolvableConflict", "ErrorStaleObject", "ErrorInvalidChangeKey"})


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, under its key and its version from now on."""

    key: str
    version: str


Result: TypeAlias = Done | PeerError
"""What became of one of a batch."""


def is_stale(error: PeerError) -> bool:
    """Whether somebody else was quicker."""
    return error.detail in _STALE


def is_gone(error: PeerError) -> bool:
    """Whether the one contact is not there any more, though its mailbox is."""
    return error.detail in NO_ITEM


async def contacts(access: MailboxAccess, folder: str, *, as_of: datetime) -> AsyncIterator[list[Contact]]:
    """Those in ``folder`` ("" for the mailbox's own), in pages. All of them or PeerError, INCOMPLETE where the folder
    changed while it was paged through."""
    seen: set[str] = set()
    total, offset, last = "", 0, False
    while not last:
        [message] = await access.ask(
            "FindItem", _page(access, folder, offset), 1, as_of=as_of, attributes='Traversal="Shallow"'
        )
        entries, last = page_of(message, "Items")
        before, total = total, children(message)["RootFolder"].get("TotalItemsInView", "")
        keys = [identity(each)[0] for each in entries]
        offset += len(keys)
        if (before and before != total) or seen & set(keys) or (not keys and not last):
            raise PeerError(Reason.INCOMPLETE, "the folder changed while it was read")
        seen |= set(keys)
        of_contacts = [key for key, each in zip(keys, entries, strict=True) if _is_contact(each)]
        found = await some(access, of_contacts, as_of=as_of)
        yield [each for each in found.values() if each is not None]
    if total and total != str(offset):
        raise PeerError(Reason.INCOMPLETE, f"{offset} contacts of {total}")


async def some(access: MailboxAccess, keys: Sequence[str], *, as_of: datetime) -> Mapping[str, Contact | None]:
    """The contacts under ``keys``, None for what is not there any more. Raises PeerError."""
    found = await fetched(access, keys, SHAPE, as_of=as_of)
    return {key: contact(element) if element is not None else None for key, element in found.items()}


async def fetched(
    access: MailboxAccess, keys: Sequence[str], shape: str, *, as_of: datetime
) -> dict[str, etree._Element | None]:
    """The elements of the items under ``keys``, with what ``shape`` (an m:ItemShape) asks for; None for what is not
    there any more. Raises PeerError."""
    found: dict[str, etree._Element | None] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), MOST):
        part = wanted[start : start + MOST]
        body = f"{shape}<m:ItemIds>{''.join(_item_id(key) for key in part)}</m:ItemIds>"
        messages = await access.ask("GetItem", body, len(part), as_of=as_of)
        for key, message, error in zip(part, messages, all_judged(messages), strict=True):
            if error is not None and not is_gone(error):
                raise error
            found[key] = item_in(message) if error is None else None
    return found


async def create(access: MailboxAccess, folder: str, bodies: Sequence[str], *, as_of: datetime) -> list[Result]:
    """Makes contacts out of elements, in one call; a result each, in order. Raises PeerError."""
    if not bodies:
        return []
    items = "".join(bodies)
    where = f"<m:SavedItemFolderId>{_folder_id(access, folder)}</m:SavedItemFolderId>"
    messages = await access.ask("CreateItem", f"{where}<m:Items>{items}</m:Items>", len(bodies), as_of=as_of)
    return results(messages)


async def update(
    access: MailboxAccess, changes: Sequence[tuple[Contact | Done, str]], *, as_of: datetime
) -> list[Result]:  # fmt: skip
    """Changes contacts by their updates, in one call, unless somebody else was quicker. Raises PeerError."""
    if not changes:
        return []
    body = "".join(
        f"<t:ItemChange>{_item_id(there.key, there.version)}<t:Updates>{updates}</t:Updates></t:ItemChange>"
        for there, updates in changes
    )
    attributes = 'ConflictResolution="NeverOverwrite" MessageDisposition="SaveOnly"'
    whole = f"<m:ItemChanges>{body}</m:ItemChanges>"
    return results(await access.ask("UpdateItem", whole, len(changes), as_of=as_of, attributes=attributes))


async def delete(
    access: MailboxAccess, those: Sequence[Contact | Done], *, as_of: datetime, kind: str = "HardDelete"
) -> list[PeerError | None]:
    """Deletes contacts in one call, for good unless ``kind`` (DeleteType) says otherwise; None where one is gone, by us
    or before. Raises PeerError."""
    if not those:
        return []
    ids = "".join(_item_id(each.key, each.version) for each in those)
    messages = await access.ask(
        "DeleteItem", f"<m:ItemIds>{ids}</m:ItemIds>", len(those), as_of=as_of, attributes=f'DeleteType="{kind}"'
    )
    return [None if error is not None and is_gone(error) else error for error in all_judged(messages)]


def _page(access: MailboxAccess, folder: str, offset: int) -> str:
    return (
        f'{_IDS}<m:IndexedPageItemView MaxEntriesReturned="{MOST}" Offset="{offset}" BasePoint="Beginning"/>{_ORDER}'
        f"<m:ParentFolderIds>{_folder_id(access, folder)}</m:ParentFolderIds>"
    )


def _folder_id(access: MailboxAccess, folder: str) -> str:
    return f'<t:FolderId Id="{quoted(folder)}"/>' if folder else access.contacts()


def _item_id(key: str, version: str = "") -> str:
    changed = f' ChangeKey="{quoted(version)}"' if version else ""
    return f'<t:ItemId Id="{quoted(key)}"{changed}/>'


def _is_contact(element: etree._Element) -> bool:
    """A folder of contacts may hold lists of distribution too, which are nobody."""
    return str(element.tag).rpartition("}")[2] == "Contact"


def item_in(message: etree._Element) -> etree._Element:
    """The one item of an answer. Raises PeerError where it has none."""
    items = children(message).get("Items")
    if items is None or len(items) != 1:
        raise PeerError(Reason.GARBLED, "an answer without its item")
    return items[0]


def results(messages: Sequence[etree._Element]) -> list[Result]:
    """What became of each of a batch that was written."""
    return [error or _done(message) for message, error in zip(messages, all_judged(messages), strict=True)]


def _done(message: etree._Element) -> Result:
    try:
        return Done(*identity(item_in(message)))
    except PeerError as garbled:
        return garbled
