"""The calendars in the mailboxes of the simulated Microsoft 365, as Graph shows and changes them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count, islice
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from simulation.graph import calendar_delta
from simulation.graph.calendar_delta import Journal
from simulation.graph.calendar_objects import Stored, put, put_occurrence, window_of
from simulation.graph.calendar_telling import Telling, held
from simulation.graph.mailbox_limits import MailboxLimits, Reply
from simulation.graph.schedule import GraphRefusal

_PATH: Final = re.compile(
    r"/users/(?P<user>[^/]+)/(?:(?P<list>calendars)|(?:calendars/(?P<calendar>[^/]+)/|calendar/)?"
    r"(?:(?P<delta>calendarView/delta)|events(?:/(?P<event>[^/]+)(?P<instances>/instances)?)?))"
)
_READ: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
OWN: Final = "own"
"""The id of the calendar that every mailbox has."""
_SIZE: Final = re.compile(r"odata\.maxpagesize=(\d+)")
_MOST: Final = 100_000
_OURS: Final = 0x4000_0000
"""Where the numbers in our UIDs begin: those of the simulated Exchange servers are others."""


@dataclass(slots=True)
class Calendar:
    """One calendar: its events by id, and which of them a transaction made."""

    name: str
    writable: bool = True
    events: dict[str, Stored] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    transactions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """What Exchange would send to attendees."""

    what: str
    subject: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    user: str


class CalendarDesk:
    """Answers for the calendars of ``mailboxes``, by address.

    ``mails`` are those that Exchange would send since somebody takes part in what was written. ``heeds`` says whether
    texts are told as text where that is asked for, ``page`` the most events of a page of a delta. ``changed`` is told
    of each change: mailbox, calendar, event, and "created", "updated" or "deleted".
    """

    def __init__(
        self,
        mailboxes: Iterable[str] = (),
        *,
        limits: MailboxLimits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.mailboxes = {address: {OWN: Calendar("Calendar")} for address in mailboxes}
        self.limits = limits or MailboxLimits()
        self.clock = clock
        self.mails: list[Mail] = []
        self.heeds = True
        self.page = 1000
        self.changed: Callable[[str, str, str, str], None] = lambda user, calendar, event, what: None
        self._numbers = count(1)

    def is_asked(self, path: str) -> bool:
        """Whether the request is for calendars or events in mailboxes."""
        return path.startswith("/v1.0/") and self._match(path[5:]) is not None

    async def one(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any,
        *,
        roles: frozenset[str],
        url: str,
        lost: bool = False,
    ) -> Reply:
        """The answer to one request; ``path`` lies below Graph's version and has its query."""
        parts = urlsplit(path)
        match = self._match(unquote(parts.path))
        user = match["user"].lower() if match else ""
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked = _Asked(
            method=method, url=f"{url}/v1.0{parts.path}", query=query, headers=headers, body=body, user=user
        )  # fmt: skip

        def told() -> Reply:
            if match is None:
                raise GraphRefusal(404, "ResourceNotFound", "Resource not found.")
            return self._told(asked, match, roles, lost)

        return await self.limits.within(user, method, path, told)

    def mailbox_of(self, path: str) -> str:
        """Whose mailbox a path is for, "" for nobody's."""
        match = self._match(unquote(urlsplit(path).path))
        return match["user"].lower() if match else ""

    def touch(self, user: str, key: str, calendar: str = OWN) -> None:
        """Another change key without any change, as Exchange's own clean-up does."""
        self._note(user, calendar, self.mailboxes[user][calendar].events[key], "updated")

    def expire(self) -> None:
        """All tokens are worthless."""
        for calendars in self.mailboxes.values():
            for calendar in calendars.values():
                calendar.journal.generation += 1

    def plant(self, user: str, body: Mapping[str, Any], calendar: str = OWN, **more: Any) -> Stored:
        """An event made by somebody else than an application; ``more`` are attributes of what is stored."""
        event = self._new(body)
        for name, value in more.items():
            setattr(event, name, value)
        self.mailboxes[user][calendar].events[event.key] = event
        self._note(user, calendar, event, "created")
        return event

    def _told(self, asked: _Asked, match: re.Match[str], roles: frozenset[str], lost: bool) -> Reply:
        may = roles & (_READ if asked.method == "GET" else {"Calendars.ReadWrite"})
        if not may:
            raise GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        calendars = self.mailboxes.get(asked.user)
        if calendars is None:
            raise GraphRefusal(404, "ErrorInvalidUser", f"The requested user '{asked.user}' is invalid.")
        if match["list"]:
            return Reply(200, {"value": [_shown(asked.user, key, each) for key, each in calendars.items()]})
        key = match["calendar"] or OWN
        calendar = calendars.get(key)
        if calendar is None:
            raise _no_item()
        if asked.method != "GET" and not calendar.writable:
            raise GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        telling = Telling(asked.user, asked.headers, heeds=self.heeds)
        if match["delta"]:
            size = _SIZE.search(asked.headers.get("prefer", ""))
            most = min(int(size[1]) if size else 10, self.page)
            return Reply(200, calendar_delta.answer(
                calendar.events, calendar.journal, asked.query, asked.url, telling, page=most, lost=lost
            ))  # fmt: skip
        if match["event"] is None:
            return self._events(asked, key, calendar, telling)
        return self._event(asked, key, calendar, telling, match)

    def _events(self, asked: _Asked, key: str, calendar: Calendar, telling: Telling) -> Reply:
        if asked.method == "POST":
            return self._made(asked, key, calendar, telling)
        query = asked.query
        every, start = held(calendar.events.values(), query.get("$filter", "")), int(query.get("$skip", "0"))
        size = min(int(query.get("$top", "10")), self.page)
        found: dict[str, Any] = {"value": [telling.event(each, query) for each in every[start : start + size]]}
        if len(every) > start + size:
            found["@odata.nextLink"] = f"{asked.url}?{urlencode({**query, '$skip': str(start + size)})}"
        return Reply(200, found)

    def _made(self, asked: _Asked, key: str, calendar: Calendar, telling: Telling) -> Reply:
        body = _object(asked.body)
        token = body.get("transactionId")
        twin = calendar.events.get(calendar.transactions.get(str(token), "")) if token else None
        if twin is not None:
            return Reply(201, telling.event(twin, {}))
        event = self._new(body)
        calendar.events[event.key] = event
        calendar.transactions[str(token)] = event.key
        self._note(asked.user, key, event, "created")
        self._mail("request", event.properties)
        return Reply(201, telling.event(event, {}))

    def _event(
        self, asked: _Asked, key: str, calendar: Calendar, telling: Telling, match: re.Match[str]
    ) -> Reply:  # fmt: skip
        one, dot, day = match["event"].partition(".")
        event = calendar.events.get(one)
        if event is None or (dot and not _has(event, day)):
            raise _no_item()
        if match["instances"]:
            return Reply(200, {"value": list(_instances(event, asked.query, telling))})
        occurrence = date.fromisoformat(day) if dot else None
        told = telling.event(event, asked.query) if occurrence is None else telling.occurrence(event, occurrence, {})
        if asked.method == "GET":
            return Reply(200, told)
        if asked.headers.get("if-match", "*") not in ("*", told["@odata.etag"]):
            text = "The send or update operation could not be performed because the change key passed does not match."
            raise GraphRefusal(412, "ErrorIrresolvableConflict", text)
        if asked.method == "DELETE":
            self._deleted(asked, key, calendar, event, occurrence)
            return Reply(204)
        if occurrence is None:
            put(event, _object(asked.body), new=False)
        else:
            put_occurrence(event, occurrence, _object(asked.body))
        self._note(asked.user, key, event, "updated")
        self._mail("update", event.properties)
        return Reply(200, telling.event(event, {}) if occurrence is None else telling.occurrence(event, occurrence, {}))

    def _deleted(
        self, asked: _Asked, key: str, calendar: Calendar, event: Stored, occurrence: date | None
    ) -> None:  # fmt: skip
        self._mail("cancellation", event.properties)
        if occurrence is None:
            del calendar.events[event.key]
            self._note(asked.user, key, event, "deleted")
            return
        event.cancelled.add(occurrence)
        event.altered.pop(occurrence, None)
        self._note(asked.user, key, event, "updated")

    def _new(self, body: Mapping[str, Any]) -> Stored:
        number = next(self._numbers)
        event = Stored(
            f"AAkAL{number}=", {}, uid=f"040000008200E00074C5B7101A82E008{_OURS + number:08X}", version=number * 1000
        )
        put(event, body, new=True)
        return event

    def _note(self, user: str, calendar: str, event: Stored, what: str) -> None:
        event.version += 1
        event.modified = self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.mailboxes[user][calendar].journal.changed.append(event.key)
        self.changed(user, calendar, event.key, what)

    def _mail(self, what: str, properties: Mapping[str, Any]) -> None:
        told = properties.get("attendees") or ()
        to = tuple(str(each.get("emailAddress", {}).get("address", "")) for each in told)
        if to:
            self.mails.append(Mail(what, str(properties.get("subject")), to))

    @staticmethod
    def _match(path: str) -> re.Match[str] | None:
        return _PATH.fullmatch(path)


def _instances(event: Stored, query: Mapping[str, str], telling: Telling) -> Iterator[dict[str, Any]]:
    if not event.repeats:
        raise GraphRefusal(400, "ErrorInvalidRequest", "The event is not a series.")
    start, end = (datetime.fromisoformat(query[name]) for name in ("startDateTime", "endDateTime"))
    names = {name: value for name, value in query.items() if name == "$select"}
    for day in islice(event.days(), _MOST):
        if event.original(day) > end and day not in event.altered:
            return
        first, last = window_of(event.of(day))
        if first < end and last >= start:
            yield telling.occurrence(event, day, names)


def _has(event: Stored, day: str) -> bool:
    try:
        return event.repeats and date.fromisoformat(day) in event.days()
    except ValueError:
        return False


def _shown(user: str, key: str, calendar: Calendar) -> dict[str, Any]:
    return {
        "id": key,
        "name": calendar.name,
        "canEdit": calendar.writable,
        "isDefaultCalendar": key == OWN,
        "owner": {"name": user.partition("@")[0], "address": user},
    }


def _no_item() -> GraphRefusal:
    return GraphRefusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def _object(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise GraphRefusal(400, "BadRequest", "A JSON object is wanted.")
    return body
