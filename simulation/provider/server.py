"""The simulated in-house system: everybody of the estate, whatever their company, behind one bearer token."""

import json
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any

from aiohttp import web

from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.estate import Estate
from simulation.expansion import Occurrence
from simulation.faults import Call, Trouble
from simulation.people import Person
from simulation.server import SimulatedServer

TOKEN = "shifts-token-0815"
PATH = "/freebusy"
STATUS = {
    BusyStatus.FREE: "free",
    BusyStatus.WORKING_ELSEWHERE: "working-elsewhere",
    BusyStatus.TENTATIVE: "tentative",
    BusyStatus.BUSY: "busy",
    BusyStatus.OUT_OF_OFFICE: "out-of-office",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ProviderServer(SimulatedServer):
    """``token`` is what a request must bear. ``faults.addresses`` gives mailboxes an error code of the contract."""

    def __init__(self, estate: Estate, *, ssl: SSLContext | None = None, token: str = TOKEN) -> None:
        super().__init__(estate, ssl=ssl)
        self.token = token

    @property
    def question_url(self) -> str:
        """Where questions are posted."""
        return self.url + PATH

    def is_question(self, path: str) -> bool:
        return path == PATH

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        try:
            return tuple(map(str, json.loads(call.body)["mailboxes"]))
        except (ValueError, KeyError, TypeError):
            return ()

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        if request.path != PATH:
            return web.Response(status=404)
        if trouble is Trouble.DENIED or call.headers.get("authorization") != f"Bearer {self.token}":
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        try:
            body = json.loads(call.body)
            window = TimeWindow(*(_instant(body["window"][name]) for name in ("start", "end")))
            entries = [self._entry(str(name), window, bool(body["details"])) for name in body["mailboxes"]]
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400)
        if trouble is Trouble.WRONG_COUNT:
            entries.pop()
        if trouble is Trouble.WRONG_ORDER:
            entries.reverse()
        return web.json_response({"version": 1, "mailboxes": entries})

    def throttled(self, request: web.Request) -> web.Response:
        wait = {} if self.faults.retry_after is None else {"Retry-After": f"{self.faults.retry_after:g}"}
        return web.Response(status=self.faults.throttle_status or 429, headers=wait)

    def broken(self, request: web.Request) -> web.Response:
        return web.Response(status=500, text="the database is away")

    def _entry(self, address: str, window: TimeWindow, details: bool) -> dict[str, Any]:
        if code := self.faults.addresses.get(address.lower()):
            return {"mailbox": address, "error": {"code": code}}
        person = self.estate.find(address)
        if person is None:
            return {"mailbox": address, "error": {"code": "not-found"}}
        events = [_event(event, person, details) for event in self.estate.events(person.address, window)]
        return {"mailbox": address, "events": events, "workingHours": _hours(person)}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _event(event: Occurrence, person: Person, details: bool) -> dict[str, Any]:
    if event.days is not None:
        first, last = event.days
        times = {"start": first.isoformat(), "end": last.isoformat(), "zone": person.zone}
    else:
        times = {"start": event.window.start.isoformat(), "end": event.window.end.isoformat()}
    shown = event.interval(Detail.DETAILS).details if details else None
    told: dict[str, Any] = {}
    if shown is not None:
        told = {name: getattr(shown, name) for name in ("meeting", "recurring", "exception", "private")}
        told |= {} if shown.private else {"subject": shown.subject, "location": shown.location}
    return {**times, "status": STATUS[event.series.status], **told}


def _hours(person: Person) -> dict[str, Any]:
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in person.work_minutes)
    return {
        "zone": person.zone,
        "periods": [{"days": [_DAYS[day] for day in sorted(person.work_days)], "start": start, "end": end}],
    }
