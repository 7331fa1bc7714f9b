"""Invitations: whoever is there already, and whoever comes about."""

from collections.abc import Iterator
from itertools import count

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.graph.invitations import invite
from simulation.graph.objects import ORG_CONTACT
from simulation.graph.schedule import GraphRefusal

BODY = {"invitedUserEmailAddress": "Ann@b.example", "inviteRedirectUrl": "https://b.example"}


@pytest.fixture
def names() -> Iterator[str]:
    return (f"guest-{number}" for number in count(1))


def _person(kind: Kind, **attributes: str) -> Person:
    return Person(anchor="1", kind=kind, primary=Mailbox.parse("ann@b.example"), attributes=attributes)


def test_a_guest_comes_about(names: Iterator[str]) -> None:
    book = AddressBook()
    told = invite(book, {**BODY, "invitedUserDisplayName": "Ann"}, names.__next__)
    assert told["invitedUser"] == {"id": "guest-1"}
    guest = book.people["guest-1"]
    assert (guest.primary, guest.texts) == (Mailbox.parse("ann@b.example"), {Field.DISPLAY_NAME: "Ann"})
    assert guest.attributes["userPrincipalName"] == "ann_b.example#EXT#@contoso.onmicrosoft.example"


def test_a_guest_who_is_there_is_theirs_and_keeps_the_name(names: Iterator[str]) -> None:
    book = AddressBook([_person(Kind.CONTACT)])
    serial = book.serial
    assert invite(book, {**BODY, "invitedUserDisplayName": "Other"}, names.__next__)["invitedUser"] == {"id": "1"}
    assert book.serial == serial


@pytest.mark.parametrize("other", [_person(Kind.GROUP), _person(Kind.CONTACT, type=ORG_CONTACT)])
def test_an_address_that_somebody_has_is_not_the_guest_s(other: Person, names: Iterator[str]) -> None:
    book = AddressBook([other])
    for _ in range(2):
        assert invite(book, BODY, names.__next__)["invitedUser"] == {"id": "guest-1"}
    guest = book.people["guest-1"]
    assert (guest.primary, guest.attributes["otherMails"]) == (None, "ann@b.example")


@pytest.mark.parametrize(
    "body",
    [BODY | {"invitedUserEmailAddress": "x"}, BODY | {"inviteRedirectUrl": "http://b.example"}, {}, BODY],
)
def test_what_is_refused(body: dict[str, str], names: Iterator[str]) -> None:
    with pytest.raises(GraphRefusal) as refused:
        invite(AddressBook([_person(Kind.USER)]), body, names.__next__)
    assert refused.value.status == 400
