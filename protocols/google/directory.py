"""Asks Google's Directory API (directory_v1) who is in a group and which rooms there are: every page or none."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.google.listing import pages
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList

API_URL: Final = "https://admin.googleapis.com"
ROOM_DOMAIN: Final = "resource.calendar.google.com"
"""Where Google keeps every room, of whatever domain; no group is there."""
_PATH: Final = "/admin/directory/v1"
_RESOURCES: Final = f"{_PATH}/customer/my_customer/resources"
_MEMBERS_A_PAGE, _RESOURCES_A_PAGE = 200, 500
_PEOPLE: Final = frozenset({"USER", "EXTERNAL"})
_NOT_ROOMS: Final = frozenset({"OTHER"})
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9-]+")


async def level(send: Send, group: Mailbox, *, api_url: str, as_of: datetime) -> GroupLevel | None:
    """The direct members of ``group``; None where there is no group of that address.

    Direct ones alone: includeDerivedMembership has been seen to leave members out without a word (GAM issue 1210), so
    that nested groups are for the caller to ask about. Raises PeerError, GROUP_TOO_LARGE for a group of everybody.
    """
    if group.domain == ROOM_DOMAIN:
        return None
    url = f"{_origin(api_url)}{_PATH}/groups/{quote(group.address, safe='@')}/members"
    try:
        items = await _items(send, url, "members", _MEMBERS_A_PAGE, as_of)
    except _NotFound:
        return None
    people: list[Mailbox] = []
    groups: list[Mailbox] = []
    for item in items:
        kind = item.get("type")
        if kind == "CUSTOMER":
            raise PeerError(Reason.GROUP_TOO_LARGE, "everybody of the organisation is in the group")
        if kind not in _PEOPLE and kind != "GROUP":
            raise PeerError(Reason.INCOMPLETE, f"a member of the kind {str(kind)[:20]}")
        (groups if kind == "GROUP" else people).append(_address(item.get("email")))
    return GroupLevel(tuple(people), tuple(groups))


@dataclass(frozen=True, slots=True)
class Buildings:
    """Every room of a domain by building. Google has no room lists: each building with rooms is one, with an address
    made for it in the domain of the rooms; rooms without a building are in one of their own."""

    lists: tuple[RoomList, ...]
    rooms: dict[str, tuple[Room, ...]]


async def buildings(send: Send, *, api_url: str, as_of: datetime) -> Buildings:
    """All rooms, in Google's order, buildings by name. Raises PeerError."""
    base = f"{_origin(api_url)}{_RESOURCES}"
    try:
        resources = await _items(send, f"{base}/calendars", "items", _RESOURCES_A_PAGE, as_of)
        named = await _items(send, f"{base}/buildings", "buildings", _RESOURCES_A_PAGE, as_of)
    except _NotFound:
        raise PeerError(Reason.PEER_FAILED, "HTTP 404: no such domain, or the API's address is wrong") from None
    names = {str(one.get("buildingId")): str(one.get("buildingName") or one.get("buildingId")) for one in named}
    found: dict[str, list[Room]] = {}
    for resource in resources:
        if resource.get("resourceCategory") not in _NOT_ROOMS:
            building = str(resource.get("buildingId") or "")
            found.setdefault(building, []).append(_room(resource, names.get(building)))
    lists = [(RoomList(names.get(one) or one or "Rooms", _list_address(one)), rooms) for one, rooms in found.items()]
    lists.sort(key=lambda pair: (pair[0].name, pair[0].address.address))
    return Buildings(tuple(one for one, _ in lists), {one.address.address: tuple(rooms) for one, rooms in lists})


class _NotFound(Exception):  # noqa: N818 - an answer
    pass


async def _items(send: Send, url: str, key: str, size: int, as_of: datetime) -> list[dict[str, Any]]:
    try:
        return [item async for page in pages(send, url, key, {"maxResults": str(size)}, as_of=as_of) for item in page]
    except PeerError as error:
        if error.reason is Reason.NO_SUCH_MAILBOX:
            raise _NotFound from None
        raise


def _address(written: Any) -> Mailbox:
    try:
        return Mailbox.parse(written)
    except (ValueError, AttributeError):
        raise PeerError(Reason.INCOMPLETE, "somebody in the answer has no address") from None


def _room(resource: dict[str, Any], building: str | None) -> Room:
    address = _address(resource.get("resourceEmail"))
    name = resource.get("resourceName") or resource.get("generatedResourceName") or address.address
    capacity = resource.get("capacity")
    return Room(str(name), address, building, capacity if isinstance(capacity, int) and capacity > 0 else None)


def _list_address(building: str) -> Mailbox:
    plain = _NOT_IN_A_NAME.sub("-", building.lower()).strip("-")[:40]
    mark = "" if plain == building else f".{hashlib.sha256(building.encode()).hexdigest()[:8]}"
    return Mailbox.parse(f"building.{plain or 'none'}{mark}@{ROOM_DOMAIN}")


def _origin(api_url: str) -> str:
    return api_url.rstrip("/").removesuffix(_PATH)
