"""The users, groups and rooms of a Workspace as people."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.google.directory import API_URL
from protocols.google.people import EVERYBODY, Found, at, groups, members, photo, rooms, users
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.person import Field, Kind
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, json, run

KIND = {"kind": "admin#directory#x"}
ANN: dict[str, Any] = {"id": "7", "primaryEmail": "Ann@B.example", "name": {"fullName": "Ann"}}


def found(listing: AsyncIterator[list[Found]]) -> list[Found]:
    async def everything() -> list[Found]:
        return [one async for page in listing for one in page]

    return run(everything())


def user(attributes: tuple[str, ...] = (), **more: Any) -> Found:
    [one] = found(users(Peer(json({**KIND, "users": [{**ANN, **more}]})), attributes=attributes, as_of=NOW))
    return one


def test_what_is_asked() -> None:
    peer = Peer(json(KIND), json(KIND), json(KIND))
    found(users(peer, attributes=("Moves.at", "HR.no", "HR.x"), as_of=NOW))
    found(groups(peer, domain="b.example", as_of=NOW))
    found(rooms(peer, as_of=NOW))
    asked = [urlsplit(request.url) for request in peer.requests]
    assert [url.path.removeprefix("/admin/directory/v1") for url in asked] == [
        "/users",
        "/groups",
        "/customer/my_customer/resources/calendars",
    ]
    first, second, third = (parse_qs(url.query) for url in asked)
    assert (first["customer"], first["maxResults"], first["projection"]) == (["my_customer"], ["500"], ["custom"])
    assert first["customFieldMask"] == ["HR,Moves"]
    assert (second["domain"], second["maxResults"], third["maxResults"]) == (["b.example"], ["200"], ["500"])
    assert "customer" not in second


def test_a_user() -> None:
    one = user(
        aliases=["A@b.example", "ann@b.example", "not an address"],
        nonEditableAliases=["a@alias.example", "ann@b.example.test-google-a.com"],
        orgUnitPath="/Sales",
        externalIds=[{"type": "custom", "value": "busyline:x/y"}, {"type": "organization"}],
    )
    person = one.person
    assert (person.anchor, person.kind, str(person.primary)) == ("7", Kind.USER, "ann@b.example")
    assert person.aliases == ("a@b.example", "a@alias.example")
    assert person.texts == {Field.DISPLAY_NAME: "Ann"}
    assert (person.unit, person.disabled, person.hidden, one.guest) == ("/Sales", False, False, False)
    assert one.marks == ("busyline:x/y",)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"suspended": True}, (True, False, False)),
        ({"archived": True}, (True, False, False)),
        ({"includeInGlobalAddressList": False}, (False, True, False)),
        ({"isGuestUser": True}, (False, False, True)),
        ({"suspended": False, "includeInGlobalAddressList": True, "isMailboxSetup": False}, (False, False, False)),
    ],
)
def test_flags(more: dict[str, Any], told: tuple[bool, bool, bool]) -> None:
    one = user(**more)
    assert (one.person.disabled, one.person.hidden, one.guest) == told


def test_attributes_that_were_asked_for() -> None:
    wanted = ("HR.no", "HR.tags", "HR.lead", "HR.none", "isMailboxSetup", "employeeId", "costCenter", "name")
    one = user(
        wanted,
        customSchemas={"HR": {"no": 7, "tags": [{"value": "a"}, {"value": "b"}, 3], "lead": True}},
        isMailboxSetup=False,
        externalIds=[{"type": "organization", "value": "E7"}],
        organizations=[{"costCenter": "CC1"}],
    )
    assert one.person.attributes == {
        "HR.no": "7",
        "HR.tags": "a, b",
        "HR.lead": "true",
        "isMailboxSetup": "false",
        "employeeId": "E7",
        "costCenter": "CC1",
    }
    assert user().person.attributes == {}


@pytest.mark.parametrize("address", [None, 7, "", "ann", "a" * 65 + "@b.example", "M\ufffd@b.example"])
def test_an_address_that_cannot_be_read_is_none(address: object) -> None:
    assert user(primaryEmail=address).person.primary is None


def test_half_an_entry_is_no_entry() -> None:
    with pytest.raises(PeerError) as caught:
        user(id=None)
    assert caught.value.reason is Reason.INCOMPLETE


def test_a_group_and_its_members() -> None:
    team = {"id": "g", "email": "team@b.example", "name": "Team", "description": "busyline:x/y", "aliases": "odd"}
    [one] = found(groups(Peer(json({**KIND, "groups": [team]})), as_of=NOW))
    assert (one.person.kind, one.person.texts, one.marks) == (
        Kind.GROUP,
        {Field.DISPLAY_NAME: "Team"},
        ("busyline:x/y",),
    )
    first = {"members": [{"email": "Ann@b.example", "type": "USER"}, {"type": "CUSTOMER"}], "nextPageToken": "two"}
    second = {"members": [{"email": "ann@b.example"}, {"email": "x@c.example", "type": "EXTERNAL"}, {"type": "USER"}]}
    peer = Peer(json({**KIND, **first}), json({**KIND, **second}))
    assert run(members(peer, "g/1", as_of=NOW)) == ("ann@b.example", EVERYBODY, "x@c.example")
    assert peer.requests[0].url.startswith(f"{API_URL}/admin/directory/v1/groups/g%2F1/members?")


def test_rooms_and_equipment() -> None:
    elbe = {"resourceId": "1", "resourceEmail": "c_1@resource.calendar.google.com", "generatedResourceName": "HQ-Elbe"}
    beamer = {"resourceId": "2", "resourceName": "Projector", "resourceCategory": "OTHER", "buildingId": "HQ"}
    one, two = found(rooms(Peer(json({**KIND, "items": [elbe, beamer]})), as_of=NOW))
    assert (one.person.kind, one.person.texts) == (Kind.ROOM, {Field.DISPLAY_NAME: "HQ-Elbe"})
    assert (two.person.kind, two.person.primary) == (Kind.EQUIPMENT, None)
    assert two.person.texts == {Field.DISPLAY_NAME: "Projector", Field.OFFICE: "HQ"}


def test_who_has_an_address() -> None:
    missing = json({"error": {}}, 404)
    assert run(at(Peer(missing, missing), "ann@b.example", as_of=NOW)) is None
    user = run(at(Peer(json(ANN)), "ann@b.example", as_of=NOW))
    group = run(at(Peer(missing, json({"id": "g", "email": "g@b.example"})), "g@b.example", as_of=NOW))
    assert user is not None
    assert group is not None
    assert (user.person.kind, group.person.kind) == (Kind.USER, Kind.GROUP)
    with pytest.raises(PeerError):
        run(at(Peer(json({"error": {}}, 403)), "ann@b.example", as_of=NOW))


@pytest.mark.parametrize(
    ("answer", "bytes_"),
    [
        (json({"photoData": "_9j_"}), b"\xff\xd8\xff"),
        (json({"photoData": "_9j_4A=="}), b"\xff\xd8\xff\xe0"),
        (json({"photoData": "_9j_4A"}), b"\xff\xd8\xff\xe0"),
        (json({"photoData": "no base64!"}), b""),
        (json({}), b""),
        (json({"error": {}}, 404), b""),
    ],
)
def test_a_photo(answer: HttpResponse, bytes_: bytes) -> None:
    peer = Peer(answer)
    assert run(photo(peer, "1/2", as_of=NOW)) == bytes_
    assert "/users/1%2F2/photos/thumbnail?" in peer.requests[0].url


def test_a_photo_that_may_not_be_seen_is_an_error() -> None:
    with pytest.raises(PeerError):
        run(photo(Peer(json({"error": {}}, 403)), "1", as_of=NOW))
    assert user(thumbnailPhotoEtag='"x"').pictured
