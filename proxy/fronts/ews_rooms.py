"""GetRoomLists and GetRooms of the EWS front: rooms are chosen here, and then looked up like people."""

from protocols.ews.operations import ROOM_LISTS, ROOMS
from protocols.ews.rooms import decode_rooms, encode_failure, encode_room_lists, encode_rooms
from protocols.ews.soap import Envelope
from protocols.model.rooms import NoRooms
from proxy.fronts.desk import Desk
from proxy.fronts.record import Record


async def room_lists(_: Envelope, desk: Desk, record: Record) -> bytes:
    """The lists that the caller may see; none where the configuration has no rooms."""
    lists = await desk.rooms.room_lists(record.hops) if desk.rooms is not None else ()
    return encode_failure(ROOM_LISTS, lists) if isinstance(lists, NoRooms) else encode_room_lists(lists)


async def rooms(envelope: Envelope, desk: Desk, record: Record) -> bytes:
    """The rooms of one list, those that the caller may ask about. Raises RequestError."""
    asked = decode_rooms(envelope)
    if desk.rooms is None or asked is None:
        return encode_failure(ROOMS, NoRooms.NO_LIST)
    found = await desk.rooms.rooms(asked, record.hops)
    return encode_failure(ROOMS, found) if isinstance(found, NoRooms) else encode_rooms(found)
