"""Writes of groups and members in the simulated Workspace, over its address book: versions, domains and refusals."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.google import people
from simulation.google.refusals import GoogleRefusal

_AUTH: Final = "https://www.googleapis.com/auth/admin.directory"
GROUPS, MEMBERS = f"{_AUTH}.group", f"{_AUTH}.group.member"
_PATH: Final = re.compile(
    r"/admin/directory/v1/groups(/(?P<key>[^/]+)(/(?P<list>members|aliases)(/(?P<one>[^/]+))?)?)?"
)


class Groups:
    """What may be done to groups; the switches hold until they are changed.

    ``domains`` are the organisation's own, ``external`` whether groups take members of others. ``slow``: so many
    writes of members find no group yet that was just made. ``wait``: writes are refused, with so many seconds.
    ``forgetful``: a write is done, and its answer is lost. ``written`` are the writes that were done.

    What Google answers to a group in a domain of others (404) and to a member it does not take (412) is unconfirmed.
    """

    def __init__(self, *domains: str) -> None:
        self.domains = frozenset(domains)
        self.external, self.forgetful = True, False
        self.slow = 0
        self.wait: float | None = None
        self.written: list[str] = []
        self._number = 0

    def answer(self, request: web.Request, body: bytes, book: AddressBook, scopes: frozenset[str]) -> web.Response:
        """The answer to a write. Raises GoogleRefusal."""
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise GoogleRefusal(404, "notFound", "Not Found")
        wanted = MEMBERS if match["list"] == "members" else GROUPS
        if not scopes & {wanted, GROUPS}:
            raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if self.wait is not None:
            response = GoogleRefusal(429, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits").response()
            response.headers["Retry-After"] = f"{self.wait:g}"
            return response
        acts: dict[tuple[str, str | None], Callable[[], dict[str, Any] | None]] = {
            ("POST", None): lambda: self._insert(_json(body), book),
            ("PATCH", None): lambda: self._patch(request, match["key"], _json(body), book),
            ("DELETE", None): lambda: self._delete(request, match["key"], book),
            ("POST", "members"): lambda: self._join(match["key"], _json(body), book),
            ("DELETE", "members"): lambda: self._leave(match["key"], match["one"], book),
            ("DELETE", "aliases"): lambda: self._drop(match["key"], match["one"], book),
        }
        act = acts.get((request.method, match["list"]))
        if act is None:
            raise GoogleRefusal(404, "notFound", "Not Found")
        told = act()
        self.written.append(f"{request.method} {match['list'] or 'group'}")
        if self.forgetful:
            raise GoogleRefusal(503, "backendError", "Service unavailable.")
        return web.json_response(told) if told is not None else web.Response(status=204)

    def _insert(self, told: dict[str, Any], book: AddressBook) -> dict[str, Any]:
        address = self._own(str(told.get("email")), book)
        self._number += 1
        group = Person(anchor=f"made-{self._number}", kind=Kind.GROUP, primary=address, texts=_texts({}, told))
        book.put(group)
        return people.group(group)

    def _patch(self, request: web.Request, key: str, told: dict[str, Any], book: AddressBook) -> dict[str, Any]:
        group = self._versioned(request, key, book)
        if "email" in told and group.primary is not None and told["email"] != group.primary.address:
            aliases = (*group.aliases, group.primary.address)  # that the old address stays is unconfirmed
            group = replace(group, primary=self._own(str(told["email"]), book), aliases=aliases)
        group = replace(group, texts=_texts(dict(group.texts), told))
        book.put(group)
        return people.group(group)

    def _delete(self, request: web.Request, key: str, book: AddressBook) -> None:
        group = self._versioned(request, key, book)
        book.remove(group.anchor)
        address = group.primary.address if group.primary else ""
        for other in [one for one in book.people.values() if address in one.members]:
            book.put(replace(other, members=tuple(one for one in other.members if one != address)))

    def _join(self, key: str, told: dict[str, Any], book: AddressBook) -> dict[str, Any]:
        if self.slow:
            self.slow -= 1
            raise GoogleRefusal(404, "notFound", "Resource Not Found: groupKey")
        group, address = _group(key, book), str(told.get("email")).lower()
        if "@" not in address:
            raise GoogleRefusal(400, "invalid", "Invalid Input: memberKey")
        one = book.find(address)
        if one is None and address.rpartition("@")[2] in self.domains:
            raise GoogleRefusal(404, "notFound", "Resource Not Found: memberKey")
        if one is not None and _reaches(one, group, book):
            raise GoogleRefusal(400, "cyclicMembershipsNotAllowed", "Cyclic memberships not allowed")
        main = one.primary.address if one is not None and one.primary else address
        if main in group.members:
            raise GoogleRefusal(409, "duplicate", "Member already exists.")
        if one is None and not self.external:
            raise GoogleRefusal(412, "conditionNotMet", "Condition not met")
        book.put(replace(group, members=(*group.members, main)))
        return people.member(book, main)

    def _leave(self, key: str, member: str, book: AddressBook) -> None:
        group = _group(key, book)
        if member.lower() not in group.members:
            raise GoogleRefusal(404, "notFound", "Resource Not Found: memberKey")
        book.put(replace(group, members=tuple(one for one in group.members if one != member.lower())))

    def _drop(self, key: str, alias: str, book: AddressBook) -> None:
        group = _group(key, book)
        if alias.lower() not in group.aliases:
            raise GoogleRefusal(404, "notFound", "Resource Not Found: alias")
        book.put(replace(group, aliases=tuple(one for one in group.aliases if one != alias.lower())))

    def _versioned(self, request: web.Request, key: str, book: AddressBook) -> Person:
        group = _group(key, book)
        if request.headers.get("If-Match") not in (None, people.group(group)["etag"]):
            raise GoogleRefusal(412, "conditionNotMet", "Precondition Failed")
        return group

    def _own(self, address: str, book: AddressBook) -> Mailbox:
        try:
            mailbox = Mailbox.parse(address)
        except ValueError:
            raise GoogleRefusal(400, "invalid", "Invalid Input: email") from None
        if mailbox.domain not in self.domains:
            raise GoogleRefusal(404, "notFound", "Resource Not Found: domain")
        if book.find(mailbox.address) is not None:
            raise GoogleRefusal(409, "duplicate", "Entity already exists.")
        return mailbox


def _texts(texts: dict[Field, str], told: dict[str, Any]) -> dict[Field, str]:
    fields = {"name": Field.DISPLAY_NAME, "description": Field.NOTES}
    return texts | {field: str(told[key]) for key, field in fields.items() if key in told}


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        raise GoogleRefusal(400, "parseError", "Parse Error") from None
    return told if isinstance(told, dict) else {}


def _group(key: str | None, book: AddressBook) -> Person:
    found = book.people.get(key or "") or book.find(key or "")
    if found is None or found.kind is not Kind.GROUP:
        raise GoogleRefusal(404, "notFound", "Resource Not Found: groupKey")
    return found


def _reaches(one: Person, group: Person, book: AddressBook) -> bool:
    if one.anchor == group.anchor:
        return True
    inner = (book.find(member) for member in one.members) if one.kind is Kind.GROUP else ()
    return any(each is not None and each.kind is Kind.GROUP and _reaches(each, group, book) for each in inner)
