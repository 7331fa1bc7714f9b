"""events.list of the simulated Google Calendar: pages that hold together, and tokens that tell what changed since."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from simulation.google.calendar_series import instance, starts
from simulation.google.calendar_store import Calendar, Calendars
from simulation.google.freebusy import instant_of
from simulation.google.refusals import GoogleRefusal

Json: TypeAlias = dict[str, Any]
_ALONE: Final = (
    "iCalUID orderBy privateExtendedProperty q sharedExtendedProperty timeMin timeMax updatedMin".split()  # noqa: SIM905
)
"""Parameters that no sync token bears beside it."""
_LARGEST: Final = 2_500
_DELETED: Final = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
"""What is told of something cancelled: all that the reference promises, and the etag."""


class Lists:
    """The listings of all calendars. ``largest`` makes pages smaller than asked for; ``lost_pages``: no page after the
    first is to be had."""

    def __init__(self, store: Calendars) -> None:
        self._store = store
        self._pages: dict[str, tuple[list[str], int, int]] = {}
        self.largest = _LARGEST
        self.lost_pages = False

    def page(self, calendar: Calendar, query: Mapping[str, str], role: str) -> Json:
        """One page. Raises GoogleRefusal."""
        if query.get("singleEvents", "false") == "true":
            raise GoogleRefusal(400, "invalid", "This simulation lists series as such only.")
        keys, first, upto = self._where(calendar, query)
        size = min(int(query.get("maxResults", "250")), self.largest)
        there = [calendar.events[key] for key in keys[first : first + size] if key in calendar.events]
        listing: Json = {
            "kind": "calendar#events",
            "etag": f'"p{upto}"',
            "summary": calendar.key,
            "timeZone": calendar.zone,
            "accessRole": role,
            "defaultReminders": calendar.reminders,
            "items": [_shown(each, role) for each in there],
        }
        if first + size < len(keys):
            return listing | {"nextPageToken": self._page_token(keys, first + size, upto)}
        return listing | {"nextSyncToken": _packed(f"{calendar.epoch} {upto}")}

    def _where(self, calendar: Calendar, query: Mapping[str, str]) -> tuple[list[str], int, int]:
        """The events of the whole listing, where the page begins, and the last change that it knows of."""
        if token := query.get("pageToken"):
            if self.lost_pages:
                raise GoogleRefusal(500, "backendError", "Backend Error")
            if token not in self._pages:
                raise GoogleRefusal(400, "invalid", "Invalid page token value.")
            return self._pages[token]
        since = -1
        if token := query.get("syncToken"):
            since = self._since(calendar, token, query)
        among = calendar.bearing(query["iCalUID"]) if "iCalUID" in query else calendar.events
        keys = [key for key in among if calendar.changed[key] > since and _wanted(calendar, key, query)]
        return keys, 0, self._store.number()

    def _since(self, calendar: Calendar, token: str, query: Mapping[str, str]) -> int:
        if any(name in query for name in _ALONE):
            raise GoogleRefusal(400, "invalid", "Sync token cannot be used with other query restrictions.")
        try:
            epoch, _, number = base64.urlsafe_b64decode(token).decode().partition(" ")
            is_good, since = int(epoch) == calendar.epoch, int(number)
        except ValueError:
            is_good = False
        if not is_good:
            raise GoogleRefusal(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        return since

    def _page_token(self, keys: list[str], first: int, upto: int) -> str:
        token = _packed(f"page {len(self._pages)}")
        self._pages[token] = keys, first, upto
        return token


def _wanted(calendar: Calendar, key: str, query: Mapping[str, str]) -> bool:
    event = calendar.events[key]
    if wanted := query.get("privateExtendedProperty"):
        name, _, value = wanted.partition("=")
        if event.get("extendedProperties", {}).get("private", {}).get(name) != value:
            return False
    if "timeMin" in query or "timeMax" in query:
        low, high = (instant_of(query[name]) if name in query else None for name in ("timeMin", "timeMax"))
        if not any(_within(each, low, high) for each in _each(event)):
            return False
    if event["status"] != "cancelled" or "syncToken" in query or query.get("showDeleted") == "true":
        return True
    master = calendar.events.get(event.get("recurringEventId", ""))
    return master is not None and master["status"] != "cancelled"


def _each(event: Json) -> list[Json]:
    return [instance(event, start) for start in starts(event)] if event.get("recurrence") else [event]


def _within(event: Json, low: datetime | None, high: datetime | None) -> bool:
    start, end = (
        instant_of(event[name].get("dateTime") or f"{event[name]['date']}T00:00:00Z") for name in ("start", "end")
    )
    return (low is None or end > low) and (high is None or start < high)


def _shown(event: Json, role: str) -> Json:
    if event["status"] == "cancelled":
        return {name: event[name] for name in _DELETED if name in event}
    if role == "freeBusyReader":
        return {name: event[name] for name in ("id", "status", "start", "end", "kind", "etag")}
    return event


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()
