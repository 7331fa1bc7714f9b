"""A server of published calendars for the contract: everybody's events as .ics, and their free/busy time as .ifb."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from protocols.model.intervals import BusyStatus
from simulation.expansion import DAY, Series
from simulation.faults import Call, Trouble
from simulation.server import SimulatedServer
from tests.contracts.world import WINDOW, World

_FBTYPES = {
    BusyStatus.TENTATIVE: "BUSY-TENTATIVE",
    BusyStatus.BUSY: "BUSY",
    BusyStatus.OUT_OF_OFFICE: "BUSY-UNAVAILABLE",
}
_WORDS = {  # [MS-OXCICAL] 2.1.3.1.1.20.31
    BusyStatus.FREE: "FREE",
    BusyStatus.WORKING_ELSEWHERE: "WORKINGELSEWHERE",
    BusyStatus.TENTATIVE: "TENTATIVE",
    BusyStatus.BUSY: "BUSY",
    BusyStatus.OUT_OF_OFFICE: "OOF",
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_AHEAD = timedelta(days=60)


class PublishedServer(SimulatedServer):
    """``/{address}.ics`` and ``/{address}.ifb``, which ends at ``until``. Codes of mailboxes are HTTP statuses."""

    def __init__(self, world: World, *, until: datetime | None = None) -> None:
        super().__init__(world)
        self.world = world
        self.until = until

    def is_question(self, path: str) -> bool:
        return path.endswith((".ics", ".ifb"))

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        return (request.path.strip("/").rpartition(".")[0],)

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        address, _, kind = request.path.strip("/").rpartition(".")
        if trouble is Trouble.DENIED:
            return web.Response(status=401)
        if code := self.faults.addresses.get(address):
            return web.Response(status=int(code))
        if address not in self.world.calendars or not self.is_question(request.path):
            return web.Response(status=404)
        return self.calendar(self._events(address) if kind == "ics" else self.free_busy(address))

    def calendar(self, lines: list[str]) -> web.Response:
        """An answer of iCalendar."""
        text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//b.example//EN", *lines, "END:VCALENDAR", ""])
        return web.Response(text=text, content_type="text/calendar", charset="utf-8")

    def throttled(self, request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": f"{self.faults.retry_after:g}"})

    def broken(self, request: web.Request) -> web.Response:
        return web.Response(status=500)

    def _events(self, address: str) -> list[str]:
        return [line for series in self.world.calendars[address] for line in vevents(series)]

    def free_busy(self, address: str) -> list[str]:
        """Somebody's time as VFREEBUSY."""
        end = self.until or WINDOW.end + _AHEAD
        lines = ["BEGIN:VFREEBUSY", "UID:1", f"DTSTAMP:{_utc(WINDOW.start)}", f"DTSTART:{_utc(WINDOW.start - _AHEAD)}"]
        lines.append(f"DTEND:{_utc(end)}")
        lines += [
            f"FREEBUSY;FBTYPE={_FBTYPES[one.series.status]}:{_utc(one.window.start)}/{_utc(one.window.end)}"
            for one in self.world.events(address, WINDOW)
            if one.series.status in _FBTYPES
        ]
        return [*lines, "END:VFREEBUSY"]


def vevents(series: Series) -> list[str]:
    """The event, or the master of the series and what differs from it (RFC 5545 3.8.4.4)."""
    begin = datetime.combine(series.first, series.start)
    rule: list[str] = []
    if series.days:
        days = ",".join(_DAYS[day] for day in sorted(series.days))
        until = f";UNTIL={datetime.combine(series.last, series.start):%Y%m%dT%H%M%S}Z" if series.last else ""
        rule.append(f"RRULE:FREQ=WEEKLY;INTERVAL={series.every};BYDAY={days};WKST=MO{until}")
        begin += next(n for n in range(7) if (begin + n * DAY).weekday() in series.days) * DAY
        gone = [datetime.combine(day, series.start) for day in sorted(series.cancelled)]
        rule += [f"EXDATE{_time(each, series)}" for each in gone]
    found = _vevent(series, begin, rule)
    for day, start in series.moved:
        original = datetime.combine(day, series.start)
        found += _vevent(series, start, [f"RECURRENCE-ID{_time(original, series)}"])
    return found


def _vevent(series: Series, begin: datetime, more: list[str]) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{series.uid}", "DTSTAMP:20261001T000000Z", f"DTSTART{_time(begin, series)}"]
    lines += [f"DTEND{_time(begin + series.length, series)}", *more]
    lines += [
        f"SUMMARY:{series.subject}",
        f"LOCATION:{series.location}",
        f"CLASS:{'PRIVATE' if series.private else 'PUBLIC'}",
    ]
    lines.append(f"TRANSP:{'TRANSPARENT' if series.status is BusyStatus.FREE else 'OPAQUE'}")
    lines.append(f"STATUS:{'TENTATIVE' if series.status is BusyStatus.TENTATIVE else 'CONFIRMED'}")
    return [*lines, f"X-MICROSOFT-CDO-BUSYSTATUS:{_WORDS[series.status]}", "END:VEVENT"]


def _time(naive: datetime, series: Series) -> str:
    if series.all_day:
        return f";VALUE=DATE:{naive:%Y%m%d}"
    return f":{naive:%Y%m%dT%H%M%S}Z" if series.zone == "UTC" else f";TZID={series.zone}:{naive:%Y%m%dT%H%M%S}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
