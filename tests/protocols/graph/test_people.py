"""Users and groups of Graph as people."""

from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.people import EXTENSIONS, USER, Asked, group, is_external, stamp, user
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

ANN: dict[str, Any] = {
    "id": "1",
    "userPrincipalName": "ann@b.example",
    "userType": "Member",
    "accountEnabled": True,
    "mail": "ann@b.example",
    "proxyAddresses": ["SMTP:ann@b.example", "smtp:a@b.example"],
    "displayName": " Ann ",
    "surname": "",
    "jobTitle": None,
    "businessPhones": ["+49 30 1", "+49 30 2"],
    "mobilePhone": "+49 170 1",
    "onPremisesDistinguishedName": "CN=Smith\\, Ann,OU=Sales\\\\,OU=B,DC=b,DC=example",
    EXTENSIONS: {"extensionAttribute1": "one", "extensionAttribute2": None},
    "employeeId": "77",
    "isManagementRestricted": True,
}


def test_a_user_as_it_is() -> None:
    told = user(ANN, Asked(attributes=("employeeId", "isManagementRestricted", "usageLocation")))
    assert told.person == Person(
        anchor="1",
        kind=Kind.USER,
        primary=Mailbox.parse("ann@b.example"),
        aliases=("a@b.example",),
        texts={
            Field.DISPLAY_NAME: "Ann",
            Field.PHONE: "+49 30 1",
            Field.MOBILE: "+49 170 1",
            Field.EXTRA_1: "one",
        },
        unit="OU=Sales\\\\,OU=B,DC=b,DC=example",
        attributes={"employeeId": "77", "isManagementRestricted": "true"},
    )
    assert (told.stamp, told.unreadable, told.manager) == ("", "", "")


@pytest.mark.parametrize(
    ("more", "asked", "kind"),
    [
        ({}, Asked(), Kind.USER),
        ({"userType": "guest"}, Asked(), Kind.CONTACT),
        ({"userPrincipalName": "ann_b.example#EXT#@c.example"}, Asked(), Kind.CONTACT),
        ({}, Asked(domains=frozenset({"c.example"})), Kind.CONTACT),
        ({}, Asked(domains=frozenset({"b.example"})), Kind.USER),
        ({"mail": None, "proxyAddresses": []}, Asked(domains=frozenset({"c.example"})), Kind.USER),
    ],
)
def test_who_is_of_another_organisation_is_a_contact(more: dict[str, Any], asked: Asked, kind: Kind) -> None:
    assert user({**ANN, **more}, asked).person.kind is kind


def test_a_room_is_never_disabled_by_its_account() -> None:
    blocked = {**ANN, "accountEnabled": False}
    rooms = frozenset({"ann@b.example"})
    assert user(blocked, Asked()).person.disabled is True
    assert (user(blocked, Asked(), rooms=rooms).person.kind, user(blocked, Asked(), rooms=rooms).person.disabled) == (
        Kind.ROOM,
        False,
    )
    assert user({**ANN, "accountEnabled": None}, Asked()).person.disabled is False


def test_the_manager_is_told_in_two_ways() -> None:
    assert user({**ANN, "manager": {"id": "9"}}, Asked()).manager == "9"
    told = {**ANN, "manager@delta": [{"id": "8", "@removed": {"reason": "deleted"}}, {"id": "9"}]}
    assert user(told, Asked()).manager == "9"
    assert user({**ANN, "manager@delta": [{"id": "8", "@removed": {"reason": "deleted"}}]}, Asked()).manager == ""


@pytest.mark.parametrize(
    "more",
    [
        {EXTENSIONS: {"extensionAttribute3": "busyline:s/a"}},
        {"employeeType": "busyline:s/a"},
        {"displayName": "busyline:s/a", "userType": "Guest"},
    ],
)
def test_a_stamp_is_seen_wherever_it_may_stand(more: dict[str, Any]) -> None:
    assert stamp({**ANN, **more}) == "busyline:s/a"
    assert user({**ANN, **more}, Asked()).stamp == "busyline:s/a"
    assert stamp(ANN) == ""


@pytest.mark.parametrize(
    "more",
    [
        {"displayName": "busyline:s/a"},
        {"displayName": "busyline: product team"},
        {"displayName": "busyline: product/team", "userType": "Guest"},
        {"employeeType": "busyline:"},
        {EXTENSIONS: {"extensionAttribute3": "busyline: ask a/b"}},
        {"jobTitle": "busyline:s/a"},
    ],
)
def test_what_only_looks_like_a_stamp_is_none(more: dict[str, Any]) -> None:
    """Or anybody who may write it there would vanish from the address books of others."""
    assert user({**ANN, **more}, Asked()).stamp == ""


def test_a_group_and_its_note_which_its_owners_write() -> None:
    entry = {"id": "g", "displayName": "Team", "mail": "team@b.example", "description": "All of us\nbusyline:s/a"}
    told = group(entry, ("ann@b.example",))
    assert (told.person.kind, told.person.members) == (Kind.GROUP, ("ann@b.example",))
    assert told.person.texts == {Field.DISPLAY_NAME: "Team", Field.NOTES: "All of us\nbusyline:s/a"}
    assert told.stamp == "busyline:s/a"
    assert group({"id": "g"}).person.texts == {}


@pytest.mark.parametrize("note", ["See busyline:s/a", "busyline: product/team", "busyline:s is theirs", "", None])
def test_a_group_without_a_whole_line_that_is_a_stamp_is_somebodys_own(note: str | None) -> None:
    assert group({"id": "g", "description": note}).stamp == ""


def test_an_unreadable_address_is_told_as_such() -> None:
    told = user({"id": "1", "mail": "not an address"}, Asked())
    assert (told.person.primary, told.unreadable) == (None, "not an address")


@pytest.mark.parametrize("one", [None, "", 7])
def test_nobody_without_an_id(one: object) -> None:
    for read in (lambda entry: user(entry, Asked()), group):
        with pytest.raises(PeerError) as failed:
            read({"id": one})
        assert failed.value.reason is Reason.GARBLED


def test_another_wish_is_another_mark() -> None:
    wishes = [
        Asked(),
        Asked(groups=False),
        Asked(members=True),
        Asked(memberships=True),
        Asked(manager=True),
        Asked(attributes=("employeeId",)),
        Asked(rooms=False),
        Asked(domains=frozenset({"b.example"})),
    ]
    assert len({asked.mark for asked in wishes}) == len(wishes)
    assert Asked(attributes=("mail", "employeeId")).user == (*USER, "employeeId")
    assert [asked.follows for asked in wishes] == [False, False, True, True, False, False, False, False]
    assert not Asked(groups=False, members=True).follows


def test_what_is_broken_is_not_taken_for_something() -> None:
    broken = {"id": "1", EXTENSIONS: [], "businessPhones": "x", "manager": "x", "manager@delta": "x", "userType": 1}
    told = user(broken, Asked())
    assert (told.person.texts, told.manager, is_external(broken)) == ({}, "", False)
