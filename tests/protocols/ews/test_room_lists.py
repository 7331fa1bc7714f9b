"""Tests of protocols/ews/room_lists.py: what our own front writes is read, and what is garbled is not."""

import pytest

from protocols.errors import PeerError
from protocols.ews.operations import ROOM_LISTS, ROOMS
from protocols.ews.room_lists import room_lists, rooms
from protocols.ews.rooms import encode_failure, encode_room_lists, encode_rooms
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import NoRooms, Room, RoomList
from tests.protocols.ews.test_operation import NOW, URL, answered
from tests.protocols.scripted import Peer, run

HQ, ELBE = Mailbox.parse("hq@b.example"), Mailbox.parse("elbe@b.example")


def _lists(body: bytes) -> tuple[RoomList, ...]:
    return run(room_lists(Peer(HttpResponse(200, body=body)), url=URL, as_of=NOW))


def _rooms(body: bytes) -> tuple[Room, ...]:
    return run(rooms(Peer(HttpResponse(200, body=body)), HQ, url=URL, as_of=NOW))


def test_what_is_written_is_read() -> None:
    assert _lists(encode_room_lists([RoomList("Head & quarters", HQ)])) == (RoomList("Head & quarters", HQ),)
    assert _rooms(encode_rooms([Room("Elbe", ELBE)])) == (Room("Elbe", ELBE),)
    assert _lists(encode_room_lists([])) == ()
    assert _rooms(encode_rooms([])) == ()
    assert _rooms(encode_failure(ROOMS, NoRooms.NO_LIST)) == ()


def test_a_room_without_a_name_is_called_by_its_address() -> None:
    (room,) = _rooms(encode_rooms([Room("", ELBE)]))
    assert room.name == "elbe@b.example"


@pytest.mark.parametrize(
    "body",
    [
        encode_failure(ROOMS, NoRooms.UNREADABLE),
        answered('<m:GetRoomsResponse ResponseClass="Success"/>').body,
        encode_rooms([Room("Elbe", ELBE)]).replace(b"<t:Id>", b"<t:It>").replace(b"</t:Id>", b"</t:It>"),
        encode_rooms([Room("Elbe", ELBE)]).replace(b"t:Room>", b"t:Hall>"),
        encode_rooms([Room("Elbe", ELBE)]).replace(b"elbe@b.example", b"elbe"),
    ],
)
def test_rooms_that_cannot_be_read_are_no_shorter_list(body: bytes) -> None:
    with pytest.raises(PeerError):
        _rooms(body)


def test_lists_fail_as_they_say() -> None:
    with pytest.raises(PeerError) as caught:
        _lists(encode_failure(ROOM_LISTS, NoRooms.UNREADABLE))
    assert caught.value.reason is Reason.PEER_FAILED
