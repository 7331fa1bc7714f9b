"""Ways of asking: each writes a question as its clients do, and reads the answer without any code of the server's."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from bench.soak.judge import DIGITS, painted, second
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.callers.reading import Seen, read

Shown: TypeAlias = bytes | str
"""What an answer shows of one mailbox: a view, or the code of the error it has instead."""
_BERLIN: Final = ZoneInfo("Europe/Berlin")
_EWS_WORDS: Final = {
    "Free": DIGITS[BusyStatus.FREE],
    "Tentative": DIGITS[BusyStatus.TENTATIVE],
    "Busy": DIGITS[BusyStatus.BUSY],
    "OOF": DIGITS[BusyStatus.OUT_OF_OFFICE],
    "WorkingElsewhere": DIGITS[BusyStatus.WORKING_ELSEWHERE],
}
_GRAPH_WORDS: Final = {
    "free": DIGITS[BusyStatus.FREE],
    "tentative": DIGITS[BusyStatus.TENTATIVE],
    "busy": DIGITS[BusyStatus.BUSY],
    "oof": DIGITS[BusyStatus.OUT_OF_OFFICE],
    "workingElsewhere": DIGITS[BusyStatus.WORKING_ELSEWHERE],
}
_ENVELOPE: Final = """<?xml version='1.0' encoding='utf-8'?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" \
xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\
<s:Header><t:RequestServerVersion Version="Exchange2016"/></s:Header>\
<s:Body><m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>-60</t:Bias>\
<t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month>\
<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>\
<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>\
<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><m:MailboxDataArray>{targets}</m:MailboxDataArray>\
<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>\
<t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>{view}</t:RequestedView>\
</t:FreeBusyViewOptions></m:GetUserAvailabilityRequest></s:Body></s:Envelope>"""
_TARGET: Final = (
    "<t:MailboxData><t:Email><t:Address>{}</t:Address><t:RoutingType>SMTP</t:RoutingType></t:Email>"
    "<t:AttendeeType>Required</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>"
)


class UnreadableAnswerError(Exception):
    """An answer that is none of its dialect, or says two things at once."""


class Dialect(Protocol):
    """One way of asking."""

    @property
    def name(self) -> str:
        """For the report."""
        ...

    @property
    def path(self) -> str:
        """Where it asks."""
        ...

    @property
    def one_kind(self) -> bool:
        """Whether it tells no status but busy."""
        ...

    def headers(self) -> dict[str, str]:
        """What stands above the question."""
        ...

    def question(self, addresses: Sequence[str], window: TimeWindow) -> bytes:
        """The body."""
        ...

    def shown(self, answer: bytes, status: int, addresses: Sequence[str], window: TimeWindow) -> list[Shown]:
        """What an answer with that HTTP status shows of each address, in order. Raises UnreadableAnswerError."""
        ...


@dataclass(frozen=True, slots=True)
class Ews:
    """GetUserAvailability, in one of its views."""

    view: str
    path: str = "/EWS/Exchange.asmx"
    one_kind: bool = False

    @property
    def name(self) -> str:
        """See :class:`Dialect`."""
        return f"EWS {self.view}"

    def headers(self) -> dict[str, str]:
        """See :class:`Dialect`."""
        return {"Content-Type": "text/xml; charset=utf-8"}

    def question(self, addresses: Sequence[str], window: TimeWindow) -> bytes:
        """See :class:`Dialect`."""
        start, end = (f"{each.astimezone(_BERLIN):%Y-%m-%dT%H:%M:%S}" for each in (window.start, window.end))
        targets = "".join(map(_TARGET.format, addresses))
        return _ENVELOPE.format(targets=targets, start=start, end=end, view=self.view).encode()

    def shown(self, answer: bytes, status: int, addresses: Sequence[str], window: TimeWindow) -> list[Shown]:
        """See :class:`Dialect`."""
        if status not in (200, 500, 503):
            raise UnreadableAnswerError(f"HTTP {status}")
        seen = _read(answer, tuple(addresses))
        for each in seen:
            if each.code in ("Unreadable", "WrongCount", "NoResponseMessage", "NoFreeBusyViewType", "UnreadableTime"):
                raise UnreadableAnswerError(f"{each.code} {each.text}")
        return [self._one(each, window) if each.known else each.code for each in seen]

    def _one(self, seen: Seen, window: TimeWindow) -> bytes:
        if self.view == "MergedOnly":
            return bytes(map(int, seen.merged))
        blocks = _as_view(window, [(b.start, b.end, _EWS_WORDS[b.status]) for b in seen.blocks])
        if "Merged" in self.view and bytes(map(int, seen.merged)) != blocks:
            raise UnreadableAnswerError("the events say one thing, the digits another")
        return blocks


