"""Reads the users, groups and rooms of a Google Workspace from its Directory API (directory_v1) as people."""

import base64
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.google.directory import API_URL
from protocols.google.errors import problem
from protocols.google.listing import pages, readable
from protocols.google.user_texts import parts, texts
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox, canonical
from protocols.model.person import Field, Kind, Person

EVERYBODY: Final = "*"
"""As a member of a group: everybody of the organisation."""
_AUTH: Final = "https://www.googleapis.com/auth/admin.directory"
USERS_SCOPE: Final = f"{_AUTH}.user.readonly"
GROUPS_SCOPE: Final = f"{_AUTH}.group.readonly"
MEMBERS_SCOPE: Final = f"{_AUTH}.group.member.readonly"
ROOMS_SCOPE: Final = f"{_AUTH}.resource.calendar.readonly"
_PATH: Final = "/admin/directory/v1"
_USERS_A_PAGE, _GROUPS_A_PAGE, _ROOMS_A_PAGE = "500", "200", "500"  # the most that each gives
_USER: Final = (
    "id,primaryEmail,name,aliases,nonEditableAliases,phones,organizations,locations,addresses,relations,websites,"
    "externalIds,notes,suspended,archived,includeInGlobalAddressList,isMailboxSetup,isGuestUser,orgUnitPath,"
    "thumbnailPhotoEtag"
)
_GROUP: Final = "id,email,name,description,aliases,nonEditableAliases"
_ROOM: Final = (
    "resourceId,resourceEmail,resourceName,generatedResourceName,resourceCategory,buildingId,floorName,floorSection,"
    "resourceDescription,userVisibleDescription"
)
_TEST_ALIAS: Final = ".test-google-a.com"  # the alias domain that every Workspace is given, and nobody writes to


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of the directory; ``guest`` where of another organisation; ``marks`` are texts where a stamp may be, of
    a group its description and each of its lines; ``pictured`` where there is a photo (:func:`photo`)."""

    person: Person
    guest: bool = False
    marks: tuple[str, ...] = ()
    pictured: bool = False


async def users(
    send: Send, *, attributes: Sequence[str] = (), domain: str = "", api_url: str = API_URL, as_of: datetime
) -> AsyncIterator[list[Found]]:
    """Every user of the organisation, or of one ``domain`` of it, page by page.

    ``attributes`` are told of each beside what a person has: ``Schema.field`` of a custom schema, ``isMailboxSetup``
    ("false" of those whose mail is elsewhere), ``employeeId`` and ``costCenter``. Raises PeerError.
    """
    schemas = sorted({name.partition(".")[0] for name in attributes if "." in name})
    query = {
        **({"domain": domain} if domain else {"customer": "my_customer"}),
        "maxResults": _USERS_A_PAGE,
        "fields": f"kind,nextPageToken,users({_USER}{',customSchemas' if schemas else ''})",
        **({"projection": "custom", "customFieldMask": ",".join(schemas)} if schemas else {}),
    }
    async for page in pages(send, f"{_origin(api_url)}{_PATH}/users", "users", query, as_of=as_of):
        yield [_user(user, attributes) for user in page]


async def groups(
    send: Send, *, domain: str = "", api_url: str = API_URL, as_of: datetime
) -> AsyncIterator[list[Found]]:
    """Every group, page by page, without its members. Raises PeerError."""
    query = {
        **({"domain": domain} if domain else {"customer": "my_customer"}),
        "maxResults": _GROUPS_A_PAGE,
        "fields": f"kind,nextPageToken,groups({_GROUP})",
    }
    async for page in pages(send, f"{_origin(api_url)}{_PATH}/groups", "groups", query, as_of=as_of):
        yield [_group(group) for group in page]


async def members(send: Send, group: str, *, api_url: str = API_URL, as_of: datetime) -> tuple[str, ...]:
    """The addresses of the direct members of the group of that id, canonical, in Google's order; :data:`EVERYBODY`
    where it is one. A member without an address that can be read gets no mail and is left out. Raises PeerError."""
    url = f"{_origin(api_url)}{_PATH}/groups/{quote(group, safe='')}/members"
    query = {"maxResults": "200", "fields": "kind,nextPageToken,members(email,type)"}
    found: list[str] = []
    async for page in pages(send, url, "members", query, as_of=as_of):
        for member in page:
            address = EVERYBODY if member.get("type") == "CUSTOMER" else _address(member.get("email"))
            if address:
                found.append(sys.intern(address))
    return tuple(dict.fromkeys(found))


async def rooms(send: Send, *, api_url: str = API_URL, as_of: datetime) -> AsyncIterator[list[Found]]:
    """Every room, and what else can be booked as EQUIPMENT, page by page. Raises PeerError."""
    url = f"{_origin(api_url)}{_PATH}/customer/my_customer/resources/calendars"
    query = {"maxResults": _ROOMS_A_PAGE, "fields": f"kind,nextPageToken,items({_ROOM})"}
    async for page in pages(send, url, "items", query, as_of=as_of):
        yield [_room(room) for room in page]


async def photo(send: Send, user: str, *, api_url: str = API_URL, as_of: datetime) -> bytes:
    """The photo of the user of that id; b"" where there is none, or one that cannot be read. Raises PeerError."""
    url = f"{_origin(api_url)}{_PATH}/users/{quote(user, safe='')}/photos/thumbnail?fields=photoData"
    response = await send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
    failure = problem(response, as_of)
    if failure is not None:
        if failure.reason is Reason.NO_SUCH_MAILBOX:
            return b""
        raise failure
    told = readable(response.body)
    if "error" in told:
        raise PeerError(Reason.GARBLED, f"HTTP {response.status}, and an error in it")
    text = str(told.get("photoData") or "").rstrip("=.*")  # web-safe base64, padded as one likes
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


async def at(send: Send, address: str, *, api_url: str = API_URL, as_of: datetime) -> Found | None:
    """The user or group that has ``address`` as primary or alias; None for nobody. Raises PeerError."""
    kinds: Mapping[str, tuple[str, Callable[[dict[str, Any]], Found]]] = {
        "users": (_USER, _user),
        "groups": (_GROUP, _group),
    }
    for path, (fields, read) in kinds.items():
        key = quote(address, safe="@")
        url = f"{_origin(api_url)}{_PATH}/{path}/{key}?fields={quote(fields)}"
        response = await send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
        failure = problem(response, as_of)
        if failure is None:
            return read(readable(response.body))
        if failure.reason is not Reason.NO_SUCH_MAILBOX:
            raise failure
    return None


def _user(user: Mapping[str, Any], attributes: Sequence[str] = ()) -> Found:
    primary = _mailbox(user.get("primaryEmail"))
    person = Person(
        anchor=_anchor(user, "id"),
        kind=Kind.USER,
        primary=primary,
        aliases=_aliases(user, primary),
        texts=texts(user),
        unit=sys.intern(str(user.get("orgUnitPath") or "")),
        attributes=_attributes(user, attributes) if attributes else {},
        disabled=user.get("suspended") is True or user.get("archived") is True,
        hidden=user.get("includeInGlobalAddressList") is False,
    )
    marks = tuple(str(one["value"]) for one in parts(user, "externalIds") if one.get("value"))
    return Found(person, user.get("isGuestUser") is True, marks, bool(user.get("thumbnailPhotoEtag")))


def _group(group: Mapping[str, Any]) -> Found:
    primary, name = _mailbox(group.get("email")), str(group.get("name") or "").strip()
    person = Person(
        anchor=_anchor(group, "id"),
        kind=Kind.GROUP,
        primary=primary,
        aliases=_aliases(group, primary),
        texts={Field.DISPLAY_NAME: name} if name else {},
    )
    told = _told(group, "description")  # whose last line is the stamp of a group that was copied here
    lines = (line.strip() for text in told if "\n" in text for line in text.splitlines())
    return Found(person, marks=(*told, *lines))


def _room(room: Mapping[str, Any]) -> Found:
    name = str(room.get("resourceName") or room.get("generatedResourceName") or "").strip()
    place = " ".join(str(room[key]) for key in ("buildingId", "floorName", "floorSection") if room.get(key))
    told = {Field.DISPLAY_NAME: name, Field.OFFICE: place}
    person = Person(
        anchor=_anchor(room, "resourceId"),
        kind=Kind.EQUIPMENT if room.get("resourceCategory") == "OTHER" else Kind.ROOM,
        primary=_mailbox(room.get("resourceEmail")),
        texts={field: text for field, text in told.items() if text},
    )
    return Found(person, marks=_told(room, "resourceDescription", "userVisibleDescription"))


def _anchor(entry: Mapping[str, Any], key: str) -> str:
    """Google gives everything its id: an entry without one is half an entry, and never somebody who is gone."""
    anchor = entry.get(key)
    if not isinstance(anchor, str) or not anchor:
        raise PeerError(Reason.INCOMPLETE, f"an entry without its {key}")
    return anchor


def _mailbox(text: Any) -> Mailbox | None:
    address = _address(text)
    return Mailbox(address, str(text)) if address else None


def _address(text: Any) -> str:
    try:
        return canonical(text) if isinstance(text, str) else ""
    except ValueError:
        return ""


def _aliases(entry: Mapping[str, Any], primary: Mailbox | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key in ("aliases", "nonEditableAliases"):
        listed = entry.get(key)
        for text in listed if isinstance(listed, list) else []:
            address = _address(text)
            if address and not address.endswith(_TEST_ALIAS) and (primary is None or address != primary.address):
                found[address] = None
    return tuple(found)


def _told(entry: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(str(entry[key]) for key in keys if entry.get(key))


def _attributes(user: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, str]:
    found = {name: _attribute(user, name) for name in wanted}
    return {name: text for name, text in found.items() if text}


def _attribute(user: Mapping[str, Any], name: str) -> str:
    if name == "employeeId":
        ids = [one.get("value") for one in parts(user, "externalIds") if one.get("type") == "organization"]
        return str(ids[0] or "") if ids else ""
    if name == "costCenter":
        return next((str(one[name]) for one in parts(user, "organizations") if one.get(name)), "")
    schema, dot, field = name.partition(".")
    schemas = user.get("customSchemas")
    fields = schemas.get(schema) if isinstance(schemas, dict) else None
    value = (fields.get(field) if isinstance(fields, dict) else None) if dot else user.get(name)
    if isinstance(value, list):  # a field of several values
        value = ", ".join(str(one.get("value")) for one in value if isinstance(one, dict) and one.get("value"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict) else str(value)


def _origin(api_url: str) -> str:
    return api_url.rstrip("/").removesuffix(_PATH)
