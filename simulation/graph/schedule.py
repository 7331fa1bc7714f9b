"""getSchedule: reads what is asked, refuses what Graph refuses, and writes schedules as Graph does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from protocols.model.freebusy import Detail, Weekday
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from protocols.zones.names import windows_name, zone_named
from protocols.zones.rules import Change, rules_of
from simulation.expansion import Occurrence
from simulation.people import Person

LONGEST_WINDOW = timedelta(days=62)
STATUS = {
    BusyStatus.FREE: "free",
    BusyStatus.WORKING_ELSEWHERE: "workingElsewhere",
    BusyStatus.TENTATIVE: "tentative",
    BusyStatus.BUSY: "busy",
    BusyStatus.OUT_OF_OFFICE: "oof",
}
_DIGITS = {
    BusyStatus.FREE: 0,
    BusyStatus.TENTATIVE: 1,
    BusyStatus.BUSY: 2,
    BusyStatus.OUT_OF_OFFICE: 3,
    BusyStatus.WORKING_ELSEWHERE: 4,
}


class GraphRefusal(Exception):  # noqa: N818 - becomes the error object of an answer
    """The request as a whole is refused."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleQuestion:
    """One getSchedule. ``zone_name`` is how the asker called the zone of the answer."""

    schedules: tuple[str, ...]
    window: TimeWindow
    interval: int
    zone: tzinfo
    zone_name: str


def read_question(body: Any, preferred: str | None, most: int) -> ScheduleQuestion:
    """The question in the JSON ``body``, its answer wanted in the zone ``preferred``. Raises GraphRefusal."""
    body = {name[:1].lower() + name[1:]: value for name, value in body.items()} if isinstance(body, dict) else {}
    if not isinstance(body.get("schedules"), list) or not body["schedules"]:  # an action's names match in any case
        raise GraphRefusal(400, "ErrorMailboxDataArrayEmpty", "The schedules are empty.")
    schedules = tuple(str(schedule) for schedule in body["schedules"])
    if len(schedules) > most:
        text = "There are too many target users in the EmailAddress array."
        text += f" The allowed size = {most}; the actual size = {len(schedules)}."
        raise GraphRefusal(400, "ErrorMailboxDataArrayTooBig", text)
    start, end = (_instant(body.get(name)) for name in ("startTime", "endTime"))
    if start >= end:
        raise GraphRefusal(400, "ErrorInvalidTimeInterval", "The start time must be earlier than the end time.")
    window = TimeWindow(start, end)
    if window.length >= LONGEST_WINDOW:
        text = "The requested time duration specified for FreeBusyViewOptions.TimeWindow is too long."
        text += f" The allowed limit = 62 days; the actual limit = {window.length.days} days."
        raise GraphRefusal(400, "ErrorTimeIntervalTooBig", text)
    interval = body.get("availabilityViewInterval", 30)
    if not isinstance(interval, int):
        raise GraphRefusal(500, "ErrorInternalServerError", "An internal server error occurred.")
    if not 5 <= interval <= 1440 or interval * 60 > window.length.total_seconds():
        text = "Specify an interval that is less than the free/busy time window and between 5 and 1440 minutes."
        raise GraphRefusal(400, "ErrorInvalidMergedFreeBusyInterval", text)
    name = preferred or "UTC"
    return ScheduleQuestion(schedules=schedules, window=window, interval=interval, zone=_zone(name), zone_name=name)


def schedule_of(
    asked: str, person: Person, events: list[Occurrence], question: ScheduleQuestion, detail: Detail
) -> dict[str, Any]:
    """The answer about one mailbox."""
    return {
        "scheduleId": asked,
        "availabilityView": _digits(events, question),
        "scheduleItems": [_item(event, question, detail) for event in events],
        "workingHours": _working_hours(person, question),
    }


def error_of(asked: str, code: str, text: str) -> dict[str, Any]:
    """The answer about a mailbox that nothing can be said of."""
    return {"scheduleId": asked, "availabilityView": "", "error": {"message": text, "responseCode": code}}


