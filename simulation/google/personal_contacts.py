"""The People API of the simulated Workspace: every user's own contacts, with versions, batches and their limits."""

import base64
import copy
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from simulation.google.contact_sync import ContactSync, ExpiredTokenError

SCOPE: Final = "https://www.googleapis.com/auth/contacts"
READING: Final = f"{SCOPE}.readonly"
MY_CONTACTS: Final = "contactGroups/myContacts"
MOST_CHANGED, MOST_DELETED, LARGEST_PAGE = 200, 500, 1000
_PATH: Final = re.compile(r"/v1/(people/me/connections|people:batch\w+|contactGroups|people/\w+:\w+ContactPhoto)")
_PHOTO: Final = re.compile(r"(?P<method>PATCH|DELETE) (?P<key>people/\w+):(update|delete)ContactPhoto")
_SINGLE: Final = ("names", "biographies", "birthdays", "genders")
_NAME: Final = ("honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix")
_ALWAYS: Final = frozenset({"resourceName", "etag"})
_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
Json = dict[str, Any]


def is_people(path: str) -> bool:
    """Whether the request is one to the People API."""
    return _PATH.fullmatch(path) is not None


class _Refused(Exception):  # noqa: N818 - becomes an answer
    def __init__(self, status: int, text: str, *, told_as: int = 0, reason: str = "") -> None:
        super().__init__(text)
        self.status, self.text, self.told_as, self.reason = status, text, told_as or status, reason

    def response(self) -> web.Response:
        error: Json = {"code": self.told_as, "message": self.text, "status": _STATUSES[self.status]}
        if self.reason:
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": self.reason}]
        return web.json_response({"error": error}, status=self.told_as)


