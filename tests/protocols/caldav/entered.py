"""Events as another library (icalendar) writes them: what somebody has entered, without any of our code."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Original, Sensitivity, When
from protocols.model.intervals import BusyStatus
from protocols.recurrence.rules import written as written_rule

_SHOWS = {BusyStatus.OUT_OF_OFFICE: "OOF", BusyStatus.WORKING_ELSEWHERE: "WORKINGELSEWHERE"}
_CLASSES = {Sensitivity.PRIVATE: "PRIVATE", Sensitivity.CONFIDENTIAL: "CONFIDENTIAL"}


def calendar_of(content: Event, uid: str) -> icalendar.Calendar:
    """``content`` as a calendar of one event, or of one series with its exceptions."""
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Somebody//Else//EN")
    master = _vevent(content, uid, content.when)
    if content.rule is not None:
        master.add("RRULE", icalendar.vRecur.from_ical(written_rule(content.rule, content.when)))
    cancelled = [_at(original, content.when) for original, one in content.exceptions.items() if one is None]
    if cancelled:
        master.add("EXDATE", cancelled)
    calendar.add_component(master)
    for original, one in content.exceptions.items():
        if one is not None:
            part = _vevent(_as(content, one), uid, one.when)
            part.add("RECURRENCE-ID", _at(original, content.when))
            calendar.add_component(part)
    calendar.add_missing_timezones()
    return calendar


def _as(content: Event, one: Occurrence) -> Event:
    reminder = content.reminder if one.reminder is None else one.reminder
    return Event(
        when=one.when,
        subject=content.subject if one.subject is None else one.subject,
        location=content.location if one.location is None else one.location,
        body=content.body if one.body is None else one.body,
        shows=content.shows if one.shows is None else one.shows,
        sensitivity=one.sensitivity or content.sensitivity,
        categories=content.categories if one.categories is None else one.categories,
        reminder=None if reminder == NO_REMINDER else reminder,
    )


def _vevent(content: Event, uid: str, when: When) -> icalendar.Event:
    part = icalendar.Event()
    part.add("UID", uid)
    part.add("DTSTAMP", datetime.fromisoformat("2026-11-01T00:00:00+00:00"))
    first, last = (when.first, when.until) if isinstance(when, Days) else (when.start, when.end)
    part.add("DTSTART", _at(first, when))
    if last != first:
        part.add("DTEND", _at(last, when))
    texts = {"SUMMARY": content.subject, "LOCATION": content.location, "DESCRIPTION": content.body}
    for name, text in {name: text for name, text in texts.items() if text}.items():
        part.add(name, text)
    if content.sensitivity in _CLASSES:
        part.add("CLASS", _CLASSES[content.sensitivity])
    if content.categories:
        part.add("CATEGORIES", list(content.categories))
    part.add("TRANSP", "TRANSPARENT" if content.shows is BusyStatus.FREE else "OPAQUE")
    if content.shows is BusyStatus.TENTATIVE:
        part.add("STATUS", "TENTATIVE")
    if content.shows in _SHOWS:
        part.add("X-MICROSOFT-CDO-BUSYSTATUS", _SHOWS[content.shows])
    if content.reminder is not None:
        part.add_component(_alarm(content.reminder))
    return part


def _alarm(early: timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", "Soon")
    alarm.add("TRIGGER", -early)
    return alarm


def _at(original: Original, when: When) -> date:
    if not isinstance(original, datetime) or isinstance(when, Days) or when.zone == "UTC":
        return original
    found = original.astimezone(ZoneInfo(when.zone))
    return original if found.fold else found  # what the clock shows a second time can be told in UTC alone
