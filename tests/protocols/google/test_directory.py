"""Tests of protocols/google/directory.py."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.google.directory import API_URL, ROOM_DOMAIN, Buildings, buildings, level
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TEAM = Mailbox.parse("team@b.example")
KIND = {"kind": "admin#directory#members"}


def _level(*answers: HttpResponse, group: Mailbox = TEAM) -> tuple[GroupLevel | None, Peer]:
    peer = Peer(*answers)
    return run(level(peer, group, api_url=API_URL, as_of=NOW)), peer


def _member(address: object, kind: str = "USER") -> dict[str, object]:
    return {"email": address, "type": kind, "status": "ACTIVE"}


def _error(status: int, reason: str) -> HttpResponse:
    return json({"error": {"errors": [{"domain": "global", "reason": reason}]}}, status)


def test_every_page_is_fetched_and_derived_members_are_not_asked_for() -> None:
    first = {**KIND, "members": [_member("Ann@b.example"), _member("sub@b.example", "GROUP")], "nextPageToken": "two"}
    found, peer = _level(json(first), json({**KIND, "members": [_member("x@c.example", "EXTERNAL")]}))
    assert found is not None
    assert [one.address for one in found.people] == ["ann@b.example", "x@c.example"]
    assert [one.address for one in found.groups] == ["sub@b.example"]
    urls = [request.url for request in peer.requests]
    assert urls[0] == f"{API_URL}/admin/directory/v1/groups/team@b.example/members?maxResults=200"
    assert urls[1].endswith("&pageToken=two")


def test_a_group_of_nobody_a_person_and_a_room() -> None:
    assert _level(json(KIND))[0] == GroupLevel((), ())
    assert _level(_error(404, "notFound"))[0] is None
    found, peer = _level(group=Mailbox.parse(f"c_1@{ROOM_DOMAIN}"))
    assert found is None
    assert peer.requests == []


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({**KIND, "nextPageToken": "two"}), _error(500, "backendError")], Reason.INCOMPLETE),
        ([json({**KIND, "nextPageToken": "two"}), _error(404, "notFound")], Reason.INCOMPLETE),
        ([json({**KIND, "nextPageToken": "two"}), json({**KIND, "nextPageToken": "two"})], Reason.GARBLED),
        ([json({})], Reason.GARBLED),
        ([json({**KIND, "members": {}})], Reason.GARBLED),
        ([json({**KIND, "members": [_member(None)]})], Reason.INCOMPLETE),
        ([json({**KIND, "members": [_member("a@b.example", "ROBOT")]})], Reason.INCOMPLETE),
        ([json({**KIND, "members": [{"type": "CUSTOMER", "id": "C1"}]})], Reason.GROUP_TOO_LARGE),
        ([_error(403, "forbidden")], Reason.NO_ACCESS),
        ([_error(403, "quotaExceeded")], Reason.THROTTLED),
        ([html()], Reason.GARBLED),
    ],
)
def test_a_list_that_is_not_whole_is_none(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        _level(*answers)
    assert caught.value.reason is reason


def _buildings(resources: list[dict[str, Any]], named: list[dict[str, Any]]) -> Buildings:
    peer = Peer(json({"kind": "admin#directory#x", "items": resources}), json({"buildings": named}))
    return run(buildings(peer, api_url=API_URL, as_of=NOW))


def test_buildings_are_room_lists() -> None:
    elbe = {"resourceEmail": "C_1@resource.calendar.google.com", "resourceName": "Elbe", "buildingId": "HQ 1"}
    spree = {"resourceEmail": "c_2@resource.calendar.google.com", "generatedResourceName": "HQ-Spree"}
    beamer = {"resourceEmail": "c_3@resource.calendar.google.com", "resourceCategory": "OTHER"}
    found = _buildings([{**elbe, "capacity": 8}, spree, beamer], [{"buildingId": "HQ 1", "buildingName": "Berlin"}])
    assert [one.name for one in found.lists] == ["Berlin", "Rooms"]
    berlin, rest = (found.rooms[one.address.address] for one in found.lists)
    assert [(room.name, room.building, room.capacity) for room in berlin] == [("Elbe", "Berlin", 8)]
    assert [(room.name, room.building, room.capacity) for room in rest] == [("HQ-Spree", None, None)]
    assert {one.address.domain for one in found.lists} == {ROOM_DOMAIN}


def test_buildings_never_share_an_address() -> None:
    ids = ["HQ", "hq", "h.q", "h q", "", "Ü", "Ö", "x" * 100, "x" * 99]
    rooms = [
        {"resourceEmail": f"c_{number}@{ROOM_DOMAIN}", "resourceName": "r", "buildingId": one}
        for number, one in enumerate(ids)
    ]
    assert len({one.address for one in _buildings(rooms, []).lists}) == len(ids)


def test_no_domain_is_no_empty_list() -> None:
    with pytest.raises(PeerError) as caught:
        run(buildings(Peer(_error(404, "notFound")), api_url=API_URL, as_of=NOW))
    assert caught.value.reason is Reason.PEER_FAILED