class PersonalContacts:
    """The contacts and contact groups of each user; the switches hold until they are cleared.

    ``wait``: each change is refused for so many seconds. ``largest_page`` makes pages smaller than asked for.
    ``lost_pages``: no page after the first is to be had. ``forgetful``: changes are made, and their answers are lost.
    ``all_at_once``: one bad contact spoils its batch, instead of being refused alone. ``no_photos``: no photo is taken.
    ``sync`` remembers what was told with each sync token, ``clock`` says when something was changed.
    """

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Json]] = {}
        self.groups: dict[str, dict[str, str]] = {}
        self.photos: dict[str, bytes] = {}
        self.wait: float | None = None
        self.largest_page: int | None = None
        self.lost_pages = self.forgetful = self.all_at_once = self.no_photos = False
        self.sync = ContactSync()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._number = 0

    def answer(self, request: web.Request, body: bytes, user: str, scopes: frozenset[str]) -> web.Response:
        """The answer to whatever ``user`` asks."""
        match = _PATH.fullmatch(request.path)
        assert match is not None
        try:
            if not scopes & ({SCOPE, READING} if request.method == "GET" else {SCOPE}):
                raise _Refused(403, "Request had insufficient authentication scopes.")
            if request.method != "GET" and self.wait is not None:
                return self._throttled()
            asked = _document(body) if request.method in ("POST", "PATCH") else {}
            told = self._told(f"{request.method} {match[1]}", request, asked, user)
            if request.method == "POST" and self.forgetful:
                raise _Refused(503, "The service is currently unavailable.")
        except _Refused as refused:
            return refused.response()
        return web.json_response(told)

    def put(self, user: str, person: Json, key: str | None = None) -> Json:
        """A contact as ``person`` has it, a new one without ``key``."""
        self._number += 1
        key = key or f"people/c{self._number}"
        stored = copy.deepcopy(person)
        for name in stored.get("names", []):
            name["displayName"] = name.get("unstructuredName") or " ".join(
                name[part] for part in _NAME if name.get(part)
            )
        source = {"type": "CONTACT", "id": key.removeprefix("people/c"), "etag": f"#v{self._number}"}
        source["updateTime"] = self.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        stored |= {"resourceName": key, "etag": f"%v{self._number}", "metadata": {"sources": [source]}}
        self.people.setdefault(user, {})[key] = stored
        return stored

    def _told(self, what: str, request: web.Request, asked: Json, user: str) -> Json:
        if match := _PHOTO.fullmatch(what):
            return self._pictured(match["method"], match["key"], request, asked, user)
        operations: Mapping[str, Callable[[], Json]] = {
            "GET people/me/connections": lambda: self._listed(request, user),
            "GET people:batchGet": lambda: self._fetched(request, user),
            "POST people:batchCreateContacts": lambda: self._created(asked, user),
            "POST people:batchUpdateContacts": lambda: self._updated(asked, user),
            "POST people:batchDeleteContacts": lambda: self._deleted(asked, user),
            "GET contactGroups": lambda: self._listed_groups(user),
            "POST contactGroups": lambda: self._new_group(asked, user),
        }
        if what not in operations:
            raise _Refused(404, "Method not found.")
        return operations[what]()

    def _throttled(self) -> web.Response:
        response = _Refused(429, "Quota exceeded for quota metric 'Critical write requests'").response()
        response.headers["Retry-After"] = f"{self.wait:g}"
        return response

    def _listed(self, request: web.Request, user: str) -> Json:
        size, mask = int(request.query.get("pageSize", "100")), _mask(request.query.get("personFields"))
        if not 0 < size <= LARGEST_PAGE:
            raise _Refused(400, "Page size must be between 1 and 1000")
        if "pageToken" in request.query and self.lost_pages:
            raise _Refused(503, "The service is currently unavailable.")
        mine = self.people.get(user, {})
        try:
            told = self.sync.page(mine, request.query, min(size, self.largest_page or size))
        except ExpiredTokenError:
            text = "Sync token is expired. Clear local cache and retry call without the sync token."
            raise _Refused(412, text, told_as=400, reason="EXPIRED_SYNC_TOKEN") from None
        page: Json = {"totalItems": len(mine), "totalPeople": len(mine)}
        if told.people:
            page["connections"] = [_masked(one, mask) for one in told.people]
        named = {"nextPageToken": told.page_token, "nextSyncToken": told.sync_token}
        return page | {name: token for name, token in named.items() if token}

    def _fetched(self, request: web.Request, user: str) -> Json:
        names = list(dict.fromkeys(request.query.getall("resourceNames", [])))
        mask = _mask(request.query.get("personFields"))
        if not names or len(names) > MOST_CHANGED:
            raise _Refused(400, f"At least one and at most {MOST_CHANGED} resource names")
        return {"responses": [_response(name, self.people.get(user, {}).get(name), mask) for name in names]}

    def _created(self, asked: Json, user: str) -> Json:
        contacts, mask = [one["contactPerson"] for one in asked.get("contacts", [])], _mask(asked.get("readMask"))
        if not contacts or len(contacts) > MOST_CHANGED:
            raise _Refused(400, f"At least one and at most {MOST_CHANGED} contacts")
        for person in contacts:
            self._check(person, user)
        made = [self.put(user, person) for person in contacts]
        return {"createdPeople": [_response(one["resourceName"], one, mask) for one in reversed(made)]}

    def _updated(self, asked: Json, user: str) -> Json:
        contacts, mask = asked.get("contacts", {}), _mask(asked.get("readMask"))
        update = _mask(asked.get("updateMask"))
        if not contacts or len(contacts) > MOST_CHANGED:
            raise _Refused(400, f"At least one and at most {MOST_CHANGED} contacts")
        stale = [key for key, person in contacts.items() if not self._is_current(user, key, person)]
        if stale and (self.all_at_once or len(contacts) == 1):
            raise _Refused(412, "Request person.etag is different than the current person.etag.", told_as=400)
        results = {}
        for key, person in contacts.items():
            if key in stale:
                results[key] = {"requestedResourceName": key, "status": {"code": 9, "message": "etag"}}
                continue
            self._check(person, user)
            merged = {name: value for name, value in self.people[user][key].items() if name not in update}
            changed = self.put(user, merged | {name: person[name] for name in update if person.get(name)}, key)
            results[key] = _response(key, changed, mask)
        return {"updateResult": results}

    def _deleted(self, asked: Json, user: str) -> Json:
        keys = asked.get("resourceNames", [])
        if not keys or len(keys) > MOST_DELETED:
            raise _Refused(400, f"At least one and at most {MOST_DELETED} resource names")
        if set(keys) - self.people.get(user, {}).keys():
            raise _Refused(404, "Requested entity was not found.")
        for key in keys:
            del self.people[user][key]
        return {}

    def _pictured(self, method: str, key: str, request: web.Request, asked: Json, user: str) -> Json:
        mask = _mask(asked.get("personFields") if method == "PATCH" else request.query.get("personFields"))
        if key not in self.people.get(user, {}):
            raise _Refused(404, "Requested entity was not found.")
        if self.no_photos:
            raise _Refused(400, "Photo is not accepted")
        if method == "PATCH":
            try:
                self.photos[key] = base64.b64decode(asked.get("photoBytes", ""), validate=True)
            except ValueError:
                raise _Refused(400, "Invalid photo bytes") from None
        elif self.photos.pop(key, None) is None:
            raise _Refused(404, "Requested entity was not found.")
        return {"person": _masked(self.put(user, self.people[user][key], key), mask)}

    def _is_current(self, user: str, key: str, person: Json) -> bool:
        mine, theirs = self.people.get(user, {}).get(key), person.get("metadata", {}).get("sources", [{}])
        if mine is None:
            raise _Refused(404, "Requested entity was not found.")
        return bool(theirs[0].get("etag") == mine["metadata"]["sources"][0]["etag"])

    def _check(self, person: Json, user: str) -> None:
        for name in _SINGLE:
            if len(person.get(name, [])) > 1:
                raise _Refused(400, f"Cannot have more than one person.{name} per source.")
        known = {MY_CONTACTS, *self.groups.get(user, {})}
        for one in person.get("memberships", []):
            if one["contactGroupMembership"]["contactGroupResourceName"] not in known:
                raise _Refused(400, "Contact group not found")

    def _listed_groups(self, user: str) -> Json:
        system = {"resourceName": MY_CONTACTS, "groupType": "SYSTEM_CONTACT_GROUP", "name": "myContacts"}
        own = [
            {"resourceName": key, "groupType": "USER_CONTACT_GROUP", "name": name}
            for key, name in self.groups.get(user, {}).items()
        ]
        return {"contactGroups": [system, *own], "totalItems": 1 + len(own)}

    def _new_group(self, asked: Json, user: str) -> Json:
        name, mine = asked.get("contactGroup", {}).get("name", ""), self.groups.setdefault(user, {})
        if not name:
            raise _Refused(400, "A group needs a name")
        if name in mine.values():
            raise _Refused(409, "Contact group name already exists.")
        self._number += 1
        key = f"contactGroups/{self._number:x}"
        mine[key] = name
        return {"resourceName": key, "groupType": "USER_CONTACT_GROUP", "name": name}


def _document(body: bytes) -> Json:
    try:
        document = json.loads(body)
    except ValueError:
        raise _Refused(400, "Invalid JSON payload received.") from None
    if not isinstance(document, dict):
        raise _Refused(400, "Invalid JSON payload received.")
    return document


def _mask(text: Any) -> frozenset[str]:
    if not text:
        raise _Refused(400, "personFields mask is required.")
    return frozenset(str(text).split(","))


def _masked(person: Json, mask: frozenset[str]) -> Json:
    return {name: value for name, value in person.items() if (name in mask or name in _ALWAYS) and value != []}


def _response(key: str, person: Json | None, mask: frozenset[str]) -> Json:
    if person is None:
        status = {"code": 5, "message": "Requested entity was not found."}
        return {"requestedResourceName": key, "httpStatusCode": 404, "status": status}
    return {"requestedResourceName": key, "httpStatusCode": 200, "status": {}, "person": _masked(person, mask)}
