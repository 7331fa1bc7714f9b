"""Asks Microsoft 365 which rooms it offers: room lists and their rooms, by the places of Graph (Place.Read.All)."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.paging import api, entries
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList

_PAGE: Final = 100


async def room_lists(send: Send, *, api_url: str, as_of: datetime) -> tuple[RoomList, ...]:
    """All room lists, in Graph's order. Raises PeerError."""
    found = await entries(send, f"{api(api_url)}/places/microsoft.graph.roomlist?$top={_PAGE}", as_of=as_of)
    if found is None:
        raise PeerError(Reason.PEER_FAILED, "HTTP 404: this cloud or this address of Graph has no places")
    return tuple(RoomList(_name(entry), _address(entry)) for entry in found)


async def rooms(send: Send, room_list: Mailbox, *, api_url: str, as_of: datetime) -> tuple[Room, ...]:
    """The rooms of one list, in Graph's order; none where there is no such list. Raises PeerError."""
    place = quote(room_list.address, safe="@")
    url = f"{api(api_url)}/places/{place}/microsoft.graph.roomlist/rooms?$top={_PAGE}"
    found = await entries(send, url, as_of=as_of)
    return tuple(map(_room, found or ()))


def _room(entry: dict[str, Any]) -> Room:
    building, capacity = entry.get("building"), entry.get("capacity")
    return Room(
        _name(entry),
        _address(entry),
        building if isinstance(building, str) and building else None,
        capacity if isinstance(capacity, int) and capacity > 0 else None,
    )


def _name(entry: dict[str, Any]) -> str:
    return str(entry.get("displayName") or entry.get("emailAddress") or "")


def _address(entry: dict[str, Any]) -> Mailbox:
    try:
        return Mailbox.parse(entry.get("emailAddress") or "")
    except (ValueError, AttributeError):
        raise PeerError(Reason.INCOMPLETE, "a place has no address") from None
