"""A Google event with its exceptions as an Event: what Google says in its own words, told in those of the house."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from protocols.google import calendar_text
from protocols.google.calendar_times import again, original, when
from protocols.google.times import instant
from protocols.model.event import Event, Occurrence, Original, Response, Sensitivity, When
from protocols.model.intervals import BusyStatus
from protocols.model.participants import Named, people_lines
from protocols.recurrence.differing import difference, same, says

Json: TypeAlias = Mapping[str, Any]

STAMP: Final = "busyline"
"""The private extended property that holds our stamp."""
_VISIBILITY: Final = {"private": Sensitivity.PRIVATE, "confidential": Sensitivity.CONFIDENTIAL}
_ANSWERS: Final = {
    "needsAction": Response.UNANSWERED,
    "declined": Response.DECLINED,
    "tentative": Response.TENTATIVE,
    "accepted": Response.ACCEPTED,
}
_UNDECIDED: Final = frozenset({Response.TENTATIVE, Response.UNANSWERED})
_OWN_KINDS: Final = {
    "birthday": "a birthday, which Google keeps itself",
    "focusTime": "focus time, which may decline invitations by itself",
    "fromGmail": "made by Gmail out of a message",
    "outOfOffice": "an absence, which may decline invitations by itself",
    "workingLocation": "a place of work, which Google keeps itself",
}
"""Event.eventType other than ``default``: guarded, since a change may have Google mail somebody, or is refused."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a calendar says of itself beside its events (Events: timeZone, defaultReminders, accessRole)."""

    zone: str = "UTC"
    reminder: timedelta | None = None
    role: str = ""

    @property
    def writable(self) -> bool:
        """Whether whoever asks may change events in it."""
        return self.role in ("owner", "writer", "writerWithoutPrivateAccess")


@dataclass(frozen=True, slots=True)
class Told:
    """An event, the names of its fields that are told shorter than they are, and the occurrences that are."""

    event: Event
    cut: frozenset[str]
    cut_at: frozenset[Original]


def frame(listing: Json) -> Frame:
    """The Frame of an answer of events.list."""
    zone, role = listing.get("timeZone"), listing.get("accessRole")
    default = _soonest(listing.get("defaultReminders"))
    return Frame(zone if isinstance(zone, str) and zone else "UTC", default, role if isinstance(role, str) else "")


def read(event: Json, exceptions: Sequence[Json], frame: Frame) -> Told:
    """The event, a series with those of its occurrences that differ from it.

    Raises ValueError, in words to show that hold nothing of its content, for what cannot be told without guessing.
    """
    repeats = bool(event.get("recurrence"))
    first = when(event, frame.zone, repeats=repeats)
    series = again(event.get("recurrence"), first)
    repeats = series.rule is not None or bool(series.extra)
    texts, cut = _texts(event)
    found: dict[Original, Occurrence | None] = dict.fromkeys(series.without) if repeats else {}
    short: set[Original] = set()
    plain = replace(
        _looking(event, first, texts, frame),
        rule=series.rule,
        extra=series.extra,
        people=_people((event, *exceptions)),
        meeting=any(map(_meets, (event, *exceptions))),
        response=response(event),
    )
    for exception in exceptions if repeats else ():
        start = original(exception, first)
        if exception.get("status") == "cancelled":
            found[start] = None
        elif start not in found:  # a day that the series itself leaves out stays out
            texts, shorter = _texts(exception)
            looks = _looking(exception, when(exception, frame.zone), texts, frame)
            answer = response(exception) if _meets(exception) else Response.NONE
            one = difference(plain, replace(looks, response=answer))
            found |= {start: one} if not same(plain, start, one) else {}
            short |= {start} if says(one, shorter) else set()
    return Told(replace(plain, exceptions=found), cut, frozenset(short))


def guarded(event: Json, exceptions: Sequence[Json]) -> str:
    """Why nothing may be written to it, "" where it may."""
    if any(map(_meets, (event, *exceptions))):
        return "others are invited"
    if event.get("locked") is True:
        return "locked by its organiser"
    return _OWN_KINDS.get(str(event.get("eventType") or "default"), "")


