"""Reads an event of Graph as an Event: an appointment, or a series with the occurrences that differ."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

from protocols.graph.calendar_people import people_of
from protocols.graph.calendar_series import Instance, differing, with_rule
from protocols.graph.calendar_times import when
from protocols.graph.calendar_uid import uid_of
from protocols.graph.contact_fields import EXTENDED, STAMP, version
from protocols.graph.items import STATUSES
from protocols.graph.people import identity, text
from protocols.model.event import BEYOND, Event, Original, Sensitivity
from protocols.model.intervals import BusyStatus
from protocols.model.participants import People
from protocols.model.texts import LONGEST, categories, cut, line, lines
from protocols.plain_text import of_html

SELECT: Final = (
    "id,changeKey,iCalUId,type,seriesMasterId,transactionId,subject,body,start,end,originalStartTimeZone,isAllDay,"
    "location,showAs,sensitivity,categories,isReminderOn,reminderMinutesBeforeStart,recurrence,attendees,organizer,"
    "isOrganizer,responseStatus,isCancelled,isOnlineMeeting,hasAttachments,lastModifiedDateTime"
)
"""What is read of every event."""
SERIES: Final = f"{SELECT},originalStart,occurrenceId,cancelledOccurrences,exceptionOccurrences"
"""What is read of a series: the last two are told only of one that is asked for by its id (Graph, Get event)."""
EXPAND: Final = f"{EXTENDED}($filter=id eq '{STAMP}')"
SERIES_EXPAND: Final = "exceptionOccurrences"
_SENSITIVITIES: Final = MappingProxyType({each.value: each for each in Sensitivity})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as Graph told it: ``key`` its immutable id, ``etag`` by which a change finds out that somebody else was
    quicker, ``version`` another text after each change to it or to one of its occurrences. ``stamp`` is ours, "" for
    none or not told; ``token`` its transactionId. ``others``: somebody else takes part, in an occurrence at least.
    ``cut`` names fields that are told shorter than they are, or that are not only text, ``cut_at`` the occurrences
    that are. ``instances`` are occurrences that differ. ``master`` is the id of the series that it is an occurrence of,
    "" for none; ``repeats``: it is a series, whose occurrences are told only where it was asked for as one. ``plain``:
    its text came as text.
    """

    key: str
    etag: str
    version: str
    event: Event = field(repr=False)
    uid: str = ""
    stamp: str = ""
    token: str = field(default="", repr=False)
    others: bool = False
    cut: frozenset[str] = frozenset()
    cut_at: frozenset[Original] = frozenset()
    changed_at: datetime | None = None
    instances: Mapping[Original, Instance] = field(default_factory=dict, repr=False)
    master: str = ""
    repeats: bool = False
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that is there and tells nothing that can be used; ``words`` say why, and hold nothing of it."""

    key: str
    words: str


def read(entry: Mapping[str, Any], *, zone: str = "UTC", owners: Collection[str] = ()) -> Told | Unreadable:
    """``zone`` is that of the calendar, at whose midnights days begin where nothing else is told; ``owners`` are the
    addresses of its owner. A series has its occurrences where ``entry`` was asked for with :data:`SERIES`.

    Raises PeerError(GARBLED) where it has no id.
    """
    key = identity(entry)
    try:
        return _told(entry, key, zone, owners)
    except ValueError as wrong:
        return Unreadable(key, str(wrong))
    except OverflowError:
        return Unreadable(key, BEYOND)


def stamp_of(entry: Mapping[str, Any]) -> str:
    """The text of our stamp; "" where none was told. How Exchange spells the id of a property is not said."""
    listed = entry.get(EXTENDED)
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and text(each.get("id")).lower() == STAMP.lower():
            return text(each.get("value"))
    return ""


def _told(entry: Mapping[str, Any], key: str, zone: str, owners: Collection[str]) -> Told:
    people = people_of(entry, owners)
    event, shorter = _event(entry, zone, people)
    instances: dict[Original, Instance] = {}
    if repeats := isinstance(entry.get("recurrence"), dict) and not entry.get("seriesMasterId"):
        event = with_rule(event, entry)
        instances = differing(event, entry, lambda one: _event(one, zone, people_of(one, owners)))
        one_by_one = {original: each.occurrence for original, each in instances.items() if not each.same}
        event = replace(event, exceptions={**event.exceptions, **one_by_one})
    others = people.others or any(each.others for each in instances.values())
    etag = version(entry)
    return Told(
        key=key,
        etag=etag,
        version=_version(etag, event, instances),
        event=replace(event, meeting=others),
        uid=uid_of(text(entry.get("iCalUId"))),
        stamp=stamp_of(entry),
        token=text(entry.get("transactionId")),
        others=others,
        cut=shorter | (frozenset({"body"}) if entry.get("isOnlineMeeting") is True else frozenset()),
        cut_at=frozenset(original for original, each in instances.items() if each.cut),
        changed_at=_instant(entry.get("lastModifiedDateTime")),
        instances=instances,
        master=text(entry.get("seriesMasterId")),
        repeats=repeats,
        plain=str(_object(entry.get("body")).get("contentType", "text")).lower() == "text",
    )


def _event(entry: Mapping[str, Any], zone: str, people: People) -> tuple[Event, frozenset[str]]:
    told = {
        "subject": cut(line(entry.get("subject"))),
        "location": cut(line(_object(entry.get("location")).get("displayName"))),
        "body": cut(_body(entry.get("body"))),
    }
    listed = entry.get("categories")
    reminds = entry.get("isReminderOn") is True
    minutes = entry.get("reminderMinutesBeforeStart")
    event = Event(
        when=when(entry, zone),
        subject=told["subject"][0],
        location=told["location"][0],
        body=told["body"][0],
        shows=STATUSES.get(text(entry.get("showAs")).lower(), BusyStatus.BUSY),  # doubt is never shown as free
        sensitivity=_SENSITIVITIES.get(text(entry.get("sensitivity")).lower(), Sensitivity.NORMAL),
        categories=categories(listed if isinstance(listed, list) else ()),
        reminder=timedelta(minutes=max(minutes if isinstance(minutes, int) else 0, 0)) if reminds else None,
        people=people.lines,
        meeting=people.others,
        response=people.response,
        cancelled=entry.get("isCancelled") is True,
    )
    return event, frozenset(name for name, (_, shorter) in told.items() if shorter)


def _version(etag: str, event: Event, instances: Mapping[Original, Instance]) -> str:
    """That the etag of a series becomes another with each of its occurrences is unconfirmed: they count themselves."""
    gone = sorted(str(original) for original, one in event.exceptions.items() if one is None)
    parts = [*sorted(f"{original} {each.etag}" for original, each in instances.items()), *gone]
    if not parts:
        return etag
    return f"{etag} {blake2b('|'.join(parts).encode(), digest_size=8).hexdigest()}"


def _body(value: Any) -> str:
    told = _object(value)
    content = told.get("content")
    if text(told.get("contentType")).lower() == "html":  # asked for as text: not every answer heeds that
        return of_html(text(content), longest=LONGEST + 1)
    return lines(content)


def _instant(value: Any) -> datetime | None:
    try:
        told = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
