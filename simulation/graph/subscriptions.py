"""Subscriptions of the simulated Graph: validated when they are made, and told of changes by real calls."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from simulation.graph.mailbox_limits import Reply
from simulation.graph.schedule import GraphRefusal

PATH: Final = re.compile(r"/v1\.0/subscriptions(?:/(?P<key>[^/]+))?")
_RESOURCE: Final = re.compile(
    r"/?users/(?P<user>[^/]+)/(?:(?:(?:calendars/(?P<calendar>[^/]+)|calendar)/)?events"
    r"|(?:contactFolders/(?P<folder>[^/]+)/)?(?P<contacts>contacts))"
)
EVENTS: Final = "Events"
CONTACTS: Final = "Contacts"
_READ: Final = {
    EVENTS: frozenset({"Calendars.Read", "Calendars.ReadWrite"}),
    CONTACTS: frozenset({"Contacts.Read", "Contacts.ReadWrite"}),
}
"""Who may be told of what (Graph, change notifications for Outlook resources)."""
_SHORTEST: Final = timedelta(minutes=45)
_PATIENCE: Final = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class Subscription:
    """One of them, for :data:`EVENTS` or :data:`CONTACTS`. ``place`` is a calendar or a folder, None where a whole
    mailbox is meant."""

    key: str
    user: str
    sort: str
    place: str | None
    body: dict[str, Any] = field(repr=False)
    until: datetime


class SubscriptionDesk:
    """Makes, renews and ends subscriptions, and tells of changes.

    ``longest`` is what is granted at most. ``delivered`` counts calls that were answered with 2xx, ``refused`` all
    others.
    """

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.longest = timedelta(minutes=10_080)
        self.subscriptions: dict[str, Subscription] = {}
        self.delivered = 0
        self.refused = 0
        self._clock = clock
        self._numbers = count(1)
        self._calls: set[asyncio.Task[None]] = set()

    def is_asked(self, path: str) -> bool:
        """Whether the request is for subscriptions."""
        return PATH.fullmatch(path) is not None

    async def answer(self, method: str, path: str, body: Any, roles: frozenset[str]) -> Reply:
        """The answer of a healthy server. Raises GraphRefusal."""
        match = PATH.fullmatch(path)
        key = match["key"] if match else None
        if key is None:
            return await self._make(body if isinstance(body, dict) else {}, roles)
        there = self.subscriptions.get(key)
        if there is None or there.until <= self._clock():
            raise GraphRefusal(404, "ResourceNotFound", "The object was not found.")
        _let(there.sort, roles)
        if method == "DELETE":
            del self.subscriptions[key]
            return Reply(204)
        if method == "PATCH":
            there.until = self._until(body if isinstance(body, dict) else {})
        return Reply(200, self._shown(there))

    def tell(self, user: str, place: str, item: str, what: str, *, sort: str = EVENTS) -> None:
        """Tells whoever wants to know that an event, or a contact, changed; the calls go on by themselves."""
        for each in list(self.subscriptions.values()):
            meant = (each.user, each.sort) == (user, sort) and each.place in (None, place)
            if meant and what in each.body["changeType"]:
                resource = f"Users/{user}/{sort}/{item}"
                change = {"changeType": what, "resource": resource, "resourceData": {"id": item}}
                self._begin(each, str(each.body["notificationUrl"]), change)

    def life(self, key: str, event: str) -> None:
        """Tells of the subscription's own life: reauthorizationRequired, subscriptionRemoved or missed."""
        there = self.subscriptions[key]
        if event == "subscriptionRemoved":
            del self.subscriptions[key]
        self._begin(there, str(there.body["lifecycleNotificationUrl"]), {"lifecycleEvent": event})

    async def settled(self) -> None:
        """Once all calls under way are over."""
        while self._calls:
            await asyncio.gather(*self._calls)

    async def _make(self, body: dict[str, Any], roles: frozenset[str]) -> Reply:
        match = _RESOURCE.fullmatch(str(body.get("resource", "")))
        if match is None or not body.get("changeType") or len(str(body.get("clientState", ""))) > 128:
            raise GraphRefusal(400, "InvalidRequest", "The subscription request is not valid.")
        sort = CONTACTS if match["contacts"] else EVENTS
        _let(sort, roles)
        until = self._until(body)
        for name in ("notificationUrl", "lifecycleNotificationUrl"):
            if name in body:
                await self._validate(str(body[name]))
        key, place = f"sub-{next(self._numbers)}", match["calendar"] or match["folder"]
        made = Subscription(key, match["user"].lower(), sort, place, body, until)
        self.subscriptions[key] = made
        return Reply(201, self._shown(made))

    async def _validate(self, url: str) -> None:
        token = f"Validation: Testing client application reachability for subscription {next(self._numbers)} & more"
        there = f"{url}{'&' if '?' in url else '?'}{urlencode({'validationToken': token})}"
        try:
            async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.post(there) as response:
                text = await response.text()
                right = response.status == 200 and response.content_type == "text/plain" and text == token
        except (aiohttp.ClientError, TimeoutError):
            right = False
        if not right:
            raise GraphRefusal(400, "ValidationError", "Subscription validation request failed.")

    def _until(self, body: Mapping[str, Any]) -> datetime:
        now = self._clock()
        try:
            until = datetime.fromisoformat(str(body["expirationDateTime"]))
        except (KeyError, ValueError):
            raise GraphRefusal(400, "InvalidRequest", "expirationDateTime is not valid.") from None
        if until > now + self.longest:
            text = f"Subscription expiration can only be {self.longest.total_seconds() / 60:g} minutes in the future."
            raise GraphRefusal(400, "InvalidRequest", text)
        return max(until, now + _SHORTEST)

    def _shown(self, each: Subscription) -> dict[str, Any]:
        told = {name: value for name, value in each.body.items() if name != "clientState"}
        return {**told, "id": each.key, "expirationDateTime": each.until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _begin(self, each: Subscription, url: str, change: Mapping[str, Any]) -> None:
        told = {
            "subscriptionId": each.key,
            "clientState": each.body.get("clientState"),
            "subscriptionExpirationDateTime": each.until.isoformat(),
            "tenantId": "11111111-1111-1111-1111-111111111111",
            **change,
        }
        call = asyncio.get_running_loop().create_task(self._call(url, {"value": [told]}))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, url: str, body: Mapping[str, Any]) -> None:
        try:
            async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.post(url, json=body) as response:
                right = 200 <= response.status < 300
        except (aiohttp.ClientError, TimeoutError):
            right = False
        self.delivered += right
        self.refused += not right


def _let(sort: str, roles: frozenset[str]) -> None:
    if not roles & _READ[sort]:
        raise GraphRefusal(403, "ExtensionError", "Operation: Create; the caller has no access to the resource.")
