"""Does a batch of writes to one folder of contacts in Microsoft 365: looks first at what they concern."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from calsync.items import Item
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.contacts_writing import CUT, GONE, NO_CONTACT, STALE, failed
from protocols.errors import PeerError
from protocols.graph import contacts
from protocols.graph.batch import Answer, Part, batch
from protocols.graph.by_id import query_of
from protocols.graph.card_feed import in_folder
from protocols.graph.card_fields import ASKED, after, card, changed, fresh
from protocols.graph.contact_fields import Contact, contact
from protocols.http import Send
from protocols.model.card import Card
from protocols.model.card_words import moment
from protocols.model.freebusy import Reason

_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "sign-in was refused: check the application's secret or certificate",
    Reason.NO_ACCESS: "not allowed: the application needs Contacts.ReadWrite, and a scope that has this mailbox in it",
    Reason.THROTTLED: "Outlook asks for peace",
    Reason.NO_SUCH_MAILBOX: "there is no such mailbox or folder any more: check the spoke's settings",
}
_ANY: Final = {"$select": "id", "$top": "1"}
_DOING: Final = {
    Act.CREATE: "making the contact",
    Act.UPDATE: "writing the contact",
    Act.DELETE: "deleting the contact",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFolder:
    """One folder: the mailbox (its address), the folder's id, "" for the mailbox's own folder of
    contacts, and what it is reached by."""

    send: Send
    user: str
    folder: str
    api_url: str
    clock: Callable[[], datetime]


def item_of(told: Contact) -> Item:
    """What stands there."""
    content, cut = card(told.entry)
    return Item(
        key=told.key,
        version=told.version,
        content=content,
        mark=told.stamp,
        cut=cut,
        changed_at=moment(told.entry.get("lastModifiedDateTime")),
    )


async def standing(at: GraphFolder, keys: Sequence[str]) -> dict[str, Contact | PeerError | None]:
    """What stands under each key now: None where surely nothing does, a PeerError where that cannot be told. Of a
    mailbox or a folder that is not there (or not just now) Graph says 404 of each contact, too."""
    now = at.clock()
    found = await contacts.some(at.send, at.user, at.folder, keys, api_url=at.api_url, as_of=now, asked=ASKED)
    gone = [key for key, each in found.items() if each is None]
    if gone:
        listing = Part(method="GET", path=f"{contacts.path_of(at.user, at.folder)}?{query_of(_ANY)}")
        [answer] = await batch(at.send, [listing], api_url=at.api_url, as_of=now)
        found |= dict.fromkeys(gone, None if answer.failure is None else contacts.missing(answer.failure))
    return found


async def write(at: GraphFolder, parent: str, writes: Sequence[Write]) -> list[Outcome]:
    """One outcome for each, in order. A failure is one of them, never raised."""
    keys = [each.key for each in writes if each.act is not Act.CREATE]
    current = await standing(at, keys)
    outcomes: dict[int, Outcome] = {}
    parts: dict[int, Part] = {}
    for number, each in enumerate(writes):
        told = _part(at, parent, each, current.get(each.key))
        if isinstance(told, Part):
            parts[number] = told
        else:
            outcomes[number] = told
    if parts:
        answers = await batch(at.send, list(parts.values()), api_url=at.api_url, as_of=at.clock())
        for (number, part), answer in zip(parts.items(), answers, strict=True):
            outcomes[number] = _outcome(writes[number], part, answer, current)
    return [outcomes[number] for number in range(len(writes))]


def _part(at: GraphFolder, parent: str, each: Write, there: Contact | PeerError | None) -> Part | Outcome:
    if each.act is Act.CREATE:
        return _creation(at, each)
    if isinstance(there, PeerError):
        return failed(there, "reading the contact", _REMEDIES)
    if there is None or not in_folder(there.entry, parent):
        return Written(None) if each.act is Act.DELETE else GONE
    if each.version != there.version:
        return STALE
    return _change(at, each, there)


def _creation(at: GraphFolder, each: Write) -> Part | Outcome:
    if not isinstance(each.content, Card):
        return NO_CONTACT
    return contacts.creation(at.user, at.folder, fresh(each.content, stamp=each.mark))


def _change(at: GraphFolder, each: Write, there: Contact) -> Part | Outcome:
    if each.act is Act.DELETE:
        return contacts.removal(at.user, at.folder, there)
    if not isinstance(each.content, Card):
        return NO_CONTACT
    changes = each.changes - card(there.entry)[1]
    if each.changes and not changes:
        return CUT
    body = changed(there.entry, each.content, changes)
    return contacts.change(at.user, at.folder, there, body) if body else Written(item_of(there))


def _outcome(each: Write, part: Part, answer: Answer, current: Mapping[str, Contact | PeerError | None]) -> Outcome:
    if answer.failure is not None:
        return _refused(each, answer, answer.failure)
    if each.act is Act.DELETE:
        return Written(None)
    there = current.get(each.key) if each.key else None
    before = there.entry if isinstance(there, Contact) else {}
    try:
        return Written(item_of(contact(after(answer.body, part.body or {}, before))))
    except PeerError as error:
        return failed(error, _DOING[each.act], _REMEDIES, doubt=True)


def _refused(each: Write, answer: Answer, error: PeerError) -> Outcome:
    if answer.status == 404 and each.act is not Act.CREATE:
        return Written(None) if each.act is Act.DELETE else GONE
    if answer.status == 412:
        return STALE
    told = failed(contacts.missing(error), _DOING[each.act], _REMEDIES, doubt=answer.doubt)
    if answer.status == 400:  # what Graph does not take it will not take the next time either
        return Failed(reason=told.reason, words=told.words, refused=True)
    return told
