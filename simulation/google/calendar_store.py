"""The calendars of the simulated Workspace that can be written to: their events, changes, readers and mails."""

import copy
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeAlias

from simulation.google.calendar_checks import checked
from simulation.google.calendar_series import instance, original, starts
from simulation.google.refusals import GoogleRefusal, not_found

Json: TypeAlias = dict[str, Any]
_MINUTE: Final = timedelta(minutes=1)
_FIXED: Final = frozenset(
    {"id", "etag", "kind", "created", "updated", "iCalUID", "organizer", "recurringEventId", "originalStartTime"}
    | {"eventType", "sequence", "locked"}
)
"""What no patch changes."""
_USUAL: Final[Json] = {"status": "confirmed", "reminders": {"useDefault": True}}


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that Google would have sent: ``what`` was done with an event, to whom."""

    what: str
    event: str
    to: tuple[str, ...]


@dataclass(slots=True)
class Calendar:
    """One calendar. ``roles`` are those of its readers (owner, writer, reader, freeBusyReader); ``spoilt`` events are
    as they are, and never looked at by the server itself."""

    key: str
    zone: str = "UTC"
    reminders: list[Json] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    events: dict[str, Json] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    epoch: int = 0
    uids: dict[str, set[str]] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)

    def keep(self, event: Json, number: int) -> None:
        """``event`` stands there from now on, by the change of that number."""
        key = event["id"]
        self.events[key], self.changed[key] = event, number
        self.uids.setdefault(str(event.get("iCalUID")), set()).add(key)
        self.parts.setdefault(str(event.get("recurringEventId")), set()).add(key)

    def drop(self, event: Json) -> None:
        """``event`` was never there."""
        key = event["id"]
        del self.events[key], self.changed[key]
        self.uids[str(event.get("iCalUID"))].discard(key)
        self.parts[str(event.get("recurringEventId"))].discard(key)

    def exceptions(self, key: str) -> list[Json]:
        """The events that are occurrences of the series ``key``."""
        return [self.events[each] for each in sorted(self.parts.get(key, ()))]

    def bearing(self, uid: str) -> list[str]:
        """The events that bear this iCalUID, deleted ones included."""
        return sorted(self.uids.get(uid, ()))


class Calendars:
    """All of them, by calendarId. ``mails`` is what Google would have sent by now: it takes a missing ``sendUpdates``
    for "all", since "some emails might still be sent". ``quota``: so many requests a minute for each user (None: any
    number). ``heard`` is called with each calendar that changes."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.all: dict[str, Calendar] = {}
        self.mails: list[Mail] = []
        self.quota: int | None = None
        self.heard: Callable[[str], None] = lambda _: None
        self._asked: dict[str, deque[datetime]] = {}
        self._number = 0

    def add(self, key: str, *, owner: str, zone: str = "UTC", reminders: tuple[int, ...] = ()) -> Calendar:
        """A new calendar; ``reminders`` are the minutes of its default ones."""
        default = [{"method": "popup", "minutes": each} for each in reminders]
        self.all[key] = Calendar(key, zone, default, {owner: "owner"})
        return self.all[key]

    def expire(self) -> None:
        """No sync token that was ever given is good any more."""
        for calendar in self.all.values():
            calendar.epoch += 1

    def take(self, user: str) -> bool:
        """Whether ``user`` may ask once more in this minute."""
        now, asked = self.clock(), self._asked.setdefault(user, deque())
        while asked and asked[0] <= now - _MINUTE:
            asked.popleft()
        if self.quota is not None and len(asked) >= self.quota:
            return False
        asked.append(now)
        return True

    def number(self) -> int:
        """How many changes there were."""
        return self._number

    def insert(self, calendar: Calendar, body: Json, *, told: str = "all", kind: str = "insert") -> Json:
        """A new event; of ``kind`` "import" it mails nobody. Raises GoogleRefusal."""
        self._number += 1
        key = str(body.get("id") or f"evt{self._number:022d}")
        if key in calendar.events or (body.get("iCalUID") and calendar.bearing(body["iCalUID"])):
            raise GoogleRefusal(409, "duplicate", "The requested identifier already exists.")
        told_by = body.get("organizer") if kind == "import" else None
        fixed = {
            "kind": "calendar#event",
            "id": key,
            "iCalUID": body.get("iCalUID") or f"{key}@google.com",
            "created": self._now(),
            "organizer": told_by or {"email": calendar.key},
            "eventType": body.get("eventType", "default") if kind == "insert" else "default",
            "sequence": 0,
        }
        event = self._kept(calendar, _USUAL | checked(body, calendar.zone) | fixed)
        if kind == "insert":
            self._mail("invitation", calendar, event, told)
        return event

    def patch(
        self, calendar: Calendar, key: str, body: Json, *, etag: str = "", told: str = "all", whole: bool = False
    ) -> Json:
        """What ``body`` says, and with ``whole`` nothing else; an occurrence becomes an event of its own. Raises
        GoogleRefusal."""
        before = self.find(calendar, key)
        _match(before, etag)
        fixed = {name: value for name, value in before.items() if name in _FIXED}
        kept = _USUAL | fixed if whole else before
        wanted = {name: value for name, value in body.items() if name not in _FIXED}
        after = checked(merged(kept, wanted), calendar.zone)
        event = self._kept(calendar, after | {"sequence": before.get("sequence", 0) + 1})
        if before.get("recurrence"):
            self._reshape(calendar, event)
        what = "cancellation" if event["status"] == "cancelled" else "update"
        self._mail(what, calendar, before | {"attendees": _people(before) + _people(event)}, told)
        return event

    def delete(self, calendar: Calendar, key: str, *, etag: str = "", told: str = "all") -> None:
        """The event goes, a series with all its occurrences. Raises GoogleRefusal."""
        before = self.find(calendar, key)
        if before["status"] == "cancelled":
            raise GoogleRefusal(410, "deleted", "Resource has been deleted")
        _match(before, etag)
        for each in (before, *calendar.exceptions(key)):
            self._kept(calendar, each | {"status": "cancelled"})
        self._mail("cancellation", calendar, before, told)

    def plant(self, calendar: Calendar, event: Json) -> Json:
        """An event just as it is, whatever is wrong with it."""
        self._number += 1
        return self._kept(calendar, {"id": f"evt{self._number:022d}", "status": "confirmed"} | event)

    def find(self, calendar: Calendar, key: str) -> Json:
        """An event, or an occurrence of a series. Raises GoogleRefusal(404)."""
        if key in calendar.events:
            return calendar.events[key]
        master = calendar.events.get(key.rpartition("_")[0])
        if master is None or not master.get("recurrence") or master["status"] == "cancelled":
            raise not_found()
        for start in starts(master):
            if (made := instance(master, start))["id"] == key:
                return made
        raise not_found()

    def instances(self, calendar: Calendar, key: str) -> Iterator[Json]:
        """All occurrences of a series as they are now, cancelled ones included. Raises GoogleRefusal(404)."""
        master = self.find(calendar, key)
        if master["status"] == "cancelled" or not master.get("recurrence"):
            raise not_found()
        own = {original(each): each for each in calendar.exceptions(key)}
        for start in starts(master):
            yield own.get(start) or instance(master, start)

    def _reshape(self, calendar: Calendar, master: Json) -> None:
        """Exceptions of occurrences that there are no more go."""
        left: set[datetime | date] = set(starts(master)) if master.get("recurrence") else set()
        for each in calendar.exceptions(master["id"]):
            if original(each) not in left:
                calendar.drop(each)

    def _kept(self, calendar: Calendar, event: Json) -> Json:
        self._number += 1
        event = copy.deepcopy(event) | {"etag": f'"{self._number:016d}"', "updated": self._now()}
        for person in (*_people(event), event.get("organizer") or {}):
            person.pop("self", None)
            person.update({"self": True} if person.get("email") == calendar.key else {})
        calendar.keep(event, self._number)
        self.heard(calendar.key)
        return event

    def _now(self) -> str:
        return f"{self.clock().astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{self._number % 1000:03d}Z"

    def _mail(self, what: str, calendar: Calendar, event: Json, told: str) -> None:
        to = {str(each.get("email")) for each in _people(event)} - {calendar.key}
        if to and told != "none":
            self.mails.append(Mail(what, event["id"], tuple(sorted(to))))


def merged(old: Json, patch: Json) -> Json:
    """Patch semantics: objects are merged, null takes away, lists and all else are replaced."""
    made = dict(old)
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict):
            made[key] = merged(made[key] if isinstance(made.get(key), dict) else {}, value)
        else:
            made[key] = copy.deepcopy(value)
    return made


def _people(event: Json) -> list[Json]:
    people = event.get("attendees")
    return people if isinstance(people, list) else []


def _match(event: Json, etag: str) -> None:
    if etag and etag != "*" and etag != event["etag"]:
        raise GoogleRefusal(412, "conditionNotMet", "Precondition Failed")
