"""Events of the simulated Outlook: what is kept of each, what is refused, and how it is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from protocols.zones.names import zone_named
from simulation.graph import calendar_patterns
from simulation.graph.schedule import GraphRefusal

EXTENDED: Final = "singleValueExtendedProperties"
_DAY: Final = timedelta(days=1)
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "subject": (str,),
    "body": (dict,),
    "start": (dict,),
    "end": (dict,),
    "isAllDay": (bool,),
    "location": (dict,),
    "showAs": (str,),
    "sensitivity": (str,),
    "categories": (list,),
    "isReminderOn": (bool,),
    "reminderMinutesBeforeStart": (int,),
    "recurrence": (dict, type(None)),
    "attendees": (list,),
    "importance": (str,),
    "transactionId": (str,),
    EXTENDED: (list,),
}
_WORDS: Final = {
    "showAs": {"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"},
    "sensitivity": {"normal", "personal", "private", "confidential"},
    "importance": {"low", "normal", "high"},
}
_FRESH: Final[Mapping[str, Any]] = {
    "subject": "",
    "body": {"contentType": "text", "content": ""},
    "isAllDay": False,
    "location": {"displayName": ""},
    "showAs": "busy",
    "sensitivity": "normal",
    "categories": [],
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "recurrence": None,
    "attendees": [],
    "importance": "normal",
    "transactionId": None,
}
_LONGEST_LINE: Final = 255


@dataclass(slots=True)
class Altered:
    """An occurrence that is not as its series has it: only what differs."""

    properties: dict[str, Any]
    version: int = 1


@dataclass(slots=True)
class Stored:
    """An event or a whole series. ``altered`` and ``cancelled`` are occurrences by the day on which they would begin;
    ``raw`` is told instead of anything else (spoilt data), ``scribbles`` are properties of other programs."""

    key: str
    properties: dict[str, Any]
    uid: str = ""
    version: int = 1
    modified: str = ""
    organiser: str = ""
    extended: dict[str, str] = field(default_factory=dict)
    altered: dict[date, Altered] = field(default_factory=dict)
    cancelled: set[date] = field(default_factory=set)
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """Another one after each change."""
        return f'W/"{_change_key(self.version)}"'

    @property
    def repeats(self) -> bool:
        """Whether it is a series."""
        return self.properties.get("recurrence") is not None

    def days(self) -> Iterator[date]:
        """On which its occurrences would begin, cancelled ones left out."""
        every = calendar_patterns.days(self.properties["recurrence"])
        return (day for day in every if day not in self.cancelled)

    def of(self, day: date) -> dict[str, Any]:
        """All properties of an occurrence."""
        start, end = _moment(self.properties["start"]), _moment(self.properties["end"])
        wall = datetime.combine(day, start.time(), start.tzinfo)
        length = end.astimezone(UTC) - start.astimezone(UTC)
        if self.properties["isAllDay"]:
            last = datetime.combine(day, time(), UTC) + (end.date() - start.date())
            times = {"start": _told(datetime.combine(day, time(), UTC)), "end": _told(last)}
        else:
            begin = wall.astimezone(UTC)
            times = {"start": _told(begin), "end": _told(begin + length)}
        plain = {name: value for name, value in self.properties.items() if name != "recurrence"} | times
        return plain | (self.altered[day].properties if day in self.altered else {})

    def original(self, day: date) -> datetime:
        """When that occurrence would begin, UTC."""
        start = _moment(self.properties["start"])
        return datetime.combine(day, start.time(), start.tzinfo).astimezone(UTC)


def put(event: Stored, body: Mapping[str, Any], *, new: bool) -> None:
    """``body`` upon the event. Raises GraphRefusal, and then nothing is changed."""
    _check(body)
    own = {name: value for name, value in body.items() if name != EXTENDED and not name.startswith("@")}
    own = own if new else {name: value for name, value in own.items() if name != "transactionId"}
    merged = {**(_FRESH if new else {}), **event.properties, **own}
    check_times(merged)
    if merged["recurrence"] is not None:
        merged["recurrence"] = calendar_patterns.checked(merged["recurrence"], _moment(merged["start"]).date())
    if {"start", "end", "recurrence"} & own.keys():  # occurrences are made anew with the pattern, as Exchange does
        event.altered.clear()
        event.cancelled.clear()
    event.properties = merged
    event.extended |= {str(each["id"]).lower(): str(each["value"]) for each in body.get(EXTENDED, ())}


def put_occurrence(event: Stored, day: date, body: Mapping[str, Any]) -> None:
    """``body`` upon one occurrence. Raises GraphRefusal."""
    _check(body)
    if {"recurrence", "transactionId", "isAllDay"} & body.keys():
        raise GraphRefusal(400, "ErrorInvalidRequest", "The property cannot be set on an occurrence.")
    own = {name: value for name, value in body.items() if name != EXTENDED and not name.startswith("@")}
    merged = {**event.of(day), **own}
    check_times(merged)
    _check_neighbours(event, day, _moment(merged["start"]))
    before = event.altered.get(day)
    altered = Altered({**(before.properties if before else {}), **own}, (before.version if before else 0) + 1)
    event.altered[day] = altered


def check_times(properties: Mapping[str, Any]) -> None:
    """Raises GraphRefusal for times that are none, or wrong together."""
    start, end = _moment(properties.get("start")), _moment(properties.get("end"))
    whole = properties.get("isAllDay")
    if end < start or (whole and (start.time() != time() or end.time() != time() or end <= start)):
        raise GraphRefusal(400, "ErrorPropertyValidationFailure", "At least one property failed validation.")


def window_of(properties: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From when to when, UTC."""
    return tuple(_moment(properties[name]).astimezone(UTC) for name in ("start", "end"))  # type: ignore[return-value]


