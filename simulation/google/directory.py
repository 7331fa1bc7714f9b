"""The Directory API of the simulated Workspace: members of groups, buildings and their rooms, in small pages."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulation.directory import BUILDING, ROOM_LIST_NAMES, groups_of, rooms_of
from simulation.estate import Estate
from simulation.google.refusals import GoogleRefusal, not_found
from simulation.people import NORTHWIND

_AUTH: Final = "https://www.googleapis.com/auth/admin.directory"
SCOPES: Final = (f"{_AUTH}.group.member.readonly", f"{_AUTH}.resource.calendar.readonly")
_PAGE: Final = 2  # entries, so that everything has several pages
_ROOT: Final = "/admin/directory/v1"
_MEMBERS: Final = re.compile(rf"{_ROOT}/groups/(?P<group>[^/]+)/members")


def is_directory(path: str) -> bool:
    """Whether the request is one to the Directory API."""
    return path.startswith(_ROOT)


def answer(path: str, query: Mapping[str, str], estate: Estate, scopes: frozenset[str]) -> dict[str, Any]:
    """One page. Raises GoogleRefusal."""
    if match := _MEMBERS.fullmatch(path):
        _allowed(scopes, SCOPES[0])
        return _page("members", _members(match["group"]), query)
    _allowed(scopes, SCOPES[1])
    lists: dict[str, Callable[[], dict[str, Any]]] = {
        f"{_ROOT}/customer/my_customer/resources/calendars": lambda: _page("items", _rooms(estate), query),
        f"{_ROOT}/customer/my_customer/resources/buildings": lambda: _page("buildings", _buildings(), query),
    }
    if path not in lists:
        raise not_found()
    return lists[path]()


def _allowed(scopes: frozenset[str], wanted: str) -> None:
    if wanted not in scopes:
        raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")


def _members(group: str) -> list[dict[str, str]]:
    known = groups_of(NORTHWIND)
    if group.lower() not in known:
        raise not_found()
    return [
        {"email": member, "type": "GROUP" if member in known else "USER", "role": "MEMBER", "status": "ACTIVE"}
        for member in known[group.lower()]
    ]


def _rooms(estate: Estate) -> list[dict[str, Any]]:
    rooms: list[dict[str, Any]] = [
        {
            "resourceEmail": address,
            "resourceName": name,
            "buildingId": BUILDING,
            "capacity": 8,
            "resourceCategory": "CONFERENCE_ROOM",
        }
        for address, name in rooms_of(estate, NORTHWIND)
    ]
    beamer = {"resourceEmail": f"c_beamer@{NORTHWIND.room_domain}", "resourceName": "Projector"}
    return [*rooms, {**beamer, "resourceCategory": "OTHER"}]


def _buildings() -> list[dict[str, Any]]:
    return [{"buildingId": BUILDING, "buildingName": ROOM_LIST_NAMES[NORTHWIND.name]}]


def _page(key: str, entries: list[Any], query: Mapping[str, str]) -> dict[str, Any]:
    start = int(query.get("pageToken", "0"))
    page: dict[str, Any] = {"kind": f"admin#directory#{key}"}
    if entries[start : start + _PAGE]:
        page[key] = entries[start : start + _PAGE]
    if start + _PAGE < len(entries):
        page["nextPageToken"] = str(start + _PAGE)
    return page
