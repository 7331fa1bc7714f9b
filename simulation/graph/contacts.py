"""The contacts in the mailboxes of the simulated Microsoft 365, as Graph shows and changes them."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from simulation.faults import Call
from simulation.graph import batch
from simulation.graph.contact_delta import ContactDelta
from simulation.graph.contact_objects import Folder, Item, put, shown, stamped
from simulation.graph.mailbox_limits import MailboxLimits, Reply
from simulation.graph.schedule import GraphRefusal
from simulation.graph.subscriptions import CONTACTS, SubscriptionDesk

_PATH: Final = re.compile(
    r"/users/(?P<user>[^/]+)/(?:(?P<folders>contactFolders)(?:/(?P<folder>[^/]+))?)?"
    r"(?:/?(?P<contacts>contacts)(?:/(?P<contact>[^/]+))?)?"
)
_READ: Final = frozenset({"Contacts.Read", "Contacts.ReadWrite"})
OWN: Final = "contacts"
"""The id of the folder that every mailbox has."""


@dataclass(slots=True)
class Mailbox:
    """One mailbox: its folders by id, the own one among them."""

    folders: dict[str, Folder] = field(default_factory=lambda: {OWN: Folder({"id": OWN, "displayName": "Contacts"})})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    person: str
    lost: bool


class ContactsDesk:
    """Answers for the contacts of ``mailboxes``, by address.

    ``limits`` are those of Outlook, ``page`` the most contacts of any page; ``reached``, where it is not None, are the
    only mailboxes that an application may open (a scope of its role). ``batches`` counts calls of $batch. ``delta``
    tells changes, ``clock`` when something was changed; whoever subscribed is told of them in ``subscriptions``.
    """

    def __init__(self, mailboxes: Iterable[str] = (), *, limits: MailboxLimits | None = None) -> None:
        self.mailboxes = {address: Mailbox() for address in mailboxes}
        self.limits = limits or MailboxLimits()
        self.page = 1000
        self.reached: frozenset[str] | None = None
        self.batches = 0
        self.delta = ContactDelta()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.subscriptions = SubscriptionDesk(clock=self._instant)
        self._numbers = count(1)

    def is_asked(self, path: str) -> bool:
        """Whether the request is for contacts in mailboxes, a batch, or subscriptions."""
        if path == batch.PATH or self.subscriptions.is_asked(path):
            return True
        return path.startswith("/v1.0/") and self._match(path[5:]) is not None

    async def answer(
        self, call: Call, query: str, roles: frozenset[str], url: str, *, person: str = "", lost: bool = False
    ) -> Reply:  # fmt: skip
        """The answer of a healthy server, to an application or to a ``person``, who has one mailbox. Raises
        GraphRefusal where a batch as a whole is none."""
        body = _json(call.body) if call.body else None
        if self.subscriptions.is_asked(call.path):
            return await self.subscriptions.answer(call.method, call.path, body, roles)
        one = partial(self._one, roles=roles, url=url, person=person, lost=lost)
        if call.path != batch.PATH:
            path = f"{call.path[5:]}{'?' if query else ''}{query}"
            return await one(call.method, path, call.headers, body)
        self.batches += 1
        return Reply(200, await batch.answered(body, one, self._mailbox_of))

    def plant(self, user: str, key: str, body: Mapping[str, Any], folder: str = OWN) -> Item:
        """A contact made by somebody else than an application."""
        item = Item({})
        put(item, body, new=True)
        item.properties |= {"id": key, "parentFolderId": folder}
        item.modified = self._now()
        self.mailboxes[user].folders[folder].contacts[key] = item
        self._tell(user, folder, key, "created")
        return item

    def alter(self, user: str, key: str, body: Mapping[str, Any], folder: str = OWN) -> None:
        """The same person changes one."""
        item = self.mailboxes[user].folders[folder].contacts[key]
        put(item, body, new=False)
        item.modified = self._now()
        self._tell(user, folder, key, "updated")

    def drop(self, user: str, key: str, folder: str = OWN) -> None:
        """The same person throws one away."""
        del self.mailboxes[user].folders[folder].contacts[key]
        self._tell(user, folder, key, "deleted")

    async def _one(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any,
        *,
        roles: frozenset[str],
        url: str,
        person: str,
        lost: bool,
    ) -> Reply:
        parts = urlsplit(path)
        asked = _Asked(
            method=method,
            url=f"{url}/v1.0{parts.path}",
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=headers,
            body=body,
            person=person.lower(),
            lost=lost,
        )

        def told() -> Reply:
            return self._told(asked, unquote(parts.path), roles)

        return await self.limits.within(self._mailbox_of(path), method, path, told)

    def _told(self, asked: _Asked, path: str, roles: frozenset[str]) -> Reply:
        match = self._match(path)
        if match is None:
            raise GraphRefusal(404, "ResourceNotFound", "Resource not found.")
        address = match["user"].lower()
        may = roles & _READ if asked.method == "GET" else roles & {"Contacts.ReadWrite"}
        reached = self.reached if not asked.person else {asked.person}
        if not may or (reached is not None and address not in reached):
            raise GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        mailbox = self.mailboxes.get(address)
        if mailbox is None:
            raise GraphRefusal(404, "ErrorInvalidUser", f"The requested user '{address}' is invalid.")
        if match["contacts"] is None:
            return self._folder(asked, mailbox, match["folder"])
        folder = mailbox.folders.get(match["folder"] or OWN)
        if folder is None:
            raise _no_item()
        return self._contact(asked, address, folder, match["contact"])

    def _folder(self, asked: _Asked, mailbox: Mailbox, one: str | None) -> Reply:
        below = {key: folder for key, folder in mailbox.folders.items() if key != OWN}
        if one is None and asked.method == "GET":
            return self._page(asked, below.values())
        if one is None and asked.method == "POST":
            name = str(_object(asked.body).get("displayName", ""))
            if any(each.properties["displayName"].lower() == name.lower() for each in below.values()):
                raise GraphRefusal(409, "ErrorFolderExists", "A folder with the specified name already exists.")
            return self._made(asked, Folder({}), mailbox.folders, "folder")
        if one not in below:
            raise _no_item()
        if asked.method == "DELETE":
            del mailbox.folders[one]
            return Reply(204)
        return Reply(200, shown(below[one], asked.query))

    def _contact(self, asked: _Asked, user: str, folder: Folder, one: str | None) -> Reply:
        if one == "delta" and asked.method == "GET":
            return Reply(200, self.delta.answer(folder, asked.query, asked.url, asked.headers, lost=asked.lost))
        if one is None:
            if asked.method == "POST":
                made = self._made(asked, Item({}), folder.contacts, "contact", parent=folder)
                self._tell(user, folder.properties["id"], str((made.body or {}).get("id")), "created")
                return made
            return self._page(asked, stamped(folder.contacts.values(), asked.query.get("$filter", "")))
        item = folder.contacts.get(one)
        if item is None:
            raise _no_item()
        if asked.method == "GET":
            return Reply(200, shown(item, asked.query))
        if asked.headers.get("if-match", "*") not in ("*", item.etag):
            text = "The send or update operation could not be performed because the change key passed does not match."
            raise GraphRefusal(412, "ErrorIrresolvableConflict", text)
        if asked.method == "DELETE":
            self.drop(user, one, folder.properties["id"])
            return Reply(204)
        self.alter(user, one, _object(asked.body), folder.properties["id"])
        return Reply(200, shown(item, {}))

    def _made(
        self, asked: _Asked, item: Any, among: dict[str, Any], kind: str, *, parent: Folder | None = None
    ) -> Reply:
        body = _object(asked.body)
        put(item, body, new=True)
        number = next(self._numbers)
        item.properties["id"] = f"{kind}-{number}="
        item.version = number  # no two contacts have one etag
        item.modified = self._now()
        if parent is not None:
            item.properties["parentFolderId"] = parent.properties["id"]
        among[item.properties["id"]] = item
        return Reply(201, shown(item, {}))

    def _page(self, asked: _Asked, items: Iterable[Item]) -> Reply:
        query = asked.query
        told, start = query.get("$top", "10"), query.get("$skip", "0")
        if not (told.isdigit() and 0 < int(told) <= 1000 and start.isdigit()):
            raise GraphRefusal(400, "ErrorInvalidUrlQueryFilter", "The page cannot be had.")
        size, every = min(int(told), self.page), list(items)
        found: dict[str, Any] = {"value": [shown(each, query) for each in every[int(start) : int(start) + size]]}
        following = int(start) + size
        if len(every) > following:
            further = urlencode({**query, "$skip": "lost" if asked.lost else str(following)})
            found["@odata.nextLink"] = f"{asked.url}?{further}"
        return Reply(200, found)

    def _tell(self, user: str, folder: str, key: str, what: str) -> None:
        self.subscriptions.tell(user, folder, key, what, sort=CONTACTS)

    def _instant(self) -> datetime:
        return self.clock()

    def _now(self) -> str:
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def _mailbox_of(self, path: str) -> str:
        match = self._match(unquote(urlsplit(path).path))
        return match["user"].lower() if match else ""

    @staticmethod
    def _match(path: str) -> re.Match[str] | None:
        match = _PATH.fullmatch(path)
        return match if match and (match["folders"] or match["contacts"]) else None


def _no_item() -> GraphRefusal:
    return GraphRefusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def _object(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise GraphRefusal(400, "BadRequest", "A JSON object is wanted.")
    return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.") from None
