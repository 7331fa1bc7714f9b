"""Strange appointments as each system itself holds them: markup, long texts, no end, a subject over the limit."""

from collections.abc import Mapping
from typing import Any, Final

import icalendar
from lxml import etree

from simulation.exchange.calendar_folders import CalendarDesk, CalendarFolder
from simulation.exchange.soap import T
from simulation.google.calendar_checks import LONGEST_DESCRIPTION
from simulation.google.calendar_store import Calendar, Calendars
from simulation.graph.calendar_desk import CalendarDesk as GraphDesk
from tests.calsync.spokes.graph_calendar_world import ANNA

MARKUP: Final = (
    "<html><head><style>p{color:red}</style></head><body><p>Hello <b>all</b> &amp; &lt;you&gt;</p>"
    "<ul><li>one</li><li>two</li></ul><a href='https://b.example/?a=1&amp;b=2'>here</a><br/><br/></body></html>"
)
HUGE: Final = "Long \U0001f989 line\n" * 150_000  # more than 2 MB
LONG_SUBJECT: Final = "Ü" * 5000
_AT: Final = {"start": {"dateTime": "2026-11-09T09:00:00Z"}, "end": {"dateTime": "2026-11-09T10:00:00Z"}}
_GRAPH_AT: Final[Mapping[str, Any]] = {
    "start": {"dateTime": "2026-11-09T09:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-11-09T10:00:00", "timeZone": "UTC"},
    "isReminderOn": False,
}
_ICS_AT: Final = "DTSTART:20261109T090000Z\r\nDTEND:20261109T100000Z"


def google(store: Calendars, calendar: Calendar) -> dict[str, str]:
    """In a Google calendar."""
    told: dict[str, dict[str, Any]] = {
        "markup": {"summary": "Markup", "description": MARKUP, **_AT},
        "huge": {"summary": "Huge", "description": HUGE[:LONGEST_DESCRIPTION], **_AT},
        "long subject": {"summary": LONG_SUBJECT, **_AT},
        "lines": {"summary": "  One\nTwo\tthree ", "location": " Here\nand there ", **_AT},
        "no end": {"summary": "No end", "start": _AT["start"], "endTimeUnspecified": True, "end": _AT["start"]},
    }
    plain = {"reminders": {"useDefault": False}}
    planted = {name: plain | {"iCalUID": f"{name}@google.com"} | each for name, each in told.items()}
    return {name: str(store.plant(calendar, each)["id"]) for name, each in planted.items()}


def graph(desk: GraphDesk) -> dict[str, str]:
    """In a mailbox of Microsoft 365."""
    told = {
        "markup": {"subject": "Markup", "body": {"contentType": "html", "content": MARKUP}},
        "huge": {"subject": "Huge", "body": {"contentType": "text", "content": HUGE}},
        "many lines": {"subject": "Lines", "body": {"contentType": "text", "content": "\r\n One\r\n\r\nTwo \r\n\r\n"}},
    }
    return {name: desk.plant(ANNA, {**_GRAPH_AT, **each}).key for name, each in told.items()}


def exchange(desk: CalendarDesk, folder: CalendarFolder) -> dict[str, str]:
    """In a folder on an Exchange server."""
    told = {
        "markup": f'<t:Subject>Markup</t:Subject><t:Body BodyType="HTML">{_escaped(MARKUP)}</t:Body>',
        "huge": f'<t:Subject>Huge</t:Subject><t:Body BodyType="Text">{HUGE}</t:Body>',
        "no more": "<t:Subject>Plain</t:Subject>",
    }
    at = (
        "<t:ReminderIsSet>false</t:ReminderIsSet><t:Start>2026-11-09T09:00:00Z</t:Start>"
        "<t:End>2026-11-09T10:00:00Z</t:End><t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>"
    )
    return {
        name: desk.add(folder, etree.fromstring(f'<t:CalendarItem xmlns:t="{T}">{each}{at}</t:CalendarItem>')).key
        for name, each in told.items()
    }


def icalendar_texts() -> dict[str, str]:
    """What stands between BEGIN:VEVENT and its UID, for CalDAV and published files."""
    huge = "\\n".join(HUGE.split("\n"))
    return {
        "markup": f"SUMMARY:Markup\r\nX-ALT-DESC;FMTTYPE=text/html:{MARKUP}\r\n{_ICS_AT}",
        "huge": f"SUMMARY:Huge\r\nDESCRIPTION:{huge}\r\n{_ICS_AT}",
        "long subject": f"SUMMARY:{LONG_SUBJECT}\r\n{_ICS_AT}",
        "no end": "SUMMARY:No end\r\nDTSTART:20261109T090000Z",
        "a day without end": "SUMMARY:A day\r\nDTSTART;VALUE=DATE:20261109",
        "a length": "SUMMARY:A length\r\nDTSTART:20261109T090000Z\r\nDURATION:PT90M",
        "two alarms": f"SUMMARY:Alarms\r\n{_ICS_AT}\r\n{_alarm('-PT10M')}\r\n{_alarm('-P1D')}",
    }


def published(events: dict[str, icalendar.Calendar]) -> dict[str, str]:
    """In a published file."""
    found = {}
    for name, text in icalendar_texts().items():
        key = found[name] = f"{name.replace(' ', '-')}@publish.example"
        events[key] = icalendar.Calendar.from_ical(vevent(text, key))
    return found


def vevent(text: str, uid: str) -> str:
    """A calendar of one event."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN\r\nBEGIN:VEVENT\r\nDTSTAMP:20261101T000000Z"
    return f"{head}\r\nUID:{uid}\r\n{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def _alarm(trigger: str) -> str:
    return f"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:{trigger}\r\nEND:VALARM"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
