"""Tests of protocols/model/rooms.py."""

from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList


def test_what_a_directory_does_not_tell_stays_open() -> None:
    address = Mailbox.parse("Room1@b.example")
    assert Room("Room 1", address) == Room("Room 1", Mailbox.parse("room1@b.example"), None, None)
    assert RoomList("All", address) != RoomList("Others", address)
