"""Tests of protocols.ldap.people."""

import uuid

import pytest

from protocols.ldap.filters import checked
from protocols.ldap.people import ATTRIBUTES, FILTER, Out, Read, read_person, stamp_of, texts_of
from protocols.ldap.replies import Found
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind
from tests.protocols.ldap.forest import matches

GUID = uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")


def found(**attributes: bytes | list[bytes]) -> Found:
    whole: dict[str, bytes | list[bytes]] = {
        "objectGUID": GUID.bytes_le,
        "objectClass": [b"top", b"person", b"user"],
        "mail": b"ann@b.example",
        **attributes,
    }
    return Found(
        "CN=Ann,OU=Sales,DC=b",
        {name.lower(): value if isinstance(value, list) else [value] for name, value in whole.items()},
    )


def read(**attributes: bytes | list[bytes]) -> Read:
    told = read_person(found(**attributes))
    assert isinstance(told, Read)
    return told


def test_who_somebody_is() -> None:
    told = read(
        displayName="Änn Lee".encode(),
        title=b" Chief ",
        company=b"",
        co=b"Germany",
        c=b"DE",
        manager=b"CN=Boss,DC=b",
        member=[b"CN=x"],
        memberOf=[b"CN=g"],
        legacyExchangeDN=b"/o=B/cn=ann",
    )
    person = told.person
    assert (person.anchor, person.kind, person.primary) == (str(GUID), Kind.USER, Mailbox.parse("ann@b.example"))
    assert person.texts == {Field.DISPLAY_NAME: "Änn Lee", Field.TITLE: "Chief", Field.COUNTRY: "Germany"}
    assert (person.unit, person.x500) == ("OU=Sales,DC=b", ("/o=B/cn=ann",))
    assert (told.manager, told.members, told.groups) == ("CN=Boss,DC=b", ("CN=x",), ("CN=g",))


def test_a_country_may_be_told_by_its_letters_alone() -> None:
    assert read(c=b"DE").person.texts == {Field.COUNTRY: "DE"}


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({}, Kind.USER),
        ({"objectClass": [b"top", b"group"]}, Kind.GROUP),
        ({"msExchRecipientTypeDetails": b"16"}, Kind.ROOM),
        ({"msExchRecipientTypeDetails": b"32"}, Kind.EQUIPMENT),
        ({"msExchRecipientTypeDetails": b"8589934592"}, Kind.ROOM),
        ({"msExchRecipientTypeDetails": b"17179869184"}, Kind.EQUIPMENT),
        ({"msExchRecipientDisplayType": b"7"}, Kind.ROOM),
        ({"msExchRecipientDisplayType": b"8"}, Kind.EQUIPMENT),
        ({"msExchRecipientDisplayType": b"-2147481850"}, Kind.ROOM),
        ({"msExchRecipientDisplayType": b"-1073741818"}, Kind.USER),
        ({"msExchRecipientDisplayType": b"junk"}, Kind.USER),
    ],
)
def test_what_stands_behind_an_entry(attributes: dict[str, bytes | list[bytes]], kind: Kind) -> None:
    assert read(**attributes).person.kind is kind


@pytest.mark.parametrize(
    ("attributes", "disabled"),
    [
        ({"userAccountControl": b"512"}, False),
        ({"userAccountControl": b"514"}, True),
        ({"userAccountControl": b"514", "msExchRecipientTypeDetails": b"16"}, False),
        ({"userAccountControl": b"514", "msExchRecipientTypeDetails": b"34359738368"}, False),
        ({"userAccountControl": b"514", "msExchRecipientTypeDetails": b"1"}, True),
        ({"userAccountControl": b""}, False),
    ],
)
def test_rooms_and_shared_mailboxes_are_not_disabled_people(attributes: dict[str, bytes], disabled: bool) -> None:
    """Their accounts are disabled by nature."""
    assert read(**attributes).person.disabled is disabled


def test_who_is_hidden() -> None:
    assert read(msExchHideFromAddressLists=b"TRUE").person.hidden
    assert not read(msExchHideFromAddressLists=b"FALSE").person.hidden


@pytest.mark.parametrize(
    ("attributes", "out"),
    [
        ({"objectClass": [b"top", b"contact"]}, Out.CONTACT),
        ({"adminDescription": b"busyline:s/a:1"}, Out.OURS),
        ({"extensionAttribute4": b"busyline:s/a:1", "objectClass": [b"contact"]}, Out.OURS),
        ({"mail": b"nonsense"}, Out.BAD_ADDRESS),
        ({"displayName": b"\xff"}, Out.GARBLED),
        ({"proxyAddresses": [b"\xff"]}, Out.GARBLED),
        ({"objectGUID": b"short"}, Out.GARBLED),
    ],
)
def test_who_is_left_out(attributes: dict[str, bytes | list[bytes]], out: Out) -> None:
    assert read_person(found(**attributes)) is out


def test_a_stamp_may_stand_in_an_attribute_of_the_administrators() -> None:
    assert read_person(found(info=b"busyline:s/a:1"), stamp="info") is Out.OURS
    assert stamp_of(found(info=b"busyline:s/a:1")) == ""
    assert stamp_of(found(info=b"busyline:s/a:1"), "info") == "busyline:s/a:1"


@pytest.mark.parametrize(
    "text", ["busyline:", "busyline: a / b", "busyline: the product", "busyline:s", "see busyline:s/a"]
)
def test_what_only_looks_like_a_stamp_is_none(text: str) -> None:
    """Or whoever may write it there would vanish from the address books of others."""
    entry = found(adminDescription=text.encode(), extensionAttribute4=text.encode())
    assert stamp_of(entry) == ""
    assert isinstance(read_person(entry), Read)


def test_attributes_that_were_asked_for() -> None:
    told = read_person(found(employeeType=b"staff"), attributes=("employeeType", "division"))
    assert isinstance(told, Read)
    assert told.person.attributes == {"employeeType": "staff"}


def test_the_attribute_of_the_stamp_is_no_text() -> None:
    entry = found(extensionAttribute15=b"busyline:s/a:1", title=b"Chief")
    assert texts_of(entry, but="extensionAttribute15") == {Field.TITLE: "Chief"}


def test_every_attribute_is_asked_for_once() -> None:
    assert len({name.lower() for name in ATTRIBUTES}) == len(ATTRIBUTES)


@pytest.mark.parametrize(
    ("attributes", "found_"),
    [
        ({"objectclass": [b"person", b"user"]}, True),
        ({"objectclass": [b"person", b"user", b"computer"]}, False),
        ({"objectclass": [b"person", b"user"], "iscriticalsystemobject": [b"TRUE"]}, False),
        ({"objectclass": [b"group"]}, False),
        ({"objectclass": [b"group"], "mail": [b"x"]}, True),
        ({"objectclass": [b"contact"]}, True),
        ({"objectclass": [b"organizationalUnit"]}, False),
    ],
)
def test_who_could_be_somebody(attributes: dict[str, list[bytes]], found_: bool) -> None:
    assert matches(attributes, checked(FILTER)) is found_
