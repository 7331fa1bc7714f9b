"""Writes an Event as Exchange takes it: a new item, the changes of one, or of a single occurrence; nobody is invited.

There is no element here that could name an attendee.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from protocols.ews import calendar_recurrence
from protocols.ews.calendar_reading import midnight
from protocols.ews.calendar_shape import HALF, SENSITIVITIES, SHOWS, TOKEN, uri
from protocols.ews.contact_paths import STAMP, our_own, ours
from protocols.ews.text import escaped, quoted
from protocols.model.event import Days, Event, Occurrence, Sensitivity, Span, When
from protocols.model.intervals import BusyStatus
from protocols.recurrence.differing import alone
from protocols.zones.names import windows_name, zone_named

_SHOWN: Final = {status: word for word, status in SHOWS.items()}
_SENSITIVE: Final = {sensitivity: word for word, sensitivity in SENSITIVITIES.items()}
TEXTS: Final = ("subject", "sensitivity", "body", "categories", "reminder", "shows", "location")
"""The fields (as calsync names them) that an item and a single occurrence have alike."""


def fresh(event: Event, *, stamp: str, token: str, half: str = "", clock: str = "UTC") -> str:
    """A new item, without its single occurrences: Exchange takes those one by one. ``clock`` is the zone at whose
    midnights its days begin. Raises ValueError, in words, for what Exchange cannot hold."""
    marks = {STAMP: stamp, TOKEN: token, HALF: half}
    own = "".join(our_own(name, text) for name, text in marks.items() if text)
    before, after = ("subject", "sensitivity", "body", "categories", "reminder"), ("shows", "location")
    times = _times(event.when, clock)
    rule = _recurrence(event, clock)
    return (
        f"<t:CalendarItem>{''.join(element for name in before for _, element in _parts(name, event) if element)}{own}"
        f"{''.join(element for _, element in times[:3])}"
        f"{''.join(element for name in after for _, element in _parts(name, event) if element)}"
        f"{rule}{''.join(element for _, element in times[3:])}</t:CalendarItem>"
    )


def changed(event: Event, names: Collection[str], *, half: str = "", clock: str = "UTC", again: bool = False) -> str:
    """The updates that make the fields ``names`` of an item (not of its occurrences) as ``event`` has them. With a new
    time or rule, or with ``again``, its series is laid out anew, and none of its occurrences differs any more. Raises
    ValueError, in words, for what Exchange cannot hold."""
    updates = [_update(path, element) for name in TEXTS if name in names for path, element in _parts(name, event)]
    if "when" in names:
        updates += [_update(path, element) for path, element in _times(event.when, clock)]
    if again or "rule" in names or ("when" in names and event.rule is not None):
        updates.append(_update(uri("calendar:Recurrence"), _recurrence(event, clock)))
    if half:
        updates.append(_update(ours(HALF), our_own(HALF, half)))
    return "".join(updates)


def occurrence(
    wanted: Occurrence, series: Event, *, before: Occurrence | None = None, clock: str = "UTC"
) -> str:  # fmt: skip
    """The updates that make one occurrence of ``series`` differ as ``wanted`` says, and in nothing else in which it
    differed ``before``."""
    shown = alone(series, wanted)
    names = {name for name in TEXTS if _said(wanted, name) or (before is not None and _said(before, name))}
    updates = [_update(path, element) for path, element in _times(wanted.when, clock)[:2]]
    updates += [_update(path, element) for name in TEXTS if name in names for path, element in _parts(name, shown)]
    return "".join(updates)


def finished() -> str:
    """The update that says of a series that it is written whole."""
    return _update(ours(HALF), "")


def item_change(key: str, updates: str, *, version: str = "") -> str:
    """The change of an item."""
    changed_key = f' ChangeKey="{quoted(version)}"' if version else ""
    target = f'<t:ItemId Id="{quoted(key)}"{changed_key}/>'
    return f"<t:ItemChange>{target}<t:Updates>{updates}</t:Updates></t:ItemChange>"


def occurrence_id(master: str, place: int) -> str:
    """One occurrence by its place in its series, from 1: cancelled and moved ones count."""
    return f'<t:OccurrenceItemId RecurringMasterId="{quoted(master)}" InstanceIndex="{place}"/>'


def occurrence_change(master: str, place: int, updates: str) -> str:
    """The change of one occurrence."""
    return f"<t:ItemChange>{occurrence_id(master, place)}<t:Updates>{updates}</t:Updates></t:ItemChange>"


def _said(one: Occurrence, name: str) -> bool:
    return getattr(one, name) is not None


def _update(path: str, element: str) -> str:
    if not element:
        return f"<t:DeleteItemField>{path}</t:DeleteItemField>"
    return f"<t:SetItemField>{path}<t:CalendarItem>{element}</t:CalendarItem></t:SetItemField>"


def _parts(name: str, event: Event) -> Iterator[tuple[str, str]]:
    """Path and element of each property of a field; an empty element is none."""
    yield from _PARTS[name](event)


def _subject(event: Event) -> Iterator[tuple[str, str]]:
    yield uri("item:Subject"), f"<t:Subject>{escaped(event.subject)}</t:Subject>"


def _sensitivity(event: Event) -> Iterator[tuple[str, str]]:
    word = _SENSITIVE.get(event.sensitivity, _SENSITIVE[Sensitivity.PRIVATE])
    yield uri("item:Sensitivity"), f"<t:Sensitivity>{word}</t:Sensitivity>"


def _body(event: Event) -> Iterator[tuple[str, str]]:
    yield uri("item:Body"), f'<t:Body BodyType="Text">{escaped(event.body)}</t:Body>'


def _categories(event: Event) -> Iterator[tuple[str, str]]:
    each = "".join(f"<t:String>{escaped(name)}</t:String>" for name in event.categories)
    yield uri("item:Categories"), f"<t:Categories>{each}</t:Categories>" if each else ""


def _reminder(event: Event) -> Iterator[tuple[str, str]]:
    is_set = "false" if event.reminder is None else "true"
    yield uri("item:ReminderIsSet"), f"<t:ReminderIsSet>{is_set}</t:ReminderIsSet>"
    if event.reminder is not None:
        minutes = event.reminder // timedelta(minutes=1)
        element = f"<t:ReminderMinutesBeforeStart>{minutes}</t:ReminderMinutesBeforeStart>"
        yield uri("item:ReminderMinutesBeforeStart"), element


def _shows(event: Event) -> Iterator[tuple[str, str]]:
    word = _SHOWN.get(event.shows, _SHOWN[BusyStatus.BUSY])
    yield uri("calendar:LegacyFreeBusyStatus"), f"<t:LegacyFreeBusyStatus>{word}</t:LegacyFreeBusyStatus>"


def _location(event: Event) -> Iterator[tuple[str, str]]:
    yield uri("calendar:Location"), f"<t:Location>{escaped(event.location)}</t:Location>"


_PARTS: Final[Mapping[str, Callable[[Event], Iterator[tuple[str, str]]]]] = MappingProxyType(
    {
        "subject": _subject,
        "sensitivity": _sensitivity,
        "body": _body,
        "categories": _categories,
        "reminder": _reminder,
        "shows": _shows,
        "location": _location,
    }
)


def _times(when: When, clock: str) -> list[tuple[str, str]]:
    """Start, end, whether it is of days, and the zones, in the order of the schema."""
    days = isinstance(when, Days)
    zone = _zone(when, clock)
    start, end = _ends(when, zone)
    windows = windows_name(zone)
    if windows is None:
        raise ValueError("Exchange has no name for the zone by which it repeats")
    told = [
        (name, f"<t:{name}>{each:%Y-%m-%dT%H:%M:%SZ}</t:{name}>") for name, each in (("Start", start), ("End", end))
    ]
    told.append(("IsAllDayEvent", f"<t:IsAllDayEvent>{'true' if days else 'false'}</t:IsAllDayEvent>"))
    told += [(name, f'<t:{name} Id="{quoted(windows)}"/>') for name in ("StartTimeZone", "EndTimeZone")]
    return [(uri(f"calendar:{name}"), element) for name, element in told]


def _zone(when: When, clock: str) -> tzinfo:
    return zone_named(clock if isinstance(when, Days) else when.zone) or UTC


def _ends(when: When, zone: tzinfo) -> tuple[datetime, datetime]:
    if isinstance(when, Span):
        return when.start, when.end
    return midnight(when.first, zone), midnight(when.until, zone)


def _recurrence(event: Event, clock: str) -> str:
    """Its rule; "" for none."""
    if event.rule is None:
        return ""
    when = event.when
    first: date = when.first if isinstance(when, Days) else when.start.astimezone(_zone(when, clock)).date()
    return calendar_recurrence.written(event.rule, first)
