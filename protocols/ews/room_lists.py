"""Asks an Exchange server which rooms it offers: GetRoomLists and GetRooms, as a client."""

from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children, named, text_of
from protocols.ews.operation import call, code_of, failed, mailbox_in
from protocols.ews.operations import ROOM_LISTS, ROOMS
from protocols.ews.text import escaped
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList

_NO_LIST: Final = frozenset({"ErrorNameResolutionNoResults", "ErrorNameResolutionNoMailbox", "ErrorNonExistentMailbox"})


async def room_lists(send: Send, *, url: str, as_of: datetime, impersonate: str = "") -> tuple[RoomList, ...]:
    """All room lists, in the server's order. Raises PeerError."""
    payload = await call(send, ROOM_LISTS, "", url=url, as_of=as_of, impersonate=impersonate)
    if code_of(payload) != "NoError":
        raise failed(payload)
    entries = _entries(payload, "RoomLists", "Address")
    return tuple(RoomList(_name(entry), mailbox_in(entry)) for entry in entries)


async def rooms(
    send: Send, room_list: Mailbox, *, url: str, as_of: datetime, impersonate: str = ""
) -> tuple[Room, ...]:
    """The rooms of one list, in the server's order; none where there is no such list. Raises PeerError."""
    body = f"<m:RoomList><t:EmailAddress>{escaped(room_list.address)}</t:EmailAddress></m:RoomList>"
    payload = await call(send, ROOMS, body, url=url, as_of=as_of, impersonate=impersonate)
    code = code_of(payload)
    if code in _NO_LIST:
        return ()
    if code != "NoError":
        raise failed(payload)
    return tuple(map(_room, _entries(payload, "Rooms", "Room")))


def _entries(payload: etree._Element, array: str, entry: str) -> list[etree._Element]:
    found = children(payload).get(array)
    if found is None:  # a server without any leaves the element out
        return []
    entries = named(found, entry)
    if len(entries) != len(found):
        raise PeerError(Reason.GARBLED, f"something else among the {array}")
    return entries


def _room(entry: etree._Element) -> Room:
    identity = children(entry).get("Id")
    if identity is None:
        raise PeerError(Reason.GARBLED, "a Room without its Id")
    return Room(_name(identity), mailbox_in(identity))


def _name(entry: etree._Element) -> str:
    parts = children(entry)
    return text_of(parts.get("Name")) or text_of(parts.get("EmailAddress"))
