"""What has to be sent to Graph to make an event, or to change some of it: there is no place here for an attendee."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from protocols.graph import calendar_patterns
from protocols.graph.calendar_times import first_day, graph_zone, times
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.model.event import Days, Event, Occurrence, Original, Span
from protocols.model.intervals import BusyStatus
from protocols.recurrence.differing import alone, usual

_SHOWS: Final = MappingProxyType(
    {
        BusyStatus.FREE: "free",
        BusyStatus.WORKING_ELSEWHERE: "workingElsewhere",
        BusyStatus.TENTATIVE: "tentative",
        BusyStatus.BUSY: "busy",
        BusyStatus.OUT_OF_OFFICE: "oof",
    }
)
_MINUTE: Final = timedelta(minutes=1)
_TEXTS: Final[Mapping[str, Callable[[Event], dict[str, Any]]]] = MappingProxyType(
    {
        "subject": lambda event: {"subject": event.subject},
        "location": lambda event: {"location": {"displayName": event.location}},
        "body": lambda event: {"body": {"contentType": "text", "content": event.body}},
        "shows": lambda event: {"showAs": _SHOWS[event.shows]},
        "sensitivity": lambda event: {"sensitivity": event.sensitivity.value},
        "categories": lambda event: {"categories": list(event.categories)},
        "reminder": lambda event: _reminder(event.reminder),
    }
)
FIELDS: Final = frozenset((*_TEXTS, "when", "rule", "at"))
"""The fields of an item that an event of Graph can hold."""


def fresh(event: Event, *, stamp: str, token: str, zone: str) -> dict[str, Any]:
    """The body that makes ``event``, without its exceptions; a second one with the same ``token`` makes nothing more
    (transactionId: Graph, event resource). ``zone`` is the calendar's, for whole days."""
    body = changed(event, FIELDS, zone=zone)
    if event.rule is None:
        del body["recurrence"]
    return body | {"transactionId": token, EXTENDED: [{"id": STAMP, "value": stamp}]}


def changed(event: Event, names: Collection[str], *, zone: str) -> dict[str, Any]:
    """The body that writes the fields ``names`` of ``event`` and nothing else; {} where none of them is one of Graph's.

    The time and the rule go together: a range names the day on which its series begins. Exceptions are not in it.
    """
    body: dict[str, Any] = {}
    if {"when", "rule"} & set(names):
        body |= times(event.when, zone) | {"recurrence": _recurrence(event, zone)}
        if event.rule is None and "rule" not in names:
            del body["recurrence"]
    for name, part in _TEXTS.items():
        if name in names:
            body |= part(event)
    return body


def instance(series: Event, original: Original, now: Occurrence | None, wanted: Occurrence | None) -> dict[str, Any]:
    """The body that makes an occurrence, which stands there as ``now``, into ``wanted``; None is as its series has it.

    Only what differs is named, so that what is not stays with the series.
    """
    plainly = Occurrence(when=usual(series.when, original))
    before, after = alone(series, now or plainly), alone(series, wanted or plainly)
    body: dict[str, Any] = {}
    if before.when != after.when:
        body |= {name: value for name, value in times(after.when, _zone(series)).items() if name != "isAllDay"}
    for name, part in _TEXTS.items():
        if getattr(before, name) != getattr(after, name):
            body |= part(after)
    return body


def _recurrence(event: Event, zone: str) -> dict[str, Any] | None:
    if event.rule is None:
        return None
    clocks = zone if isinstance(event.when, Days) else event.when.zone
    return calendar_patterns.written(event.rule, first_day(event.when), graph_zone(clocks) or "UTC")


def _reminder(before: timedelta | None) -> dict[str, Any]:
    """Said in so many words: where nothing is said, Exchange sets one of its own."""
    if before is None:
        return {"isReminderOn": False}
    return {"isReminderOn": True, "reminderMinutesBeforeStart": before // _MINUTE}


def _zone(series: Event) -> str:
    return series.when.zone if isinstance(series.when, Span) else "UTC"
