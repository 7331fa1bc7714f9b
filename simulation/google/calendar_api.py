"""The Calendar API of the simulated Workspace over calendars that can be written to: events, instances and channels."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from aiohttp import web

from simulation.google.calendar_channels import Channels
from simulation.google.calendar_lists import Lists
from simulation.google.calendar_masks import masked
from simulation.google.calendar_store import Calendar, Calendars, Json
from simulation.google.freebusy import instant_of
from simulation.google.refusals import GoogleRefusal, not_found

_PATH: Final = re.compile(
    r"/calendar/v3/(?:calendars/(?P<calendar>[^/]+)/events(?:/(?P<event>[^/]+))?(?P<below>/instances)?|channels/stop)"
)
_AUTH: Final = "https://www.googleapis.com/auth/calendar"
_MAY_WRITE: Final = frozenset({_AUTH, f"{_AUTH}.events"})
_MAY_READ: Final = _MAY_WRITE | {f"{_AUTH}.readonly", f"{_AUTH}.events.readonly"}
_WRITERS: Final = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})
_WRITES: Final = frozenset({"insert", "import", "patch", "update", "delete"})

Told: TypeAlias = Callable[["_Asked"], Json | None]


class _Asked:
    """One request to one calendar."""

    def __init__(self, request: web.Request, body: bytes, calendar: Calendar, event: str, role: str) -> None:
        self.query, self.calendar, self.event, self.role = request.query, calendar, event, role
        self.etag = request.headers.get("If-Match", "")
        self.body: Json = _document(body) if request.method in ("POST", "PATCH", "PUT") else {}

    @property
    def told(self) -> str:
        """Who is to be told, as Google would take it."""
        if self.query.get("sendNotifications") == "true":
            return "all"
        return self.query.get("sendUpdates", "all")


class CalendarApi:
    """Answers whatever is asked of the calendars in ``store``, to those who have a role there; ``clock`` is that of
    its quota, its times of change and its channels."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store = Calendars(clock)
        self.lists = Lists(self.store)
        self.channels = Channels(clock)
        self.store.heard = self.channels.tell

    def knows(self, path: str) -> bool:
        """Whether the request is one to a calendar in the store (or to a channel)."""
        match = _PATH.fullmatch(path)
        return match is not None and (match["calendar"] is None or unquote(match["calendar"]) in self.store.all)

    def answer(self, request: web.Request, body: bytes, user: str, scopes: frozenset[str]) -> web.Response:
        """The answer to whatever ``user`` asks. Raises GoogleRefusal."""
        if not self.store.take(user):
            raise GoogleRefusal(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits")
        match = _PATH.fullmatch(request.path)
        assert match is not None
        if match["calendar"] is None:
            return self._stopped(_document(body))
        calendar = self.store.all[unquote(match["calendar"])]
        role = calendar.roles.get(user)
        if role is None:
            raise not_found()
        method = _method(request.method, match["event"] or "", bool(match["below"]))
        _allowed(method, role, scopes)
        told = self._methods()[method](_Asked(request, body, calendar, unquote(match["event"] or ""), role))
        if told is None:
            return web.Response(status=204)
        return web.json_response(masked(told, request.query.get("fields")))

    def _methods(self) -> Mapping[str, Told]:
        return {
            "list": lambda asked: self.lists.page(asked.calendar, asked.query, asked.role),
            "get": lambda asked: self.store.find(asked.calendar, asked.event),
            "instances": self._instances,
            "insert": lambda asked: self.store.insert(asked.calendar, asked.body, told=asked.told),
            "import": self._imported,
            "patch": lambda asked: self._patched(asked, whole=False),
            "update": lambda asked: self._patched(asked, whole=True),
            "delete": self._deleted,
            "watch": lambda asked: self.channels.watch(asked.calendar.key, asked.body),
        }

    def _imported(self, asked: _Asked) -> Json:
        if not asked.body.get("iCalUID"):
            raise GoogleRefusal(400, "required", "Missing iCalUID.")
        return self.store.insert(asked.calendar, asked.body, kind="import")

    def _patched(self, asked: _Asked, *, whole: bool) -> Json:
        return self.store.patch(
            asked.calendar, asked.event, asked.body, etag=asked.etag, told=asked.told, whole=whole
        )  # fmt: skip

    def _deleted(self, asked: _Asked) -> None:
        self.store.delete(asked.calendar, asked.event, etag=asked.etag, told=asked.told)

    def _instances(self, asked: _Asked) -> Json:
        every = list(self.store.instances(asked.calendar, asked.event))
        if "originalStart" in asked.query:
            wanted = asked.query["originalStart"]
            every = [each for each in every if _is(each["originalStartTime"], wanted)]
        if asked.query.get("showDeleted") != "true":
            every = [each for each in every if each["status"] != "cancelled"]
        first, most = int(asked.query.get("pageToken", "0")), int(asked.query.get("maxResults", "250"))
        more = {"nextPageToken": str(first + most)} if first + most < len(every) else {}
        return {"kind": "calendar#events", "accessRole": asked.role, "items": every[first : first + most], **more}

    def _stopped(self, body: Json) -> web.Response:
        self.channels.stop(str(body.get("id")), str(body.get("resourceId")))
        return web.Response(status=204)


def _method(verb: str, event: str, below: bool) -> str:
    if below:
        return "instances"
    if verb == "POST" and event in ("import", "watch"):
        return event
    known = (
        {"GET": "get", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}
        if event
        else {"GET": "list", "POST": "insert"}
    )
    if verb not in known:
        raise not_found()
    return known[verb]


def _allowed(method: str, role: str, scopes: frozenset[str]) -> None:
    if not scopes & (_MAY_WRITE if method in _WRITES else _MAY_READ):
        raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    if method in _WRITES and role not in _WRITERS:
        raise GoogleRefusal(403, "requiredAccessLevel", "You need to have writer access to this calendar.")


def _is(told: Json, wanted: str) -> bool:
    if "date" in told or "T" not in wanted:
        return bool(told.get("date") == wanted)
    return instant_of(told["dateTime"]) == instant_of(wanted)


def _document(body: bytes) -> Json:
    try:
        document: Any = json.loads(body)
    except ValueError:
        raise GoogleRefusal(400, "parseError", "Parse Error") from None
    if not isinstance(document, dict):
        raise GoogleRefusal(400, "parseError", "Parse Error")
    return document
