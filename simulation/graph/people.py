"""The directory of the simulated Microsoft 365 as Graph shows it: an address book that is read and changed."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.faults import Call, Trouble
from simulation.graph import photos
from simulation.graph.delta import DeltaDesk, ExpiredToken
from simulation.graph.filters import Filter
from simulation.graph.invitations import MOST, invite
from simulation.graph.licences import Licences
from simulation.graph.listing import page, shown
from simulation.graph.new_users import created
from simulation.graph.objects import collection_of, object_of, patched, type_of
from simulation.graph.resource_units import Bucket, cost, quota
from simulation.graph.schedule import GraphRefusal

_PATHS: Final = {
    "delta": re.compile(r"(?P<collection>users|groups|contacts)/(?:microsoft\.graph\.)?delta(?:\(\))?"),
    "list": re.compile(r"(?P<collection>users|groups|contacts)"),
    "members": re.compile(r"(?P<collection>groups)/(?P<id>[^/]+)/members"),
    "transitiveMembers": re.compile(r"(?P<collection>groups)/(?P<id>[^/]+)/transitiveMembers"),
    "memberOf": re.compile(r"(?P<collection>users)/(?P<id>[^/]+)/memberOf"),
    "photo": re.compile(r"(?P<collection>users)/(?P<id>[^/]+)/photo(?:s/\d+x\d+)?/\$value"),
    "one": re.compile(r"(?P<collection>users|groups|contacts)/(?P<id>[^/]+)"),
    "assignLicense": re.compile(r"(?P<collection>users)/(?P<id>[^/]+)/assignLicense"),
    "skus": re.compile(r"(?P<collection>subscribedSkus)"),
    "rooms": re.compile(r"(?P<collection>places)/microsoft\.graph\.room"),
    "invitations": re.compile(r"(?P<collection>invitations)"),
}
_RELATED: Final = frozenset({"members", "transitiveMembers", "memberOf"})
_MAY: Final = {
    ("users", False): {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All"},
    ("groups", False): {"Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"},
    ("contacts", False): {"OrgContact.Read.All", "Directory.Read.All"},
    ("places", False): {"Place.Read.All"},
    ("users", True): {"User.ReadWrite.All"},
    ("invitations", True): {"User.Invite.All", "User.ReadWrite.All"},
    ("photo", False): {"ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All", "User.Read.All", "User.ReadWrite.All"},
    ("photo", True): {"ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"},
    ("assignLicense", True): {"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"},
    ("subscribedSkus", False): {"LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"},
}
_ACTIVITY: Final = "signInActivity"
_OF_LICENCES: Final = frozenset({"assignedLicenses", "licenseAssignmentStates", _ACTIVITY})
_SCOPE: Final = "Tenant_Application/ReadWrite/33333333-3333-3333-3333-333333333333"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One request: what of the directory it is for, and by whom."""

    method: str
    kind: str
    collection: str
    one: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    roles: frozenset[str]
    url: str

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def json(self) -> dict[str, Any]:
        try:
            body = json.loads(self.body)
        except ValueError:
            raise GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.") from None
        if not isinstance(body, dict):
            raise GraphRefusal(400, "BadRequest", "A JSON object is wanted.")
        return body


