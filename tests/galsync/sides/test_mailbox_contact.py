"""An entry as a contact in a mailbox, and what the refusals of Graph mean for a step."""

from dataclasses import replace
from datetime import timedelta

import pytest

from galsync.entries import Entry, Form, Stamp
from galsync.sides.mailbox_contact import changes, failed, held_of, in_words, refused
from protocols.errors import PeerError
from protocols.graph.batch import Answer
from protocols.graph.contact_fields import EXTENDED, STAMP, contact
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.target import retire, update

ENTRY = Entry(
    anchor="ad:ann",
    form=Form.CONTACT,
    address=Mailbox.parse("ann@b.example"),
    texts={Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead", Field.CITY: "Köln"},
)
THERE = contact(
    {
        "id": "1",
        "@odata.etag": 'W/"x"',
        "displayName": "Ann",
        "jobTitle": "Lead",
        "emailAddresses": [{"address": "Ann@B.example"}],
        EXTENDED: [{"id": STAMP, "value": "busyline:fabrikam/ad:ann"}],
    }
)


def test_a_contact_is_held_with_its_stamp() -> None:
    held = held_of(THERE)
    assert (held.key, held.version, held.form) == ("1", 'W/"x"', Form.CONTACT)
    assert held.stamp == Stamp("fabrikam", "ad:ann")
    assert (held.address, held.addresses) == (ENTRY.address, frozenset({"ann@b.example"}))
    assert held.texts == {Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead"}


def test_only_what_changes_is_sent() -> None:
    held = held_of(THERE)
    assert changes(THERE, update(ENTRY, held, texts=(Field.CITY,))) == {
        "displayName": "Ann",
        "businessAddress": {"city": "Köln"},
    }
    moved = replace(ENTRY, address=Mailbox.parse("anne@b.example"))
    assert changes(THERE, update(moved, held, "address"))["emailAddresses"] == [
        {"name": "Ann", "address": "anne@b.example"}
    ]
    assert changes(THERE, update(ENTRY, held, "aliases", "photo", texts=(Field.EXTRA_1,))) == {}
    assert changes(THERE, retire(held, "ad:ann")) == {}


@pytest.mark.parametrize(
    ("answer", "reason", "doubt", "words"),
    [
        (Answer(status=404, failure=PeerError(Reason.PEER_FAILED, "HTTP 404")), Reason.NO_SUCH_MAILBOX, False, "there"),
        (Answer(status=412, failure=PeerError(Reason.PEER_FAILED, "HTTP 412")), Reason.PEER_FAILED, False, "meanwhile"),
        (Answer(status=403, failure=PeerError(Reason.NO_ACCESS, "HTTP 403")), Reason.NO_ACCESS, False, "ReadWrite"),
        (Answer(status=500, failure=PeerError(Reason.PEER_FAILED, "HTTP 500")), Reason.PEER_FAILED, True, "try again"),
        (Answer(status=0, failure=PeerError(Reason.TIMEOUT)), Reason.TIMEOUT, True, "try again"),
    ],
)
def test_what_a_refusal_means(answer: Answer, reason: Reason, doubt: bool, words: str) -> None:
    failure = failed(answer, "making the contact")
    assert (failure.reason, failure.doubt) == (reason, doubt)
    assert failure.words.startswith("making the contact: ")
    assert words in failure.words


def test_how_long_to_wait_is_handed_on() -> None:
    wait = timedelta(seconds=9)
    failure = refused(PeerError(Reason.THROTTLED, "HTTP 429", retry_after=wait), "looking")
    assert (failure.retry_after, failure.doubt) == (wait, False)


def test_a_mailbox_that_cannot_be_looked_into_is_told_with_what_to_do() -> None:
    told = in_words(PeerError(Reason.NO_ACCESS, "HTTP 403 ErrorAccessDenied"))
    assert (told.reason, "a scope that has the mailbox in it (HTTP 403" in told.detail) == (Reason.NO_ACCESS, True)
    other = PeerError(Reason.THROTTLED, "HTTP 429")
    assert in_words(other) is other
