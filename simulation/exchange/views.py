"""Writes what a calendar says, in the view asked for and in the asker's zone, with the real server's errors."""

import hashlib
from datetime import datetime, tzinfo
from xml.sax.saxutils import escape

from protocols.model.freebusy import Detail, Weekday
from protocols.model.intervals import BusyStatus
from protocols.zones.names import zone_named
from protocols.zones.rules import Change, rules_of
from simulation.exchange.question import AvailabilityQuestion
from simulation.exchange.soap import E, T
from simulation.expansion import Occurrence
from simulation.people import Person

BUSY_TYPES = {
    BusyStatus.FREE: "Free",
    BusyStatus.WORKING_ELSEWHERE: "WorkingElsewhere",
    BusyStatus.TENTATIVE: "Tentative",
    BusyStatus.BUSY: "Busy",
    BusyStatus.OUT_OF_OFFICE: "OOF",
}
_DIGITS = {
    BusyStatus.FREE: 0,
    BusyStatus.WORKING_ELSEWHERE: 4,
    BusyStatus.TENTATIVE: 1,
    BusyStatus.BUSY: 2,
    BusyStatus.OUT_OF_OFFICE: 3,
}
_ERRORS = {  # text, exception type and exception code; the first as a real server was seen to answer
    "ErrorMailRecipientNotFound": (
        "Unable to resolve e-mail address {} to an Active Directory object.",
        "MailRecipientNotFoundException",
        5009,
    ),
    "ErrorResultSetTooBig": (
        "The result set contains too many calendar entries. The allowed size = 1000; the actual size = {}.",
        "ResultSetTooBigException",
        5025,
    ),
    "ErrorNoFreeBusyAccess": (
        "The caller does not have permission to view the free/busy data.",
        "NoFreeBusyAccessException",
        5037,
    ),
    "ErrorProxyRequestProcessingFailed": (
        "Proxy web request failed. , inner exception: System.Net.WebException: The request failed with HTTP status 401:"
        " Unauthorized.",
        "ProxyWebRequestProcessingException",
        5016,
    ),
}


def view_of(
    person: Person, events: list[Occurrence], question: AvailabilityQuestion, detail: Detail, offset: bool
) -> str:
    """The FreeBusyResponse of one mailbox. ``offset``: times carry the offset from UTC, as old servers wrote them."""
    granted = question.view if detail is Detail.DETAILS else question.view.replace("Detailed", "FreeBusy")
    parts = [f"<FreeBusyViewType>{granted}</FreeBusyViewType>"]
    if "Merged" in granted:
        parts.append(f"<MergedFreeBusy>{_digits(events, question)}</MergedFreeBusy>")
    if granted != "MergedOnly":
        with_details = granted.startswith("Detailed")
        blocks = "".join(_event(event, question.zone, with_details, offset) for event in events)
        parts.append(f"<CalendarEventArray>{blocks}</CalendarEventArray>" if blocks else "")
        parts.append(_working_hours(person, question))
    view = "".join(parts).replace("<FreeBusyViewType>", f'<FreeBusyViewType xmlns="{T}">', 1)
    for name in ("MergedFreeBusy", "CalendarEventArray", "WorkingHours"):
        view = view.replace(f"<{name}>", f'<{name} xmlns="{T}">', 1)
    return (
        '<FreeBusyResponse><ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>'
        f"</ResponseMessage><FreeBusyView>{view}</FreeBusyView></FreeBusyResponse>"
    )


def error_of(code: str, subject: str) -> str:
    """The FreeBusyResponse of a mailbox that nothing can be said of."""
    text, kind, number = _ERRORS.get(code, ("The request could not be processed.", "AvailabilityException", 5000))
    return (
        '<FreeBusyResponse><ResponseMessage ResponseClass="Error">'
        f"<MessageText>{escape(text.format(subject))}</MessageText><ResponseCode>{code}</ResponseCode>"
        "<DescriptiveLinkKey>0</DescriptiveLinkKey><MessageXml>"
        f'<ExceptionType xmlns="{E}">Microsoft.Exchange.InfoWorker.Common.Availability.{kind}</ExceptionType>'
        f'<ExceptionCode xmlns="{E}">{number}</ExceptionCode></MessageXml></ResponseMessage>'
        f'<FreeBusyView><FreeBusyViewType xmlns="{T}">None</FreeBusyViewType></FreeBusyView></FreeBusyResponse>'
    )