class PeopleDesk:
    """Answers for the objects of ``book``; its switches may be thrown at any time.

    ``delta`` has those of delta query, ``licences`` what can be given to users; ``page`` is the most objects of any
    page, ``expired`` how an old token is refused; ``lag`` how many requests for a new guest find nobody yet. ``units``,
    ``writes`` and ``invited`` are the limits, told by ``clock`` (seconds, monotonic).
    """

    def __init__(self, book: AddressBook, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.book = book
        self.delta = DeltaDesk(book, self.number)
        self.licences = Licences(book)
        self.page = 999
        self.expired = (410, "syncStateNotFound")
        self.lag = 0
        users = sum(collection_of(person) == "users" for person in book.people.values())
        self.units = Bucket(quota(users), 10, clock)
        self.writes = Bucket(3000, 150, clock)
        self.invited = Bucket(MOST, 5, clock)
        self._late: dict[str, int] = {}
        self._made = 0
        self._numbers: tuple[int, dict[str, str]] = (-1, {})

    def is_asked(self, path: str) -> bool:
        """Whether the request is for the directory."""
        return _found(path) is not None

    def number(self, address: str) -> str | None:
        """The id of who has this primary address."""
        if self._numbers[0] != self.book.serial:
            found = {each.primary.address: one for one, each in self.book.people.items() if each.primary}
            self._numbers = (self.book.serial, found)
        return self._numbers[1].get(address)

    def answer(
        self, request: web.Request, call: Call, roles: frozenset[str], url: str, trouble: Trouble | None
    ) -> web.Response:
        """The answer of a healthy directory, or that it has had enough. Raises GraphRefusal."""
        asked = _asked(request, call, roles, url)
        kind = asked.collection if asked.kind == "list" else f"{asked.collection}/{asked.kind}"
        units = cost(asked.method, kind, asked.query)
        if refused := self._refused(asked, units):
            return refused
        if not _may(asked, roles):
            raise GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        try:
            response = self._told(asked, lost=trouble is Trouble.LOST_PAGE)
        except ExpiredToken:
            response = self._gone(asked.url)
        response.headers["x-ms-resource-unit"] = str(units)
        if self.units.share >= 0.8:
            response.headers["x-ms-throttle-limit-percentage"] = f"{self.units.share:.2f}"
        return response

    def _told(self, asked: _Asked, *, lost: bool) -> web.Response:
        if asked.kind == "invitations":
            return web.json_response(self._invited(asked.json()), status=201)
        if asked.kind == "assignLicense":
            self.licences.assign(self._found(asked.one), asked.json())
            return web.json_response({})
        if asked.kind == "list" and asked.writes:
            return self._new(asked)
        if asked.kind in {"one", "photo"}:
            return self._one(asked)
        if asked.kind == "delta":
            minimal = "return=minimal" in asked.headers.get("prefer", "")
            told = self.delta.answer(asked.collection, asked.query, asked.url, minimal=minimal, lost=lost)
            return web.json_response(told)
        entries = self._entries(asked)
        return web.json_response(page(entries, asked.query, asked.url, most=self.page, lost=lost))

    def _entries(self, asked: _Asked) -> Iterator[dict[str, Any]]:
        if asked.kind == "rooms":
            for each in self.book.people.values():
                if each.kind is Kind.ROOM and each.primary:
                    yield {"id": each.anchor, "emailAddress": each.primary.address}
        elif asked.kind == "skus":
            yield from self.licences.listed()
        elif asked.kind in _RELATED:
            for one in self._related(asked.kind, self._found(asked.one)):
                yield {"@odata.type": type_of(one), **self._shown(one, object_of(one), asked.query)}
        else:
            yield from self._listed(asked)

    def _listed(self, asked: _Asked) -> Iterator[dict[str, Any]]:
        advanced = asked.headers.get("consistencylevel") == "eventual" and asked.query.get("$count") == "true"
        text = asked.query.get("$filter")
        wanted = Filter(text, advanced=advanced) if text else None
        people = map(self._visible, wanted.ids if wanted and wanted.ids else list(self.book.people))
        for person in people:
            if person is not None and collection_of(person) == asked.collection:
                entry = object_of(person)
                if wanted is None or wanted.holds(entry):
                    yield self._shown(person, entry, asked.query)

    def _related(self, kind: str, person: Person) -> Iterable[Person]:
        address = person.primary.address if person.primary else ""
        if kind == "memberOf":
            return [each for each in self.book.people.values() if address in each.members]
        found: dict[str, Person] = {}
        waiting = [person]
        for one in waiting:
            members = (self.book.people[number] for each in one.members if (number := self.number(each)))
            new = {each.anchor: each for each in members if each.anchor not in found}
            found |= new
            waiting += new.values() if kind == "transitiveMembers" else ()
        return found.values()

    def _one(self, asked: _Asked) -> web.Response:
        person = self._found(asked.one)
        if collection_of(person) != asked.collection:
            raise _nobody(asked.one)
        if asked.kind == "photo":
            return photos.answer(self.book, person, asked.method, asked.body)
        if asked.method == "GET":
            return web.json_response(self._shown(person, object_of(person), asked.query))
        if asked.method == "DELETE":
            self.book.remove(person.anchor)
        else:
            self.book.put(patched(person, asked.json(), asked.roles))
        return web.Response(status=204)

    def _shown(self, person: Person, entry: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        if not _OF_LICENCES.isdisjoint(query.get("$select", "").split(",")):
            told = person.attributes.get("lastSignIn")
            entry |= self.licences.shown(person.anchor) | {_ACTIVITY: {"lastSignInDateTime": told} if told else None}
        return shown(entry, query, self.number(person.texts.get(Field.MANAGER, "")))

    def _new(self, asked: _Asked) -> web.Response:
        if asked.collection != "users":
            raise GraphRefusal(405, "Request_BadRequest", "It cannot be created here.")
        person = created(self.book, asked.json(), self._named)
        return web.json_response(object_of(person), status=201)

    def _invited(self, body: Mapping[str, Any]) -> dict[str, Any]:
        before = set(self.book.people)
        told = invite(self.book, body, self._named)
        self._late |= dict.fromkeys(set(self.book.people) - before, self.lag)
        return told

    def _named(self) -> str:
        self._made += 1
        return f"00000000-0000-4000-8000-{self._made:012}"

    def _visible(self, one: str) -> Person | None:
        return None if self._late.get(one, 0) > 0 else self.book.people.get(one)

    def _found(self, one: str) -> Person:
        if self._late.get(one, 0) > 0:  # not everywhere yet
            self._late[one] -= 1
            raise _nobody(one)
        person = self.book.people.get(one) or self.book.find(one) or self._signs_in(one)
        if person is None:
            raise _nobody(one)
        return person

    def _signs_in(self, name: str) -> Person | None:
        everybody = self.book.people.values()
        told = (each for each in everybody if each.attributes.get("userPrincipalName", "").lower() == name.lower())
        return next(told, None)

    def _refused(self, asked: _Asked, units: int) -> web.Response | None:
        buckets = {"ResourceUnitLimitExceeded": (self.units, units)}
        if asked.writes:
            buckets["WriteLimitExceeded"] = (self.writes, 1)
        if asked.kind == "invitations":
            buckets["InvitationLimitExceeded"] = (self.invited, 1)
        for words, (bucket, size) in buckets.items():
            if wait := bucket.take(size):
                headers = {"Retry-After": str(int(wait) + 1), "x-ms-throttle-information": words}
                return error(429, "TooManyRequests", "Too many requests.", {**headers, "x-ms-throttle-scope": _SCOPE})
        return None

    def _gone(self, url: str) -> web.Response:
        status, code = self.expired
        return error(status, code, "The sync state generation is not found.", {"Location": f"{url}?$deltatoken="})


def error(status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error as Graph tells it."""
    return web.json_response({"error": {"code": code, "message": text}}, status=status, headers=headers)


def _may(asked: _Asked, roles: frozenset[str]) -> bool:
    if _ACTIVITY in asked.query.get("$select", "") and "AuditLog.Read.All" not in roles:
        return False
    what = asked.kind if asked.kind in {"assignLicense", "photo"} else asked.collection
    return bool(roles & _MAY.get((what, asked.writes), set()))


def _found(path: str) -> tuple[str, re.Match[str]] | None:
    if not path.startswith("/v1.0/"):
        return None
    found = ((kind, pattern.fullmatch(path.removeprefix("/v1.0/"))) for kind, pattern in _PATHS.items())
    return next(((kind, match) for kind, match in found if match), None)


def _asked(request: web.Request, call: Call, roles: frozenset[str], url: str) -> _Asked:
    found = _found(call.path)
    if found is None:
        raise GraphRefusal(404, "ResourceNotFound", "Resource not found.")
    kind, match = found
    parts = match.groupdict()
    return _Asked(
        method=call.method,
        kind=kind,
        collection=parts["collection"],
        one=parts.get("id") or "",
        query=dict(request.query),
        headers=call.headers,
        body=call.body,
        roles=roles,
        url=f"{url}{call.path}",
    )


def _nobody(one: str) -> GraphRefusal:
    text = f"Resource '{one}' does not exist or one of its queried reference-property objects are not present."
    return GraphRefusal(404, "Request_ResourceNotFound", text)
