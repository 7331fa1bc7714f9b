"""Tests of protocols/graph/places.py."""

from datetime import UTC, datetime

import pytest

from protocols.errors import PeerError
from protocols.graph.places import room_lists, rooms
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://graph.example"
HQ, ELBE = Mailbox.parse("hq@b.example"), Mailbox.parse("elbe@b.example")


def test_lists_and_rooms() -> None:
    lists = Peer(json({"value": [{"displayName": "Berlin", "emailAddress": "HQ@b.example"}]}))
    assert run(room_lists(lists, api_url=URL, as_of=NOW)) == (RoomList("Berlin", HQ),)
    one = {"displayName": "Elbe", "emailAddress": "elbe@b.example", "building": "1", "capacity": 8}
    peer = Peer(json({"value": [one, {**one, "displayName": None, "building": "", "capacity": 0}]}))
    found = run(rooms(peer, HQ, api_url=URL, as_of=NOW))
    assert found == (Room("Elbe", ELBE, "1", 8), Room("elbe@b.example", ELBE))
    assert peer.requests[0].url == f"{URL}/v1.0/places/hq@b.example/microsoft.graph.roomlist/rooms?$top=100"


def test_a_list_that_is_not_there_has_no_rooms() -> None:
    assert run(rooms(Peer(json({}, 404)), HQ, api_url=URL, as_of=NOW)) == ()


def test_a_place_without_its_address_makes_no_shorter_list() -> None:
    with pytest.raises(PeerError) as caught:
        run(rooms(Peer(json({"value": [{"displayName": "Elbe"}]})), HQ, api_url=URL, as_of=NOW))
    assert caught.value.reason is Reason.INCOMPLETE
    with pytest.raises(PeerError) as caught:
        run(room_lists(Peer(json({}, 404)), api_url=URL, as_of=NOW))
    assert caught.value.reason is Reason.PEER_FAILED
