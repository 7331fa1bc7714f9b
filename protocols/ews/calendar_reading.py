"""Reads an appointment of Exchange, or a whole series with its exceptions, as an Event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from lxml import etree

from protocols.ews import calendar_recurrence
from protocols.ews.calendar_people import people_of
from protocols.ews.calendar_shape import HALF, SENSITIVITIES, SHOWS, TOKEN
from protocols.ews.children import Parts, children, named, text_of
from protocols.ews.contact_fields import extended, identity
from protocols.ews.contact_paths import STAMP
from protocols.ews.zone_context import told_zone
from protocols.model.event import BEYOND, Days, Event, Occurrence, Original, Sensitivity, Span, When
from protocols.model.intervals import BusyStatus
from protocols.model.participants import People
from protocols.model.texts import LONGEST, categories, cut, line, lines
from protocols.plain_text import of_html
from protocols.recurrence.differing import difference, same, says
from protocols.recurrence.rules import normal
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

_SERIES: Final = "RecurringMaster"
_APPOINTMENT: Final = "CalendarItem"
_MIDNIGHT: Final = time()
_DIGITS: Final = 9
_YES: Final = frozenset({"true", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One occurrence that differs, as its series names it: its own ItemId, and which one it is."""

    key: str
    original: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """An item of a calendar: ``key`` its ItemId, ``version`` its ChangeKey, ``stamp`` and ``token`` what we put there,
    ``half`` the text that stands in a copy while it is only half written. ``others``: somebody else takes part.
    ``cut`` names fields that are told shorter than they are, ``cut_at`` the occurrences that are, and ``frail``
    those with files in them, which Exchange forgets as soon as their series comes at other times. ``moved`` are
    occurrences that differ, each to be read by itself and put into ``event`` by :func:`with_occurrences`. ``clock`` is
    the zone at whose midnights its days begin.
    """

    key: str
    version: str
    event: Event = field(repr=False)
    uid: str = ""
    stamp: str = ""
    token: str = field(default="", repr=False)
    half: str = ""
    others: bool = False
    cut: frozenset[str] = frozenset()
    cut_at: frozenset[Original] = frozenset()
    frail: frozenset[Original] = frozenset()
    changed_at: datetime | None = None
    moved: tuple[Moved, ...] = ()
    clock: str = "UTC"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that is there and tells nothing that can be used; ``words`` say why, and hold nothing of it."""

    key: str
    words: str
    version: str = ""


def read(element: etree._Element, *, zone: str = "UTC", owners: Collection[str] = ()) -> Appointment | Unreadable:
    """An item as GetItem told it (protocols.ews.calendar_shape.SHAPE). ``zone`` is that of the calendar, which counts
    where an item names none; ``owners`` are the addresses of its owner, in lower case. Raises PeerError(GARBLED) where
    it has no id."""
    key, version = identity(element)
    if str(element.tag).rpartition("}")[2] != _APPOINTMENT:
        return Unreadable(key, "not an appointment: what else lies in a calendar is left alone", version)
    try:
        return _appointment(element, key, version, zone, owners)
    except ValueError as wrong:
        return Unreadable(key, str(wrong), version)
    except OverflowError:
        return Unreadable(key, BEYOND, version)


def with_occurrences(
    there: Appointment, told: Mapping[str, etree._Element | None], *, owners: Collection[str] = ()
) -> Appointment | Unreadable:
    """The series with its occurrences that differ, each as GetItem told it, by its key; None is one that is gone by
    now, and is told by the next reading. Who is invited to one of them takes part in the series."""
    series, exceptions = replace(there.event, exceptions={}), dict(there.event.exceptions)
    short, frail = set[Original](), set[Original]()
    clock, others = _known(there.clock), there.others
    try:
        for each in there.moved:
            element = told.get(each.key)
            if element is not None:
                original = _original(each.original, series.when, clock)
                people = people_of(children(element), owners)
                others = others or people.others
                exceptions[original], shorter = _occurrence(element, series, there.clock, people)
                short |= {original} if shorter else set()
                frail |= {original} if text_of(children(element).get("HasAttachments")) in _YES else set()
                if same(series, original, exceptions[original]):
                    del exceptions[original]
        event = replace(series, exceptions=exceptions, meeting=others)
        return replace(there, event=event, moved=(), cut_at=frozenset(short), frail=frozenset(frail), others=others)
    except ValueError as wrong:
        return Unreadable(there.key, f"an occurrence of it: {wrong}", there.version)
    except OverflowError:
        return Unreadable(there.key, BEYOND, there.version)


def instant(text: str) -> datetime:
    """An xs:dateTime, in UTC; one without a zone is UTC's, as we ask for. Raises ValueError."""
    try:
        told = datetime.fromisoformat(text)
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a time that is none") from None