def _digits(events: list[Occurrence], question: AvailabilityQuestion) -> str:
    assert question.window is not None
    low, high = question.window.seconds
    size = question.interval * 60
    cells = [BusyStatus.FREE] * -(-(high - low) // size)
    for event in events:
        start, end = event.window.seconds
        for cell in range(max(start - low, 0) // size, -(-(min(end, high) - low) // size)):
            cells[cell] = max(cells[cell], event.series.status)
    return "".join(str(_DIGITS[status]) for status in cells)


def _event(event: Occurrence, zone: tzinfo, with_details: bool, offset: bool) -> str:
    start, end = (_written(instant, zone, offset) for instant in (event.window.start, event.window.end))
    details = _details(event) if with_details else ""
    busy_type = BUSY_TYPES[event.series.status]
    return (
        f"<CalendarEvent><StartTime>{start}</StartTime><EndTime>{end}</EndTime>"
        f"<BusyType>{busy_type}</BusyType>{details}</CalendarEvent>"
    )


def _details(event: Occurrence) -> str:
    shown = event.interval(Detail.DETAILS).details
    assert shown is not None
    entry_id = hashlib.sha256(event.uid.encode()).hexdigest().upper()
    parts = [] if shown.private else [f"<ID>{entry_id}</ID>"]
    parts += [f"<Subject>{escape(shown.subject)}</Subject>"] if shown.subject else []
    parts += [f"<Location>{escape(shown.location)}</Location>"] if shown.location else []
    flags = {
        "IsMeeting": shown.meeting,
        "IsRecurring": shown.recurring,
        "IsException": shown.exception,
        "IsReminderSet": shown.reminder,
        "IsPrivate": shown.private,
    }
    parts += [f"<{name}>{str(value).lower()}</{name}>" for name, value in flags.items()]
    return f"<CalendarEventDetails>{''.join(parts)}</CalendarEventDetails>"


def _written(instant: datetime, zone: tzinfo, offset: bool) -> str:
    local = instant.astimezone(zone)
    return (local if offset else local.replace(tzinfo=None)).isoformat(timespec="seconds")


def _working_hours(person: Person, question: AvailabilityQuestion) -> str:
    zone = zone_named(person.zone)
    assert zone is not None
    assert question.window is not None
    rules = rules_of(zone, question.window.start.year)
    changes = _change("StandardTime", rules.standard) + _change("DaylightTime", rules.daylight)
    days = " ".join(Weekday(day).name.capitalize() for day in sorted(person.work_days))
    start, end = person.work_minutes
    return (
        f"<WorkingHours><TimeZone><Bias>{rules.bias}</Bias>{changes}</TimeZone><WorkingPeriodArray><WorkingPeriod>"
        f"<DayOfWeek>{days}</DayOfWeek><StartTimeInMinutes>{start}</StartTimeInMinutes>"
        f"<EndTimeInMinutes>{end}</EndTimeInMinutes></WorkingPeriod></WorkingPeriodArray></WorkingHours>"
    )


def _change(name: str, change: Change | None) -> str:
    if change is None:  # a zone that never changes still has both elements, all zero
        day = "<DayOrder>0</DayOrder><Month>0</Month><DayOfWeek>Sunday</DayOfWeek>"
        return f"<{name}><Bias>0</Bias><Time>00:00:00</Time>{day}</{name}>"
    weekday = change.weekday.name.capitalize() if change.weekday is not None else "Sunday"
    return (
        f"<{name}><Bias>{change.bias}</Bias><Time>{change.time.isoformat()}</Time><DayOrder>{change.day_order}</DayOrder>"
        f"<Month>{change.month}</Month><DayOfWeek>{weekday}</DayOfWeek></{name}>"
    )