def times_told(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Both times as they are told to who asks for UTC; whole days are midnights, whatever the zone."""
    whole = properties["isAllDay"]
    start, end = (_moment(properties[name]) for name in ("start", "end"))
    return {
        "start": _told(start.replace(tzinfo=UTC) if whole else start.astimezone(UTC)),
        "end": _told(end.replace(tzinfo=UTC) if whole else end.astimezone(UTC)),
        "originalStartTimeZone": properties["start"]["timeZone"],
        "originalEndTimeZone": properties["end"]["timeZone"],
    }


def change_key(version: int) -> str:
    """As it is told."""
    return _change_key(version)


def _check(body: Mapping[str, Any]) -> None:
    for name, value in body.items():
        right = name.startswith("@") or isinstance(value, _TYPES.get(name, ()))
        right = right and (name not in _WORDS or value in _WORDS[name])
        right = right and not (name == "subject" and len(value) > _LONGEST_LINE)
        if not right:
            raise GraphRefusal(400, "RequestBodyRead", f"The property '{name}' does not exist, or is of another type.")


def _check_neighbours(event: Stored, day: date, start: datetime) -> None:
    now = (start if event.properties["isAllDay"] else start.astimezone(_zone(event.properties["start"]))).date()
    low, high = min(day, now), max(day, now)
    for other in event.days():
        if other > high + 40 * _DAY:
            return
        told = event.of(other)["start"] if other in event.altered else None
        there = _moment(told).astimezone(_zone(event.properties["start"])).date() if told else other
        if other != day and low <= there <= high:
            text = "Modified occurrence is crossing or overlapping adjacent occurrence."
            raise GraphRefusal(400, "ErrorOccurrenceCrossingBoundary", text)


def _moment(value: Any) -> datetime:
    try:
        naive = datetime.fromisoformat(value["dateTime"])
        if naive.tzinfo is not None:
            raise ValueError
        return naive.replace(tzinfo=_zone(value))
    except (TypeError, KeyError, ValueError):
        raise GraphRefusal(400, "ErrorPropertyValidationFailure", "A dateTime cannot be read.") from None


def _zone(value: Mapping[str, Any]) -> tzinfo:
    zone = zone_named(str(value.get("timeZone", "")))
    if zone is None:
        raise GraphRefusal(400, "TimeZoneNotSupportedException", "A valid TimeZone value must be specified.")
    return zone


def _told(at: datetime) -> dict[str, str]:
    return {"dateTime": at.strftime("%Y-%m-%dT%H:%M:%S.0000000").rjust(27, "0"), "timeZone": "UTC"}


def _change_key(version: int) -> str:
    return f"DwAAABYAAAB{version:08}"
