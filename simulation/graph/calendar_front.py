"""What the simulated Graph answers about calendars: single requests, batches, and subscriptions to their changes."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from simulation.faults import Call
from simulation.graph import batch
from simulation.graph.calendar_desk import CalendarDesk
from simulation.graph.contacts import ContactsDesk
from simulation.graph.mailbox_limits import Reply
from simulation.graph.schedule import GraphRefusal
from simulation.graph.subscriptions import SubscriptionDesk


class CalendarFront:
    """``contacts`` are those that a batch may ask for as well; whoever subscribed is told of changes in ``desk``."""

    def __init__(
        self,
        desk: CalendarDesk,
        *,
        subscriptions: SubscriptionDesk | None = None,
        contacts: ContactsDesk | None = None,
    ) -> None:
        self.desk = desk
        self.subscriptions = subscriptions or SubscriptionDesk(clock=desk.clock)
        desk.changed = self.subscriptions.tell
        self.batches = 0
        self._contacts = contacts
        if contacts is not None:
            contacts.subscriptions = self.subscriptions  # Graph has one place for those of both

    def is_asked(self, path: str) -> bool:
        """Whether the request is for calendars, a batch, or subscriptions."""
        return path == batch.PATH or self.desk.is_asked(path) or self.subscriptions.is_asked(path)

    async def answer(self, call: Call, query: str, roles: frozenset[str], url: str, *, lost: bool = False) -> Reply:
        """The answer of a healthy server. Raises GraphRefusal where a call as a whole is none."""
        body = _json(call.body) if call.body else None
        if self.subscriptions.is_asked(call.path):
            return await self.subscriptions.answer(call.method, call.path, body, roles)

        async def one(method: str, path: str, headers: Mapping[str, str], body: Any) -> Reply:
            below = urlsplit(path)
            if self._contacts is not None and self._contacts.is_asked(f"/v1.0{below.path}"):
                asked = Call(method, f"/v1.0{below.path}", headers, b"" if body is None else json.dumps(body).encode())
                return await self._contacts.answer(asked, below.query, roles, url)
            return await self.desk.one(method, path, headers, body, roles=roles, url=url, lost=lost)

        if call.path != batch.PATH:
            return await one(call.method, f"{call.path[5:]}{'?' if query else ''}{query}", call.headers, body)
        self.batches += 1
        return Reply(200, await batch.answered(body, one, self.desk.mailbox_of))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.") from None
