"""What a refusal of Exchange means for a step, and what a step means for a contact."""

from datetime import timedelta

import pytest

from galsync.entries import Form, Stamp
from galsync.sides.exchange_contact import GONE, STALE, all_refused, changes, held_of, in_words, one_refused
from protocols.errors import PeerError
from protocols.ews.contact_fields import Contact
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.target import remove, update
from tests.galsync.sides.test_exchange_contacts_target import entry

ANN = Contact(
    key="k",
    version="v",
    stamp="busyline:fabrikam/ad:ann",
    address=Mailbox.parse("ann@b.example"),
    addresses=("ann@b.example", "a@b.example"),
    texts={Field.DISPLAY_NAME: "Ann"},
)


def test_what_is_held() -> None:
    held = held_of(ANN)
    assert (held.key, held.version, held.stamp, held.form) == ("k", "v", Stamp("fabrikam", "ad:ann"), Form.CONTACT)
    assert held.addresses == {"ann@b.example", "a@b.example"}


def test_what_a_step_does_not_name_is_not_sent() -> None:
    wanted = entry("ann", title="Lead", phone="1")
    sent = changes(ANN, update(wanted, held_of(ANN), texts=(Field.TITLE,)))
    assert "JobTitle" in sent
    assert "BusinessPhone" not in sent
    assert "EmailAddress" not in sent
    assert changes(ANN, update(wanted, held_of(ANN), "photo", "aliases")) == ""
    assert changes(ANN, remove(held_of(ANN), "ad:ann")) == ""


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_words(reason: Reason) -> None:
    error = PeerError(reason, "ErrorOfSome", retry_after=timedelta(seconds=3))
    for failed in (all_refused(error, "writing"), one_refused(error, "writing")):
        assert (failed.reason, failed.retry_after) == (reason, timedelta(seconds=3))
        assert failed.words.startswith("writing: ")
        assert "ErrorOfSome" in failed.words


def test_a_mailbox_that_cannot_be_looked_into_is_told_with_what_to_do() -> None:
    for detail, words in (
        ("fault ErrorImpersonateUserDenied", "give it the role ApplicationImpersonation"),
        ("ErrorAccessDenied", "reviewer of the folder"),
        ("ErrorNonExistentMailbox", "no such mailbox on this server"),
    ):
        told = in_words(PeerError(Reason.NO_ACCESS, detail, retry_after=timedelta(seconds=3)))
        assert (told.reason, told.retry_after) == (Reason.NO_ACCESS, timedelta(seconds=3))
        assert words in told.detail
        assert told.detail.endswith(f"({detail})")
    other = PeerError(Reason.PEER_FAILED, "ErrorInternalServerError")
    assert in_words(other) is other


@pytest.mark.parametrize("code", ["ErrorIrresolvableConflict", "ErrorStaleObject"])
def test_who_was_too_late(code: str) -> None:
    assert one_refused(PeerError(Reason.PEER_FAILED, code), "writing") is STALE


def test_what_is_gone_and_what_is_in_doubt() -> None:
    assert one_refused(PeerError(Reason.NO_SUCH_MAILBOX, "ErrorItemNotFound"), "writing") is GONE
    assert one_refused(PeerError(Reason.PEER_FAILED, "ErrorInternalServerError"), "writing").doubt
    assert not one_refused(PeerError(Reason.PEER_FAILED, "ErrorInvalidPropertySet"), "writing").doubt
    assert all_refused(PeerError(Reason.UNREACHABLE), "writing").doubt
    assert not all_refused(PeerError(Reason.UNAUTHORIZED), "writing").doubt