def _instant(value: Any) -> datetime:
    try:
        naive = datetime.fromisoformat(value["dateTime"][:26])
    except (TypeError, KeyError, ValueError):
        raise GraphRefusal(400, "RequestBodyRead", "A dateTime cannot be read.") from None
    if naive.tzinfo is not None or value["dateTime"].endswith("Z"):  # an offset beside a timeZone is refused
        raise GraphRefusal(400, "ErrorInvalidTimeInterval", "The time interval is invalid.")
    return naive.replace(tzinfo=_zone(value.get("timeZone", ""))).astimezone(UTC)


def _zone(name: str) -> tzinfo:
    zone = zone_named(name)
    if zone is None:
        raise GraphRefusal(400, "TimeZoneNotSupportedException", f"A valid TimeZone value must be specified: {name}")
    return zone


def _item(event: Occurrence, question: ScheduleQuestion, detail: Detail) -> dict[str, Any]:
    item: dict[str, Any] = {"isPrivate": False, "status": STATUS[event.series.status]}
    shown = event.interval(detail).details
    if shown is not None:
        item |= {"isPrivate": shown.private, "isMeeting": shown.meeting, "isRecurring": shown.recurring}
        item |= {"isException": shown.exception, "isReminderSet": shown.reminder}
        item |= {} if shown.private else {"subject": shown.subject, "location": shown.location or ""}
    return item | {"start": _time(event.window.start, question), "end": _time(event.window.end, question)}


def _time(instant: datetime, question: ScheduleQuestion) -> dict[str, str]:
    local = instant.astimezone(question.zone).replace(tzinfo=None)
    return {"dateTime": f"{local.isoformat(timespec='seconds')}.0000000", "timeZone": question.zone_name}


def _digits(events: list[Occurrence], question: ScheduleQuestion) -> str:
    low, high = question.window.seconds
    size = question.interval * 60
    cells = [BusyStatus.FREE] * -(-(high - low) // size)
    for event in events:
        start, end = event.window.seconds
        for cell in range(max(start - low, 0) // size, -(-(min(end, high) - low) // size)):
            cells[cell] = max(cells[cell], event.series.status)
    return "".join(str(_DIGITS[status]) for status in cells)


def _working_hours(person: Person, question: ScheduleQuestion) -> dict[str, Any]:
    zone = _zone(person.zone)
    hours = [f"{minutes // 60:02}:{minutes % 60:02}:00.0000000" for minutes in person.work_minutes]
    named: dict[str, Any] = {"name": windows_name(zone)}
    return {
        "daysOfWeek": [Weekday(day).name.lower() for day in sorted(person.work_days)],
        "startTime": hours[0],
        "endTime": hours[1],
        "timeZone": _custom_zone(zone, question.window.start.year) if person.number % 4 == 3 else named,
    }


def _custom_zone(zone: tzinfo, year: int) -> dict[str, Any]:
    """Somebody whose mailbox has a zone of its own; the bias is west positive, as mailboxes keep it."""
    rules = rules_of(zone, year)
    custom: dict[str, Any] = {"@odata.type": "#microsoft.graph.customTimeZone", "name": "Customized Time Zone"}
    custom |= {"bias": rules.bias, "standardOffset": _change(rules.standard)}
    daylight = _change(rules.daylight)
    return custom | {"daylightOffset": daylight | {"daylightBias": rules.daylight.bias if rules.daylight else 0}}


def _change(change: Change | None) -> dict[str, Any]:
    if change is None:
        return {"time": "00:00:00.0000000", "dayOccurrence": 0, "dayOfWeek": "sunday", "month": 0, "year": 0}
    weekday = (Weekday.SUNDAY if change.weekday is None else change.weekday).name.lower()
    at = f"{change.time.isoformat()}.0000000"
    return {"time": at, "dayOccurrence": change.day_order, "dayOfWeek": weekday, "month": change.month, "year": 0}
