"""Asks an Exchange server who is in a distribution group: ExpandDL, one level at a time, since it tells no more."""

from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, named, text_of
from protocols.ews.operation import call, code_of, failed, mailbox_in
from protocols.ews.text import escaped
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox

# What a server says of an address that is no group; which of them it says of a person is unconfirmed.
_NO_GROUP: Final = frozenset(
    {"ErrorNameResolutionNoResults", "ErrorNameResolutionNoMailbox", "ErrorNonExistentMailbox"}
)
_GROUPS: Final = frozenset({"PublicDL", "GroupMailbox"})
_PEOPLE: Final = frozenset({"Mailbox", "Contact", "OneOff", ""})  # "" where a server tells no type
_NOBODY: Final = frozenset({"PublicFolder"})  # takes mail, and has no time that could be taken


async def level(send: Send, group: Mailbox, *, url: str, as_of: datetime, impersonate: str = "") -> GroupLevel | None:
    """The direct members of ``group``; None where there is no group of that address.

    A group that is hidden from the address lists is none to ExpandDL (its documentation). Raises PeerError where the
    list is not whole, a member has no SMTP address, or the call failed.
    """
    body = f"<m:Mailbox><t:EmailAddress>{escaped(group.address)}</t:EmailAddress></m:Mailbox>"
    payload = await call(send, "ExpandDL", body, url=url, as_of=as_of, impersonate=impersonate)
    messages = children(payload).get("ResponseMessages")
    found = named(messages, "ExpandDLResponseMessage") if messages is not None else []
    if len(found) != 1:
        raise PeerError(Reason.GARBLED, f"{len(found)} answers to one ExpandDL")
    code = code_of(found[0])
    if code in _NO_GROUP:
        return None
    if code != "NoError":
        raise failed(found[0])
    members = _members(found[0])
    if [(kind, mailbox.address) for kind, mailbox in members] == [("Mailbox", group.address)]:
        return None  # somebody who consists of themself
    return GroupLevel(
        tuple(mailbox for kind, mailbox in members if kind not in _GROUPS),
        tuple(mailbox for kind, mailbox in members if kind in _GROUPS),
    )


def _members(message: etree._Element) -> list[tuple[str, Mailbox]]:
    expansion = children(message).get("DLExpansion")
    if expansion is None:
        raise PeerError(Reason.GARBLED, "a group without its DLExpansion")
    entries = named(expansion, "Mailbox")
    total = expansion.get("TotalItemsInView")
    whole = expansion.get("IncludesLastItemInRange", "true") in ("true", "1")
    if not whole or len(entries) != len(expansion) or (total is not None and total.strip() != str(len(entries))):
        raise PeerError(Reason.INCOMPLETE, f"{len(entries)} members of {total or 'more'}")
    members: list[tuple[str, Mailbox]] = []
    for entry in entries:
        kind = text_of(children(entry).get("MailboxType"))
        if kind in _NOBODY:
            continue
        if kind not in _PEOPLE | _GROUPS:
            raise PeerError(Reason.INCOMPLETE, f"a member of the kind {kind[:20]}")
        members.append((kind, mailbox_in(entry)))
    return members
