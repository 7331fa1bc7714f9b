"""Finds items in a calendar of an Exchange server, a page at a time: all, those changed of late, and those of ours."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.calendar_reading import instant
from protocols.ews.calendar_shape import LISTED, TOKEN, uri
from protocols.ews.children import children, text_of
from protocols.ews.contact_fields import extended, identity
from protocols.ews.contact_folders import page_of
from protocols.ews.contact_paths import STAMP, ours
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.text import quoted
from protocols.model.freebusy import Reason

PAGE: Final = 1000
"""Items in one page: no more than a server gives by its policy (EWSFindCountLimit)."""
_ORDER: Final = (
    f'<m:SortOrder><t:FieldOrder Order="Ascending">{uri("item:DateTimeCreated")}</t:FieldOrder></m:SortOrder>'
)
_TOKENS: Final = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    f"{ours(TOKEN)}</t:AdditionalProperties></m:ItemShape>"
)
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """One item: its ItemId, its ChangeKey, and when it was last changed by the clock of the server, if it says so."""

    key: str
    version: str
    changed_at: datetime | None


async def listing(
    access: MailboxAccess, folder: str, *, as_of: datetime, since: datetime | None = None
) -> list[Listed]:  # fmt: skip
    """All items in ``folder`` (its id as an element); with ``since`` those changed at or after it.

    Series are told once. All of them or PeerError: INCOMPLETE where the folder changes each time while it is read.
    """
    restriction = _since(since) if since is not None else ""
    for _ in range(_TRIES):
        found: dict[str, Listed] = {}
        read, totals = 0, set()
        async for entries, total in _pages(access, folder, LISTED, restriction, as_of):
            found |= {each.key: each for each in map(_listed, entries)}
            read += len(entries)
            totals.add(total)
        if len(found) == read and totals <= {str(read), ""}:
            return list(found.values())
    raise PeerError(Reason.INCOMPLETE, "the folder changed each time while it was read")


async def with_tokens(
    access: MailboxAccess, folder: str, tokens: Sequence[str], *, as_of: datetime
) -> dict[str, str]:  # fmt: skip
    """The keys of the items in ``folder`` that bear one of ``tokens``, by it. Raises PeerError."""
    if not tokens:
        return {}
    each = [f"<t:IsEqualTo>{ours(TOKEN)}{_constant(token)}</t:IsEqualTo>" for token in tokens]
    condition = f"<t:Or>{''.join(each)}</t:Or>" if len(each) > 1 else each[0]
    restriction = f"<m:Restriction>{condition}</m:Restriction>"
    found: dict[str, str] = {}
    async for entries, _ in _pages(access, folder, _TOKENS, restriction, as_of):
        for element in entries:
            found.setdefault(extended(element, TOKEN), identity(element)[0])
    return {token: found[token] for token in tokens if token in found}


async def stamped(access: MailboxAccess, folder: str, prefix: str, *, as_of: datetime) -> list[str]:
    """The keys of the items in ``folder`` whose stamp begins with ``prefix``. Raises PeerError."""
    restriction = (
        '<m:Restriction><t:Contains ContainmentMode="Prefixed" ContainmentComparison="Exact">'
        f'{ours(STAMP)}<t:Constant Value="{quoted(prefix)}"/></t:Contains></m:Restriction>'
    )
    shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
    pages = _pages(access, folder, shape, restriction, as_of)
    return [identity(each)[0] async for entries, _ in pages for each in entries]


async def _pages(
    access: MailboxAccess, folder: str, shape: str, restriction: str, as_of: datetime
) -> AsyncIterator[tuple[list[etree._Element], str]]:
    """The entries of each page, and of how many they are. No CalendarView: that would tell occurrences, no series."""
    offset, last = 0, False
    while not last:
        body = (
            f'{shape}<m:IndexedPageItemView MaxEntriesReturned="{PAGE}" Offset="{offset}" BasePoint="Beginning"/>'
            f"{restriction}{_ORDER}<m:ParentFolderIds>{folder}</m:ParentFolderIds>"
        )
        [message] = await access.ask("FindItem", body, 1, as_of=as_of, attributes='Traversal="Shallow"')
        entries, last = page_of(message, "Items")
        if not entries and not last:
            raise PeerError(Reason.INCOMPLETE, "a page of the folder is empty, and not the last")
        offset += len(entries)
        yield entries, children(message)["RootFolder"].get("TotalItemsInView", "")


def _since(instant_: datetime) -> str:
    when = f"{instant_.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    path = uri("item:LastModifiedTime")
    condition = f"<t:IsGreaterThanOrEqualTo>{path}{_constant(when)}</t:IsGreaterThanOrEqualTo>"
    return f"<m:Restriction>{condition}</m:Restriction>"


def _constant(text: str) -> str:
    return f'<t:FieldURIOrConstant><t:Constant Value="{quoted(text)}"/></t:FieldURIOrConstant>'


def _listed(element: etree._Element) -> Listed:
    changed = text_of(children(element).get("LastModifiedTime"))
    try:
        return Listed(*identity(element), instant(changed) if changed else None)
    except ValueError:
        return Listed(*identity(element), None)