def _appointment(
    element: etree._Element, key: str, version: str, zone: str, owners: Collection[str]
) -> Appointment:  # fmt: skip
    parts = children(element)
    people = people_of(parts, owners)
    when, clock = _when(parts, zone)
    event, shorter = _event(parts, when, people)
    if text_of(parts.get("CalendarItemType")) == _SERIES or "Recurrence" in parts:
        event = _repeating(event, parts, clock)
    moved = tuple(
        Moved(key=identity(each)[0], original=instant(text_of(children(each).get("OriginalStart"))))
        for each in named(parts["ModifiedOccurrences"], "Occurrence")
    ) if "ModifiedOccurrences" in parts and event.repeats else ()  # fmt: skip
    changed = text_of(parts.get("LastModifiedTime"))
    return Appointment(
        key=key,
        version=version,
        event=event,
        uid=text_of(parts.get("UID")),
        stamp=extended(element, STAMP),
        token=extended(element, TOKEN),
        half=extended(element, HALF),
        others=people.others,
        cut=shorter,
        changed_at=instant(changed) if changed else None,
        moved=moved,
        clock=_name(clock),
    )


def _event(parts: Parts, when: When, people: People) -> tuple[Event, frozenset[str]]:
    told = {name.lower(): cut(line(_text(parts, name))) for name in ("Subject", "Location")}
    told["body"] = cut(_body(parts))
    event = Event(
        when=when,
        subject=told["subject"][0],
        location=told["location"][0],
        body=told["body"][0],
        shows=_shows(parts),
        sensitivity=SENSITIVITIES.get(text_of(parts.get("Sensitivity")), Sensitivity.NORMAL),
        categories=categories(text_of(each) for each in parts.get("Categories", ())),
        reminder=_reminder(parts),
        people=people.lines,
        meeting=people.others,
        response=people.response,
        cancelled=text_of(parts.get("IsCancelled")) in _YES,
    )
    return event, frozenset(name for name, (_, shorter) in told.items() if shorter)


def _repeating(event: Event, parts: Parts, clock: tzinfo | None) -> Event:
    if "Recurrence" not in parts:
        raise ValueError("repeats, and does not say how")
    if clock is None:
        raise ValueError("repeats by the clocks of a zone that nobody knows")
    when = event.when
    day = when.first if isinstance(when, Days) else when.start.astimezone(clock).date()
    rule = normal(calendar_recurrence.read(parts["Recurrence"], day), when)
    gone: dict[Original, Occurrence | None] = {
        _original(instant(text_of(children(each).get("Start"))), when, clock): None
        for each in parts.get("DeletedOccurrences", ())
    }
    return replace(event, rule=rule, exceptions=gone)


def _when(parts: Parts, zone: str) -> tuple[When, tzinfo | None]:
    """When it is, and by whose clocks; None for a zone that nobody knows."""
    start, end = instant(text_of(parts.get("Start"))), instant(text_of(parts.get("End")))
    if end < start:
        raise ValueError("it ends before it starts")
    entered = _entered(parts.get("StartTimeZone"), start, zone)
    if text_of(parts.get("IsAllDayEvent")) in _YES:
        for clock in filter(None, (entered, zone_named(zone))):
            if (whole := _days(start, end, clock)) is not None:
                return whole, clock
    return Span(start, end, _name(entered)), entered


def _entered(told: etree._Element | None, start: datetime, zone: str) -> tzinfo | None:
    """By whose clocks it was entered: those of the calendar alone where it says nothing of it."""
    own = zone_named(zone)
    if told is None or (not told.get("Id", "").strip() and not len(told)):
        return own
    return told_zone(told, start.year, own)


def _days(start: datetime, end: datetime, clock: tzinfo) -> Days | None:
    """Whole days by ``clock``; None where they do not begin as its days do (after the gap, where midnight is none)."""
    first, until = start.astimezone(clock).date(), end.astimezone(clock).date()
    if midnight(first, clock) != start or midnight(until, clock) != end:
        return None
    return Days(first, max(until, first + timedelta(days=1)))


def midnight(day: date, clock: tzinfo) -> datetime:
    """When a day begins by ``clock``, in UTC."""
    return to_utc(datetime.combine(day, _MIDNIGHT), clock)


def _original(start: datetime, when: When, clock: tzinfo) -> Original:
    """Which occurrence begins then."""
    return start if isinstance(when, Span) else start.astimezone(clock).date()


def _occurrence(
    element: etree._Element, series: Event, zone: str, people: People
) -> tuple[Occurrence | None, bool]:  # fmt: skip
    """What differs from the series, and whether a text of it had to be cut; None where its organiser called it off."""
    parts = children(element)
    one, shorter = _event(parts, _when(parts, zone)[0], people)
    if one.cancelled and not series.cancelled:
        return None, False
    return (told := difference(series, one)), says(told, shorter)


def _text(parts: Parts, name: str) -> str:
    element = parts.get(name)
    return (element.text or "") if element is not None else ""


def _body(parts: Parts) -> str:
    element = parts.get("Body")
    if element is not None and element.get("BodyType") == "HTML":
        return of_html(element.text or "", longest=LONGEST + 1)
    return lines(_text(parts, "Body"))


def _shows(parts: Parts) -> BusyStatus:
    """What says nothing of itself takes its time: never falsely free."""
    return SHOWS.get(text_of(parts.get("LegacyFreeBusyStatus")), BusyStatus.BUSY)


def _reminder(parts: Parts) -> timedelta | None:
    if text_of(parts.get("ReminderIsSet")) not in _YES:
        return None
    text = text_of(parts.get("ReminderMinutesBeforeStart"))
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else 0
    return timedelta(minutes=minutes)


def _name(zone: tzinfo | None) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def _known(name: str) -> tzinfo:
    return zone_named(name) or UTC
