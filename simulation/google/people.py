"""Users, groups and rooms of the simulated Workspace as its Directory API lists them, over an address book."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.google.refusals import GoogleRefusal, not_found

_AUTH: Final = "https://www.googleapis.com/auth/admin.directory"
USERS, GROUPS, MEMBERS, ROOMS = (
    f"{_AUTH}.{name}.readonly" for name in ("user", "group", "group.member", "resource.calendar")
)
SCOPES: Final = (USERS, GROUPS, MEMBERS, ROOMS)
_ROOT: Final = "/admin/directory/v1"
_ONE: Final = re.compile(rf"{_ROOT}/(?P<list>users|groups)/(?P<key>[^/]+)")
_MEMBERS: Final = re.compile(rf"{_ROOT}/groups/(?P<key>[^/]+)/members")
_PHOTO: Final = re.compile(rf"{_ROOT}/users/(?P<key>[^/]+)/photos/thumbnail")
_ROOMS: Final = f"{_ROOT}/customer/my_customer/resources/calendars"
_LARGEST: Final = {"users": 500, "groups": 200, "members": 200, "items": 500}
_USUAL: Final = {"users": 100, "groups": 200, "members": 200, "items": 100}
_ORGANISATION: Final = {
    "name": Field.COMPANY,
    "department": Field.DEPARTMENT,
    "title": Field.TITLE,
    "location": Field.OFFICE,
}
_PHONES: Final = {
    "work": Field.PHONE,
    "mobile": Field.MOBILE,
    "work_fax": Field.FAX,
    "work_pager": Field.PAGER,
    "home": Field.HOME_PHONE,
}
_ADDRESS: Final = {
    "streetAddress": Field.STREET,
    "locality": Field.CITY,
    "region": Field.STATE,
    "postalCode": Field.POSTAL_CODE,
    "country": Field.COUNTRY,
}


def answer(
    path: str, query: Mapping[str, str], book: AddressBook, scopes: frozenset[str], *, largest: int | None = None
) -> dict[str, Any]:
    """A page, or one user or group; ``largest`` makes the pages smaller than asked for. Raises GoogleRefusal."""
    if match := _MEMBERS.fullmatch(path):
        _allowed(scopes, MEMBERS)
        of = _found(book, match["key"], "groups")
        return _page("members", [member(book, address) for address in of.members], query, largest)
    if match := _PHOTO.fullmatch(path):
        _allowed(scopes, USERS)
        return _photo(_found(book, match["key"], "users"))
    if match := _ONE.fullmatch(path):
        _allowed(scopes, USERS if match["list"] == "users" else GROUPS)
        person = _found(book, match["key"], match["list"])
        return _user(person) if match["list"] == "users" else group(person)
    lists: dict[str, tuple[str, str, Callable[[Person], dict[str, Any]], tuple[Kind, ...]]] = {
        f"{_ROOT}/users": (USERS, "users", _user, _KINDS["users"]),
        f"{_ROOT}/groups": (GROUPS, "groups", group, _KINDS["groups"]),
        _ROOMS: (ROOMS, "items", _room, (Kind.ROOM, Kind.EQUIPMENT)),
    }
    if path not in lists:
        raise not_found()
    scope, key, told, kinds = lists[path]
    _allowed(scopes, scope)
    if "query" in query or "orderBy" in query:
        raise GoogleRefusal(400, "invalid", "This simulation lists everybody, in an order of its own")
    if key != "items" and not {"customer", "domain"} & set(query):
        raise GoogleRefusal(400, "badRequest", "Bad Request")
    people = [one for one in book.people.values() if one.kind in kinds and _in_domain(one, query.get("domain"))]
    return _page(key, [told(one) for one in people], query, largest)


_KINDS: Final = {"users": (Kind.USER, Kind.CONTACT), "groups": (Kind.GROUP,)}


def _allowed(scopes: frozenset[str], wanted: str) -> None:
    if wanted not in scopes and wanted.removesuffix(".readonly") not in scopes:
        raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")


def _found(book: AddressBook, key: str, listed: str) -> Person:
    person = book.people.get(key) or book.find(key)
    if person is None or person.kind not in _KINDS[listed]:
        raise not_found()
    return person


def _in_domain(person: Person, domain: str | None) -> bool:
    return domain is None or (person.primary is not None and person.primary.domain == domain)


def _user(person: Person) -> dict[str, Any]:
    texts = person.texts
    stamps = [text for field, text in texts.items() if field.value.startswith("extra_")]
    work = {key: texts[field] for key, field in _ADDRESS.items() if field in texts}
    organisation = {key: texts[field] for key, field in _ORGANISATION.items() if field in texts}
    user: dict[str, Any] = {
        "kind": "admin#directory#user",
        "id": person.anchor,
        "primaryEmail": person.primary.address if person.primary else None,
        "name": {
            "fullName": texts.get(Field.DISPLAY_NAME),
            "givenName": texts.get(Field.GIVEN_NAME),
            "familyName": texts.get(Field.SURNAME),
        },
        "aliases": list(person.aliases),
        "nonEditableAliases": [f"{person.anchor}@northwind.example.test-google-a.com"],
        "organizations": [{**organisation, "primary": True}] if organisation else None,
        "phones": [{"type": kind, "value": texts[field]} for kind, field in _PHONES.items() if field in texts],
        "addresses": [{"type": "work", **work}] if work else None,
        "relations": [{"type": "manager", "value": texts[Field.MANAGER]}] if Field.MANAGER in texts else None,
        "websites": [{"type": "work", "value": texts[Field.WEB_PAGE]}] if Field.WEB_PAGE in texts else None,
        "notes": {"contentType": "text_plain", "value": texts[Field.NOTES]} if Field.NOTES in texts else None,
        "externalIds": [{"type": "custom", "customType": "note", "value": text} for text in stamps],
        "suspended": person.disabled,
        "archived": False,
        "includeInGlobalAddressList": not person.hidden,
        "isMailboxSetup": True,
        "orgUnitPath": person.unit or "/",
        "isGuestUser": person.kind is Kind.CONTACT,
        "thumbnailPhotoEtag": f'"{len(person.photo)}"' if person.photo else None,
    }
    return {key: value for key, value in user.items() if value not in (None, [])}


def _photo(person: Person) -> dict[str, Any]:
    if not person.photo:
        raise not_found()
    data = base64.urlsafe_b64encode(person.photo).decode().rstrip("=")
    return {"kind": "admin#directory#user#photo", "id": person.anchor, "mimeType": "JPEG", "photoData": data}


def group(person: Person) -> dict[str, Any]:
    """A group as it is told; its etag is another whenever anything of it is."""
    version = hashlib.sha256(repr((person.primary, person.aliases, person.texts, person.members)).encode())
    return {
        "etag": f'"{version.hexdigest()[:20]}"',
        "kind": "admin#directory#group",
        "id": person.anchor,
        "email": person.primary.address if person.primary else None,
        "name": person.texts.get(Field.DISPLAY_NAME, ""),
        "description": person.texts.get(Field.NOTES, ""),
        "directMembersCount": str(len(person.members)),
        **({"aliases": list(person.aliases)} if person.aliases else {}),
    }


def member(book: AddressBook, address: str) -> dict[str, str]:
    """A member of a group as it is told."""
    if address == "*":
        return {"kind": "admin#directory#member", "id": "C0everybody", "type": "CUSTOMER", "status": "ACTIVE"}
    one = book.find(address)
    kind = "GROUP" if one and one.kind is Kind.GROUP else "USER" if one else "EXTERNAL"
    return {"kind": "admin#directory#member", "email": address, "type": kind, "role": "MEMBER", "status": "ACTIVE"}


def _room(person: Person) -> dict[str, Any]:
    return {
        "kind": "admin#directory#resources#calendars#CalendarResource",
        "resourceId": person.anchor,
        "resourceEmail": person.primary.address if person.primary else None,
        "resourceName": person.texts.get(Field.DISPLAY_NAME, ""),
        "resourceCategory": "CONFERENCE_ROOM" if person.kind is Kind.ROOM else "OTHER",
    }


def _page(key: str, entries: list[Any], query: Mapping[str, str], largest: int | None) -> dict[str, Any]:
    text = query.get("maxResults", str(_USUAL[key]))
    if not text.isdecimal() or not 0 < int(text) <= _LARGEST[key]:
        raise GoogleRefusal(400, "invalid", f"Invalid value for maxResults: {text}")
    size, token = min(int(text), largest or int(text)), query.get("pageToken", "0")
    if not token.isdecimal():
        raise GoogleRefusal(400, "invalid", "Invalid Input: pageToken")
    start = int(token)
    page: dict[str, Any] = {"kind": f"admin#directory#{key}"}
    if entries[start : start + size]:
        page[key] = entries[start : start + size]
    if start + size < len(entries):
        page["nextPageToken"] = str(start + size)
    return page
