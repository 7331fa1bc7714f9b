"""An Event as the body of a write to Google: never an attendee, and in a patch nothing but what is meant to change."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

from protocols.google import calendar_text
from protocols.google.calendar_event import STAMP
from protocols.google.calendar_times import Again, lines, times
from protocols.model.event import Event, Occurrence, Original, Sensitivity
from protocols.model.intervals import BusyStatus
from protocols.recurrence.differing import alone, usual

Body: TypeAlias = dict[str, Any]

LONGEST_BODY: Final = 8_192
"""Characters of a description that Google keeps (unconfirmed: others say so, the reference tells no bound)."""
LONGEST_REMINDER: Final = timedelta(minutes=40_320)
"""EventReminder.minutes: four weeks."""
_VISIBILITY: Final = {
    Sensitivity.NORMAL: "default",
    Sensitivity.PRIVATE: "private",
    Sensitivity.CONFIDENTIAL: "confidential",
    Sensitivity.PERSONAL: "private",  # the narrower one
}
_SHOWS: Final = {
    BusyStatus.FREE: ("confirmed", "transparent"),
    BusyStatus.WORKING_ELSEWHERE: ("confirmed", "transparent"),
    BusyStatus.TENTATIVE: ("tentative", "opaque"),
    BusyStatus.BUSY: ("confirmed", "opaque"),
    BusyStatus.OUT_OF_OFFICE: ("confirmed", "opaque"),
}
SHOWN: Final = {BusyStatus.WORKING_ELSEWHERE: BusyStatus.FREE, BusyStatus.OUT_OF_OFFICE: BusyStatus.BUSY}
"""What :data:`_SHOWS` makes of a status that Google has not: an event of type ``outOfOffice`` declines invitations."""
SHAPE: Final = frozenset({"when", "rule", "extra"})
"""Fields whose change moves the occurrences of a series."""


def whole(event: Event, uid: str, stamp: str) -> Body:
    """The body of events.import: ``start``, ``end`` and ``iCalUID`` are what it requires; the organiser, which it lets
    set, is left out, and is then the calendar itself. Occurrences that are cancelled are left out by EXDATE."""
    body = part(event, frozenset(_FIELDS)) | {"iCalUID": uid}
    body |= {"recurrence": recurrence(event)} if event.repeats else {}
    return _without_null(body) | {"extendedProperties": {"private": {STAMP: stamp}}}


def part(event: Event, names: frozenset[str]) -> Body:
    """The body of a patch that makes the fields ``names`` (calsync.items.Fields) what they are in ``event``, without
    its occurrences; {} where none of them stands in a series itself."""
    body: Body = {}
    for name, written in _FIELDS.items():
        body |= written(event) if name in names else {}
    return body


def recurrence(event: Event) -> list[str]:
    """The lines of ``recurrence``; [] for what does not repeat."""
    without = frozenset(start for start, each in event.exceptions.items() if each is None)
    return lines(Again(event.rule, event.extra, without), event.when)


def occurrence(start: Original, told: Occurrence | None, series: Event, there: Event | None = None) -> Body:
    """The body of a patch that makes the occurrence ``start`` of ``series`` what is told of it; where ``told`` is None,
    just as the series has it.

    Of what stands ``there``, a series in which that occurrence is not cancelled, nothing is named that shall stay, so
    that its owner's reminders by mail do. None writes it whole. {} where it is as it shall be.
    """
    shall = _alone(start, told, series)
    names = frozenset(_FIELDS) - {"sensitivity"}  # which would befall the whole series
    if there is not None:
        now = _alone(start, there.exceptions.get(start), there)
        names = frozenset(name for name in names if getattr(shall, name) != getattr(now, name))
    return part(shall, names)


def _alone(start: Original, told: Occurrence | None, series: Event) -> Event:
    return alone(series, told or Occurrence(when=usual(series.when, start)))


def _busy(event: Event) -> Body:
    status, transparency = _SHOWS[event.shows]
    return {"status": status, "transparency": transparency}


def _reminders(event: Event) -> Body:
    minutes = None if event.reminder is None else min(event.reminder, LONGEST_REMINDER) // timedelta(minutes=1)
    overrides = [] if minutes is None else [{"method": "popup", "minutes": minutes}]
    return {"reminders": {"useDefault": False, "overrides": overrides}}


_FIELDS: Final[Mapping[str, Callable[[Event], Body]]] = {
    "when": lambda event: times(event.when),
    "subject": lambda event: {"summary": event.subject},
    "location": lambda event: {"location": event.location},
    "body": lambda event: {"description": calendar_text.description(event.body)},
    "shows": _busy,
    "sensitivity": lambda event: {"visibility": _VISIBILITY[event.sensitivity]},
    "reminder": _reminders,
}
FIELDS: Final = frozenset({*_FIELDS, "rule", "extra", "at"})
"""The fields that Google can hold: no categories."""


def _without_null(body: Body) -> Body:
    """What a patch takes away need not be said of something new."""
    return {
        name: {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value
        for name, value in body.items()
    }
