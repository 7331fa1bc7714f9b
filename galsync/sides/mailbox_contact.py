"""An entry as a contact in somebody's mailbox of Microsoft 365, and such a contact as what is held."""

from typing import Any

from galsync.entries import Form, Held, Stamp
from galsync.side import Failed
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.graph import contact_fields
from protocols.graph.batch import Answer
from protocols.graph.contact_fields import Contact
from protocols.model.freebusy import Reason
from protocols.model.person import Field

_FIELDS = {field.value: field for field in contact_fields.FIELDS}
_REMEDIES = {
    Reason.UNAUTHORIZED: "sign-in was refused: check the application's secret or certificate",
    Reason.NO_ACCESS: "not allowed: the application needs Contacts.ReadWrite, and a scope that has this mailbox in it",
    Reason.THROTTLED: "Outlook asks for peace",
    Reason.NO_SUCH_MAILBOX: "there is no such mailbox, or its folder is not there any more: the next plan looks again",
}
_STATUSES = {
    404: (Reason.NO_SUCH_MAILBOX, "the contact or its folder is not there any more: the next plan looks again"),
    412: (Reason.PEER_FAILED, "somebody else changed the contact meanwhile: the next plan looks again"),
}


def held_of(contact: Contact) -> Held:
    """What stands there."""
    return Held(
        key=contact.key,
        version=contact.version,
        stamp=Stamp.read(contact.stamp),
        form=Form.CONTACT,
        address=contact.address,
        addresses=frozenset(contact.addresses),
        texts=contact.texts,
    )


def changes(contact: Contact, step: Step) -> dict[str, Any]:
    """What has to be sent so that ``contact`` is as ``step`` says: what its changes name, and nothing else."""
    if step.entry is None:
        return {}
    named = {change.field for change in step.changes}
    texts = {field: step.entry.texts.get(field, "") for name, field in _FIELDS.items() if name in named}
    address = step.entry.address.address if "address" in named else ""
    return contact_fields.changed(contact, ordered(texts), address) if texts or address else {}


def ordered(texts: dict[Field, str]) -> dict[Field, str]:
    """In the order of Field: what is sent twice is the same twice."""
    return {field: texts[field] for field in Field if field in texts}


def in_words(error: PeerError) -> PeerError:
    """The same with what to do, where a mailbox cannot be looked into."""
    if error.reason is not Reason.NO_ACCESS:
        return error
    words = "may not look into this mailbox: that needs Contacts.Read, or Contacts.ReadWrite to fill it, and a scope"
    words += f" that has the mailbox in it ({error.detail})"
    return PeerError(error.reason, words, retry_after=error.retry_after)


def refused(error: PeerError, doing: str, *, doubt: bool = False) -> Failed:
    """What a refusal means for a step."""
    remedy = _REMEDIES.get(error.reason, "try again; where it stays so, look at the mailbox by hand")
    return Failed(error.reason, f"{doing}: {remedy} ({error})", error.retry_after, doubt=doubt)


def failed(answer: Answer, doing: str) -> Failed:
    """What became of a write that was not done, or of which nobody knows."""
    error = answer.failure
    assert error is not None
    if answer.status in _STATUSES:
        reason, words = _STATUSES[answer.status]
        return Failed(reason, f"{doing}: {words}")
    return refused(error, doing, doubt=answer.doubt)