@dataclass(frozen=True, slots=True)
class Google:
    """freeBusy.query."""

    name: str = "Google freeBusy"
    path: str = "/calendar/v3/freeBusy"
    one_kind: bool = True

    def headers(self) -> dict[str, str]:
        """See :class:`Dialect`."""
        return {"Content-Type": "application/json"}

    def question(self, addresses: Sequence[str], window: TimeWindow) -> bytes:
        """See :class:`Dialect`."""
        times = {"timeMin": window.start.isoformat(), "timeMax": window.end.isoformat()}
        return json.dumps({**times, "items": [{"id": each} for each in addresses]}).encode()

    def shown(self, answer: bytes, status: int, addresses: Sequence[str], window: TimeWindow) -> list[Shown]:
        """See :class:`Dialect`."""
        document = _document(answer)
        if status != 200:
            return [f"HTTP {status}"] * len(addresses)
        calendars = document.get("calendars", {})
        if set(calendars) != set(addresses):
            raise UnreadableAnswerError(f"{len(calendars)} calendars of {len(set(addresses))}")
        return [self._one(calendars[each], window) for each in addresses]

    def _one(self, told: dict[str, Any], window: TimeWindow) -> Shown:
        if "errors" in told:
            if told.get("busy"):
                raise UnreadableAnswerError("busy beside errors")
            return str(told["errors"][0]["reason"])
        busy = DIGITS[BusyStatus.BUSY]
        instant = datetime.fromisoformat
        return _as_view(window, [(instant(each["start"]), instant(each["end"]), busy) for each in told["busy"]])


@dataclass(frozen=True, slots=True)
class Graph:
    """getSchedule."""

    name: str = "Graph getSchedule"
    path: str = "/v1.0/me/calendar/getSchedule"
    one_kind: bool = False

    def headers(self) -> dict[str, str]:
        """See :class:`Dialect`."""
        return {"Content-Type": "application/json"}

    def question(self, addresses: Sequence[str], window: TimeWindow) -> bytes:
        """See :class:`Dialect`."""
        start, end = ({"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"} for at in (window.start, window.end))
        asked = {"schedules": list(addresses), "startTime": start, "endTime": end, "availabilityViewInterval": 30}
        return json.dumps(asked).encode()

    def shown(self, answer: bytes, status: int, addresses: Sequence[str], window: TimeWindow) -> list[Shown]:
        """See :class:`Dialect`."""
        document = _document(answer)
        if status != 200:
            return [f"HTTP {status}"] * len(addresses)
        schedules = document.get("value", [])
        if [each.get("scheduleId") for each in schedules] != list(addresses):
            raise UnreadableAnswerError("the schedules are not those asked for, in order")
        return [self._one(each, window) for each in schedules]

    def _one(self, told: dict[str, Any], window: TimeWindow) -> Shown:
        if "error" in told:
            if told.get("scheduleItems") or told.get("availabilityView"):
                raise UnreadableAnswerError("a schedule beside an error")
            return str(told["error"]["responseCode"])
        items = told["scheduleItems"]
        view = _as_view(window, [(_utc(i["start"]), _utc(i["end"]), _GRAPH_WORDS[i["status"]]) for i in items])
        if bytes(map(int, told["availabilityView"])) != view:
            raise UnreadableAnswerError("the items say one thing, the digits another")
        return view


DIALECTS: Final[tuple[Dialect, ...]] = (
    Ews("DetailedMerged"),
    Ews("DetailedMerged"),
    Ews("FreeBusyMerged"),
    Ews("FreeBusy"),
    Ews("MergedOnly"),
    Google(),
    Graph(),
)
"""All ways of asking; what is asked more often stands there more often."""


def login(username: str, password: str) -> Mapping[str, str]:
    """The header that proves who asks."""
    return {"Authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode()}


@lru_cache(maxsize=2048)
def _read(answer: bytes, addresses: tuple[str, ...]) -> list[Seen]:
    return read(answer, list(addresses), _BERLIN)


def _as_view(window: TimeWindow, blocks: list[tuple[datetime, datetime, int]]) -> bytes:
    try:
        return painted(window, [(second(start), second(end), digit) for start, end, digit in blocks])
    except ValueError as error:
        raise UnreadableAnswerError(str(error)) from None


def _document(answer: bytes) -> dict[str, Any]:
    try:
        document = json.loads(answer)
    except ValueError:
        raise UnreadableAnswerError("no JSON") from None
    if not isinstance(document, dict):
        raise UnreadableAnswerError("no JSON object")
    return document


def _utc(told: dict[str, str]) -> datetime:
    if told["timeZone"] != "UTC":
        raise UnreadableAnswerError(f"asked in UTC, answered in {told['timeZone']}")
    return datetime.fromisoformat(told["dateTime"][:19]).replace(tzinfo=UTC)
