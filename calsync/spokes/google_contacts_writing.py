"""Does a batch of writes to the contacts of one Google user: looks first at what they concern."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from calsync.items import Item
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.contacts_writing import CUT, GONE, NO_CONTACT, STALE, failed
from protocols.errors import PeerError
from protocols.google import personal_contacts
from protocols.google.card_person import MASK, card, changed, fresh, moment
from protocols.google.contact_person import stamp
from protocols.google.personal_contacts import PersonalContact, Result
from protocols.google.writing import Refusal
from protocols.http import Send
from protocols.model.card import Card
from protocols.model.freebusy import Reason

_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "sign-in was refused: check the service account, or sign the person in again",
    Reason.NO_ACCESS: "not allowed: the scope https://www.googleapis.com/auth/contacts is needed, and the People API"
    " has to be switched on in the project",
    Reason.THROTTLED: "Google asks for peace",
    Reason.NO_CALENDAR: "nothing can be made there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePlace:
    """What the contacts of one user are reached by."""

    send: Send
    api_url: str
    clock: Callable[[], datetime]


@dataclass(slots=True)
class _Work:
    """What a batch comes to, by the numbers of its writes."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    new: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    other: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)


def item_of(told: PersonalContact) -> Item:
    """What stands there."""
    content, cut = card(told.person)
    return Item(
        key=told.key,
        version=told.etag,
        content=content,
        mark=stamp(told.person),
        cut=cut,
        changed_at=moment(told.person),
    )


async def write(
    at: GooglePlace, writes: Sequence[Write], groups: Callable[[], Awaitable[Sequence[str]]]
) -> list[Outcome]:  # fmt: skip
    """One outcome for each, in order. A failure is one of them, never raised. ``groups`` tells the contact groups of
    new ones."""
    now, url = at.clock(), at.api_url
    try:
        keys = list(dict.fromkeys(each.key for each in writes if each.act is not Act.CREATE))
        current = await personal_contacts.fetched(at.send, keys, api_url=url, as_of=now, mask=MASK)
        places = await groups() if any(each.act is Act.CREATE for each in writes) else ()
    except PeerError as error:
        return [failed(error, "looking at the contacts", _REMEDIES)] * len(writes)
    work = _Work()
    for number, each in enumerate(writes):
        _judge(work, number, each, current.get(each.key), places)
    deleted = await personal_contacts.delete(at.send, list(work.gone.values()), api_url=url, as_of=now)
    for number, refusal in zip(work.gone, deleted, strict=True):
        work.outcomes[number] = Written(None) if refusal is None else _refused(refusal)
    written = ",".join(sorted(work.touched))
    updated = await personal_contacts.update(
        at.send, list(work.other.values()), api_url=url, as_of=now, mask=MASK, written=written
    )
    created = await personal_contacts.create(at.send, list(work.new.values()), api_url=url, as_of=now, mask=MASK)
    for number, result in zip((*work.other, *work.new), (*updated, *created), strict=True):
        work.outcomes[number] = _outcome(result)
    return [work.outcomes[number] for number in range(len(writes))]


def _judge(work: _Work, number: int, each: Write, there: PersonalContact | None, groups: Sequence[str]) -> None:
    """Notes what has to be sent for one write, or what became of it already."""
    if each.act is not Act.CREATE and (there is None or there.key != each.key):
        work.outcomes[number] = Written(None) if each.act is Act.DELETE else GONE
    elif there is not None and there.etag != each.version:
        work.outcomes[number] = STALE
    elif each.act is Act.DELETE:
        work.gone[number] = each.key
    elif not isinstance(each.content, Card):
        work.outcomes[number] = NO_CONTACT
    elif there is None:
        work.new[number] = fresh(each.content, stamp=each.mark, groups=groups)
    elif each.changes and each.changes <= card(there.person)[1]:
        work.outcomes[number] = CUT
    else:
        person, touched = changed(there.person, each.content, each.changes - card(there.person)[1])
        work.touched |= touched
        if touched:
            work.other[number] = person
        else:
            work.outcomes[number] = Written(item_of(there))


def _outcome(result: Result) -> Outcome:
    if isinstance(result, Refusal):
        return _refused(result)
    return Written(item_of(result)) if result is not None else GONE


def _refused(refusal: Refusal) -> Failed:
    if refusal.stale:
        return STALE
    error = PeerError(refusal.reason, refusal.words, retry_after=refusal.retry_after)
    told = failed(error, "writing the contact", _REMEDIES, doubt=refusal.doubt)
    if refusal.reason is Reason.PEER_FAILED and refusal.retry_after is None and not refusal.doubt:
        return Failed(reason=told.reason, words=told.words, refused=True)  # it would be refused again
    return told
