"""Whatever has an address, as an account."""

from typing import Any

import pytest

from protocols.graph.accounts import FIELDS, STAMPS, Stands, account
from protocols.graph.people import EXTENSIONS
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

STAMP = "busyline:s/a"
GUEST: dict[str, Any] = {
    "id": "1",
    "userType": "Guest",
    "userPrincipalName": "ann_b.example#EXT#@tenant.example",
    "mail": "ann@b.example",
    "proxyAddresses": ["SMTP:ann@b.example", "x500:/o=B/cn=Ann", "sip:Ann@b.example"],
    "otherMails": ["Ann@b.example", "second@b.example", "neither"],
    "displayName": "Ann",
    "mobilePhone": "+49 170 1",
    "accountEnabled": False,
    "onPremisesSyncEnabled": True,
    EXTENSIONS: {"extensionAttribute15": STAMP, "extensionAttribute1": "one"},
}


def test_a_guest_as_it_is() -> None:
    told = account("users", GUEST)
    assert (told.key, told.stands, told.stamp, told.address) == (
        "1",
        Stands.GUEST,
        STAMP,
        Mailbox.parse("ann@b.example"),
    )
    assert told.addresses == {"ann@b.example", "second@b.example", "x500:/o=b/cn=ann", "sip:ann@b.example"}
    assert told.texts == {Field.DISPLAY_NAME: "Ann", Field.EXTRA_1: "one"}
    assert (told.enabled, told.synchronised, told.half) == (False, True, False)


def test_a_guest_whose_address_somebody_else_has() -> None:
    told = account("users", {**GUEST, "mail": None, "proxyAddresses": []})
    assert told.address == Mailbox.parse("ann@b.example")
    assert told.addresses == {"ann@b.example", "second@b.example"}


def test_a_guest_left_half_made_is_known_by_its_name() -> None:
    half = {**GUEST, "displayName": STAMP, EXTENSIONS: None}
    told = account("users", half)
    assert (told.half, told.stamp, told.texts) == (True, STAMP, {})
    whole = account("users", {**half, EXTENSIONS: {"extensionAttribute15": STAMP}})
    assert (whole.half, whole.texts) == (False, {Field.DISPLAY_NAME: STAMP})
    member = account("users", {**half, "userType": "Member"})
    assert (member.half, member.stamp) == (False, "")


@pytest.mark.parametrize("name", ["busyline: product team", "busyline:x", "busyline: a/b", "busyline:a/ b"])
def test_a_name_that_is_no_whole_stamp_is_a_name(name: str) -> None:
    told = account("users", {**GUEST, "displayName": name, EXTENSIONS: None})
    assert (told.half, told.stamp, told.texts[Field.DISPLAY_NAME]) == (False, "", name)


def test_the_stamp_stands_where_the_settings_say() -> None:
    other = {**GUEST, "employeeType": "busyline:s/b"}
    told = account("users", other, "employeeType")
    assert (told.stamp, told.texts[Field.EXTRA_15]) == ("busyline:s/b", STAMP)
    assert account("users", other, "extensionAttribute1").stamp == "one"


def test_other_objects() -> None:
    contact = account("contacts", {"id": "c", "mail": "c@else.example", "displayName": "C"})
    assert (contact.stands, contact.addresses, contact.enabled) == (Stands.CONTACT, frozenset({"c@else.example"}), True)
    group = account("groups", {"id": "g", "mail": "g@b.example"})
    assert (group.stands, group.stamp) == (Stands.GROUP, "")
    member = account("users", {"id": "m", "userPrincipalName": "m@b.example", "otherMails": ["private@else.example"]})
    assert (member.stands, member.addresses) == (Stands.MEMBER, frozenset({"m@b.example"}))


@pytest.mark.parametrize("name", ["displayName", "jobTitle", "faxNumber", "mobilePhone", "employeeType", "mail"])
def test_a_change_is_another_version(name: str) -> None:
    version = account("users", GUEST).version
    assert account("users", {**GUEST, name: "other"}).version != version
    assert account("users", dict(reversed(GUEST.items()))).version == version
    assert account("users", {**GUEST, "accountEnabled": True}).version != version


def test_what_nothing_is_set_in_is_no_other_version() -> None:
    empty = {**GUEST, "jobTitle": None, EXTENSIONS: {**GUEST[EXTENSIONS], "extensionAttribute2": None}}
    assert account("users", empty).version == account("users", GUEST).version


def test_telephones_are_not_ours_to_write() -> None:
    assert not {Field.PHONE, Field.MOBILE, Field.PAGER, Field.HOME_PHONE} & set(FIELDS)
    assert STAMPS.fullmatch("extensionAttribute15")
    assert STAMPS.fullmatch("employeeType")
    assert not STAMPS.fullmatch("extensionAttribute16")


def test_no_more_is_kept_of_others_than_their_name() -> None:
    told = account("users", {**GUEST, "userType": "Member", "jobTitle": "Lead"})
    assert (told.texts, told.version) == ({Field.DISPLAY_NAME: "Ann"}, "")
    assert account("users", {**GUEST, "jobTitle": "Lead"}).texts[Field.TITLE] == "Lead"
