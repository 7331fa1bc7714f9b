"""An entry as a contact in somebody's mailbox of an Exchange server, and such a contact as what is held."""

from typing import Final

from galsync.entries import Form, Held, Stamp
from galsync.side import Failed
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.ews import contact_fields
from protocols.ews.contact_fields import Contact
from protocols.ews.contacts import is_gone, is_stale
from protocols.model.freebusy import Reason
from protocols.model.person import Field

GONE: Final = Failed(Reason.NO_SUCH_MAILBOX, "it is not there any more: the next plan looks again")
STALE: Final = Failed(Reason.PEER_FAILED, "somebody else changed the contact meanwhile: the next plan looks again")
_FIELDS: Final = {field.value: field for field in contact_fields.FIELDS}
_REMEDIES: Final = {
    Reason.UNAUTHORIZED: "refused: check the account's password, and its role ApplicationImpersonation with its scope",
    Reason.NO_ACCESS: "not allowed: give the account the role ApplicationImpersonation with a scope that has this"
    " mailbox in it, or the right of an editor on its contacts",
    Reason.THROTTLED: "Exchange asks for peace",
    Reason.NO_SUCH_MAILBOX: "there is no such mailbox, or its folder is not there any more: the next plan looks again",
}
_READING: Final = {
    "ErrorImpersonateUserDenied": "the account may not act for this mailbox: give it the role ApplicationImpersonation"
    " with a scope that has the mailbox in it",
    "ErrorAccessDenied": "the account may not look into this mailbox: let its owner make it a reviewer of the folder,"
    " or an editor to fill it",
    "ErrorNonExistentMailbox": "there is no such mailbox on this server",
}
_SURE: Final = frozenset({Reason.UNAUTHORIZED, Reason.NO_ACCESS, Reason.THROTTLED, Reason.NO_SUCH_MAILBOX})
_UNSURE_ALONE: Final = frozenset({Reason.GARBLED, Reason.TIMEOUT, Reason.INCOMPLETE})


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


def changes(contact: Contact, step: Step) -> str:
    """What has to be sent so that ``contact`` is as ``step`` says: what its changes name, and nothing else."""
    if step.entry is None:
        return ""
    named = {change.field for change in step.changes}
    texts = {field: step.entry.texts.get(field, "") for field in Field if field in _FIELDS.values() and field in named}
    address = step.entry.address.address if "address" in named else ""
    return contact_fields.change(contact, texts, address)


def in_words(error: PeerError) -> PeerError:
    """The same with what to do, where a mailbox cannot be looked into."""
    words = next((words for code, words in _READING.items() if error.detail.endswith(code)), None)
    if words is None:
        return error
    return PeerError(error.reason, f"{words} ({error.detail})", retry_after=error.retry_after)


def refused(error: PeerError, doing: str, *, doubt: bool = False) -> Failed:
    """What a refusal means for a step."""
    remedy = _REMEDIES.get(error.reason, "try again; where it stays so, look at the mailbox by hand")
    return Failed(error.reason, f"{doing}: {remedy} ({error})", error.retry_after, doubt=doubt)


def all_refused(error: PeerError, doing: str) -> Failed:
    """The same where a whole call came to nothing: unless Exchange says no, nobody knows what was done."""
    return refused(error, doing, doubt=error.reason not in _SURE and "ErrorSchemaValidation" not in error.detail)


def one_refused(error: PeerError, doing: str) -> Failed:
    """The same of one of a batch, of which Exchange says what became of it."""
    if is_stale(error):
        return STALE
    if is_gone(error):
        return GONE
    doubt = error.reason in _UNSURE_ALONE or error.detail.startswith("ErrorInternalServer")
    return refused(error, doing, doubt=doubt)