def stamp(event: Json) -> str:
    """The text of our stamp, "" where it bears none."""
    properties = event.get("extendedProperties")
    private = properties.get("private") if isinstance(properties, dict) else None
    text = private.get(STAMP) if isinstance(private, dict) else None
    return text if isinstance(text, str) else ""


def changed_at(events: Iterable[Json]) -> datetime | None:
    """When the last of them was changed; None where none tells."""
    found = []
    for event in events:
        try:
            found.append(instant(event.get("updated")))
        except ValueError:
            continue
    return max(found, default=None)


def shows(event: Json) -> BusyStatus:
    """How it takes its owner's time."""
    kind = event.get("eventType")
    if kind == "workingLocation":
        where = event.get("workingLocationProperties")
        at_home = isinstance(where, dict) and where.get("type") == "homeOffice"
        return BusyStatus.WORKING_ELSEWHERE if at_home else BusyStatus.FREE
    if event.get("transparency") == "transparent":
        return BusyStatus.FREE
    if kind == "outOfOffice":
        return BusyStatus.OUT_OF_OFFICE
    undecided = event.get("status") == "tentative" or response(event) in _UNDECIDED
    return BusyStatus.TENTATIVE if undecided else BusyStatus.BUSY


def response(event: Json) -> Response:
    """What the calendar's owner answered; NONE for who organises it."""
    if _dict(event.get("organizer")).get("self") is True:
        return Response.NONE
    own = next((each for each in _dicts(event.get("attendees")) if each.get("self") is True), {})
    return _ANSWERS.get(str(own.get("responseStatus")), Response.NONE)


def _looking(event: Json, at: When, texts: Mapping[str, str], frame: Frame) -> Event:
    return Event(
        when=at,
        subject=texts["subject"],
        location=texts["location"],
        body=texts["body"],
        shows=shows(event),
        sensitivity=_sensitivity(event),
        reminder=_reminder(event, frame),
    )


def _texts(event: Json) -> tuple[dict[str, str], frozenset[str]]:
    told = {
        "subject": calendar_text.line(event.get("summary")),
        "location": calendar_text.line(event.get("location")),
        "body": calendar_text.body(event.get("description")),
    }
    cut = {name for name, (_, shorter) in told.items() if shorter}
    overrides = _dicts(_dict(event.get("reminders")).get("overrides"))
    cut |= {"reminder"} if len(overrides) > 1 or any(each.get("method") != "popup" for each in overrides) else set()
    return {name: text for name, (text, _) in told.items()}, frozenset(cut)


def _sensitivity(event: Json) -> Sensitivity:
    return _VISIBILITY.get(str(event.get("visibility")), Sensitivity.NORMAL)


def _reminder(event: Json, frame: Frame) -> timedelta | None:
    told = _dict(event.get("reminders"))
    return frame.reminder if told.get("useDefault") is True else _soonest(told.get("overrides"))


def _soonest(reminders: Any) -> timedelta | None:
    """The reminder on the screen that comes last: the one that every other system has."""
    minutes = [each.get("minutes") for each in _dicts(reminders) if each.get("method") == "popup"]
    found = [number for number in minutes if isinstance(number, int) and 0 <= number < 10**6]
    return timedelta(minutes=min(found)) if found else None


def _meets(event: Json) -> bool:
    """Whether anybody else takes part in it."""
    organizer = event.get("organizer")
    by_another = isinstance(organizer, dict) and bool(organizer) and organizer.get("self") is not True
    others = any(each.get("self") is not True for each in _dicts(event.get("attendees")))
    return by_another or others or event.get("attendeesOmitted") is True


def _people(events: Sequence[Json]) -> tuple[str, ...]:
    """Organiser and attendees, as lines, where anybody else takes part."""
    meetings = [event for event in events if _meets(event)]
    organisers = [_named(_dict(event.get("organizer"))) for event in meetings]
    return people_lines(organisers, [_named(each) for event in meetings for each in _dicts(event.get("attendees"))])


def _named(person: Json) -> Named:
    name, address = person.get("displayName"), person.get("email")
    return name if isinstance(name, str) else "", address if isinstance(address, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
