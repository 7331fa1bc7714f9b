"""Finds a public folder of an Exchange server by its path, and the mailbox to which requests about it have to be led.

Since Exchange 2013 the tree lies in one mailbox and the content of each folder in another; a request says by the
headers X-AnchorMailbox and X-PublicFolderMailbox which one it is for; before, there are no such mailboxes. Source:
"Route public folder hierarchy requests", "Route public folder content requests" (EWS, learn.microsoft.com).
"""

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.autodiscover import user_settings
from protocols.ews.children import children, first, named, text_of
from protocols.ews.contact_fields import identity
from protocols.ews.contact_folders import page_of
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.peer_faults import refusal
from protocols.ews.text import quoted
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason

ROOT: Final = '<t:DistinguishedFolderId Id="publicfoldersroot"/>'
_REPLICAS: Final = '<t:ExtendedFieldURI PropertyTag="0x6698" PropertyType="Binary"/>'  # PR_REPLICA_LIST
_SHAPE: Final = (
    "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    '<t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURI FieldURI="folder:FolderClass"/>'
    f"{_REPLICAS}</t:AdditionalProperties></m:FolderShape>"
)
_PAGE: Final = 100
_GUID: Final = 36  # characters of a GUID as text
_XML: Final = (("Content-Type", "text/xml; charset=utf-8"), ("Accept", "text/xml"))
_ANCHOR: Final = "PublicFolderInformation"
_TREE: Final = "InternalRpcClientServer"
_MAILBOX: Final = "AutoDiscoverSMTPAddress"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFolder:
    """One folder: ``element`` names it in requests, ``access`` leads them to where its content is."""

    element: str
    kind: str
    access: MailboxAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    element: str
    kind: str
    replica: str


async def find(
    access: MailboxAccess,
    path: str,
    *,
    as_of: datetime,
    autodiscover: str = "",
    hierarchy: str = "",
    content: str = "",
) -> PublicFolder:
    """The folder at ``path`` ("/Shared/Team"), which is looked up level by level: no deep search is allowed there.

    ``access`` is that of the account, with a mailbox of its own. ``hierarchy`` and ``content`` name the mailboxes of
    the tree and of the folder's content (addresses, or GUID@domain); where they are "", the SOAP Autodiscover at
    ``autodiscover`` is asked, and with "" for that too, the server has to find its way alone. Raises PeerError:
    NO_CALENDAR where there is no such folder.
    """
    tree = await _to_tree(access, autodiscover, hierarchy, as_of)
    level = await _walk(tree, ROOT, path, as_of)
    where = content or await _of_content(access, level.replica, autodiscover, as_of)
    return PublicFolder(element=level.element, kind=level.kind, access=replace(access, public=where, anchor=""))


async def below(access: MailboxAccess, parent: str, path: str, *, as_of: datetime) -> str:
    """The folder at ``path`` below ``parent`` (an element) of any mailbox, as an element. Raises PeerError, NO_CALENDAR
    where there is none."""
    return (await _walk(access, parent, path, as_of)).element


def mailbox_guid(value: str) -> str:
    """The mailbox that a PR_REPLICA_LIST names, by its GUID: as text, or as 16 bytes. "" for anything else, as the
    names of servers that Exchange 2010 tells there."""
    try:
        data = base64.b64decode(value, validate=True)
        if len(data) == len(uuid.UUID(int=0).bytes):
            return str(uuid.UUID(bytes_le=data))
        return str(uuid.UUID(data[:_GUID].decode("ascii")))
    except (binascii.Error, ValueError):
        return ""


async def settings_of(
    send: Send, address: str, names: Sequence[str], *, url: str, as_of: datetime
) -> Mapping[str, str]:  # fmt: skip
    """What the SOAP Autodiscover at ``url`` tells of ``address``. Raises PeerError."""
    headers = Headers((*_XML, ("SOAPAction", f'"{user_settings.ACTION}"')))
    response = await send(HttpRequest("POST", url, headers, user_settings.encode_request(address, url, names)))
    if response.status != 200:
        error = refusal(response, as_of)
        raise PeerError(error.reason, f"Autodiscover: {error.detail}", retry_after=error.retry_after)
    return user_settings.read_settings(response.body)


async def _to_tree(access: MailboxAccess, autodiscover: str, hierarchy: str, as_of: datetime) -> MailboxAccess:
    if hierarchy or not autodiscover:
        return replace(access, public=hierarchy)
    own = await settings_of(access.send, access.mailbox, (_ANCHOR,), url=autodiscover, as_of=as_of)
    anchor = own.get(_ANCHOR, "")
    if not anchor:
        return access  # no public folders in mailboxes: those of Exchange 2010
    of_tree = await settings_of(access.send, anchor, (_TREE,), url=autodiscover, as_of=as_of)
    return replace(access, public=of_tree.get(_TREE, "") or anchor, anchor=anchor)


async def _of_content(access: MailboxAccess, replica: str, autodiscover: str, as_of: datetime) -> str:
    """The address of the mailbox that holds the content; "" where the folder names none."""
    guid = mailbox_guid(replica)
    if not guid:
        return ""
    address = f"{guid}@{access.mailbox.rpartition('@')[2]}"
    if not autodiscover:
        return address
    told = await settings_of(access.send, address, (_MAILBOX,), url=autodiscover, as_of=as_of)
    return told.get(_MAILBOX, "") or address


async def _walk(access: MailboxAccess, parent: str, path: str, as_of: datetime) -> _Level:
    names = [name for name in path.replace("\\", "/").split("/") if name]
    level: _Level | None = None
    for number, name in enumerate(names, start=1):
        level = await _below(access, level.element if level is not None else parent, name, as_of)
        if level is None:
            there = "/" + "/".join(names[:number])
            raise PeerError(Reason.NO_CALENDAR, f"there is no folder {there}, or the account does not see it")
    if level is None:
        raise PeerError(Reason.NO_CALENDAR, "a path of folders names none: write it as /Shared/Team")
    return level


async def _below(access: MailboxAccess, parent: str, name: str, as_of: datetime) -> _Level | None:
    """The folder called ``name`` right below ``parent``; letter case does not matter, as with Exchange."""
    offset, last = 0, False
    while not last:
        body = (
            f'{_SHAPE}<m:IndexedPageFolderView MaxEntriesReturned="{_PAGE}" Offset="{offset}" BasePoint="Beginning"/>'
            f"<m:ParentFolderIds>{parent}</m:ParentFolderIds>"
        )
        [message] = await access.ask("FindFolder", body, 1, as_of=as_of, attributes='Traversal="Shallow"')
        entries, last = page_of(message, "Folders")
        for entry in entries:
            parts = children(entry)
            if text_of(parts.get("DisplayName")).casefold() == name.strip().casefold():
                kind = text_of(parts.get("FolderClass"))
                element = f'<t:FolderId Id="{quoted(identity(entry, "FolderId")[0])}"/>'
                return _Level(element=element, kind=kind, replica=_replica(entry))
        offset += len(entries)
        if not entries and not last:
            raise PeerError(Reason.INCOMPLETE, "a page of the folders is empty, and not the last")
    return None


def _replica(entry: etree._Element) -> str:
    for each in named(entry, "ExtendedProperty"):
        uri = first(each, "ExtendedFieldURI")
        if uri is not None and uri.get("PropertyTag", "").lower() == "0x6698":
            return text_of(first(each, "Value"))
    return ""
