"""Groups and places of the simulated Microsoft 365, in small pages."""

import re
from collections.abc import Mapping
from typing import Any, Final

from simulation.directory import ROOM_LIST_NAMES, ROOM_LISTS, everybody_in, groups_of, rooms_of
from simulation.estate import Estate
from simulation.graph.schedule import GraphRefusal
from simulation.people import CONTOSO

MAY_READ_GROUPS: Final = frozenset({"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"})
MAY_READ_PLACES: Final = frozenset({"Place.Read.All"})
_PAGE: Final = 2  # entries, so that everything has several pages
_API: Final = "/v1.0"
_MEMBERS: Final = re.compile(rf"{_API}/groups/(?P<id>[^/]+)/transitiveMembers")
_ROOMS: Final = re.compile(rf"{_API}/places/(?P<list>[^/]+)/microsoft\.graph\.roomlist/rooms")
_LISTS: Final = f"{_API}/places/microsoft.graph.roomlist"
_BY_MAIL: Final = re.compile(r"mail eq '(?P<mail>(?:[^']|'')+)'.*")


def is_directory(path: str) -> bool:
    """Whether the request is about groups or places."""
    return path.startswith((f"{_API}/groups", f"{_API}/places"))


def answer(path: str, query: Mapping[str, str], estate: Estate, roles: frozenset[str], url: str) -> dict[str, Any]:
    """One page; ``url`` is the server's. Raises GraphRefusal."""
    if not roles & (MAY_READ_PLACES if path.startswith(f"{_API}/places") else MAY_READ_GROUPS):
        raise GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    return _page(_entries(path, query, estate), path, query, url)


def _entries(path: str, query: Mapping[str, str], estate: Estate) -> list[dict[str, Any]]:
    groups = groups_of(CONTOSO)
    identities = {f"group-{number}": address for number, address in enumerate(groups)}
    if path == f"{_API}/groups":
        found = _BY_MAIL.fullmatch(query.get("$filter", ""))
        if found is None:
            raise GraphRefusal(400, "Request_UnsupportedQuery", "Unsupported Query.")
        mail = found["mail"].replace("''", "'").lower()
        return [{"id": identity} for identity, address in identities.items() if address == mail]
    if (match := _MEMBERS.fullmatch(path)) and match["id"] in identities:
        return [_member(address) for address in everybody_in(identities[match["id"]])] + [
            {"@odata.type": "#microsoft.graph.group", "id": "nested", "mail": None}
        ]
    if path == _LISTS:
        name = ROOM_LIST_NAMES[CONTOSO.name]
        return [{"id": "list-1", "displayName": name, "emailAddress": ROOM_LISTS[CONTOSO.name]}]
    if (match := _ROOMS.fullmatch(path)) and match["list"].lower() == ROOM_LISTS[CONTOSO.name]:
        rooms = rooms_of(estate, CONTOSO)
        return [{"displayName": name, "emailAddress": address, "building": "Elbe House"} for address, name in rooms]
    raise GraphRefusal(404, "Request_ResourceNotFound", "Resource does not exist.")


def _member(address: str) -> dict[str, Any]:
    kind = "user" if address.endswith(f"@{CONTOSO.domain}") else "orgContact"
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": address, "mail": address, "userPrincipalName": address}


def _page(entries: list[dict[str, Any]], path: str, query: Mapping[str, str], url: str) -> dict[str, Any]:
    start = int(query.get("$skiptoken", "0"))
    page: dict[str, Any] = {"value": entries[start : start + _PAGE]}
    if start + _PAGE < len(entries):
        page["@odata.nextLink"] = f"{url}{path}?$skiptoken={start + _PAGE}"
    return page
