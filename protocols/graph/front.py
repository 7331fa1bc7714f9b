"""getSchedule from the other side: read as Graph gets it from its callers, in either casing of its names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

import orjson

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import DAY, TimeWindow
from protocols.zones.names import zone_named
from protocols.zones.wall import to_utc

OPERATION: Final = "getSchedule"
MOST_SCHEDULES: Final = 100  # 20 are documented, and 100 were observed before ErrorMailboxDataArrayTooBig
LONGEST_WINDOW: Final = timedelta(days=62)
DEFAULT_INTERVAL: Final = 30
_SHORTEST_INTERVAL, _LONGEST_INTERVAL = 5, 1440
_FIRST_YEAR, _LAST_YEAR = 1970, 2105  # what Intervals can hold; beyond it everybody would look free
_LONGEST_TEXT: Final = 64  # characters of a time or of a zone
_NEXT_SECOND: Final = timedelta(seconds=1)
_PATH: Final = re.compile(
    r"/(?:v1\.0|beta)/(?:me|users/[^/]+|users\([^/]+\))"
    r"/(?:calendar|calendars/[^/]+|calendars\([^/]+\))/(?:microsoft\.graph\.)?getschedule(?:\(\))?/?",
    re.IGNORECASE,
)
# {date}T{time} (resource page dateTimeTimeZone); what has an offset all the same is refused by a code of its own.
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_OFFSET: Final = " {0}.dateTime has an offset: write the time on the clock of {0}.timeZone, without one."
_PREFERRED: Final = re.compile(r'(?:^|[,;\s])outlook\.timezone\s*=\s*(?:"([^"]*)"|([^\s,;"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """What one getSchedule asks: ids as written, in order, duplicates kept; ``mailboxes`` beside them, None for none.

    Times are answered in ``zone``, which the caller calls ``zone_name``. The question's interval is never None.
    """

    schedules: tuple[str, ...]
    mailboxes: tuple[Mailbox | None, ...]
    question: Question
    zone: tzinfo
    zone_name: str


def is_schedule(path: str) -> bool:
    """Whether ``path`` is one under which the SDKs ask getSchedule: of /me or of any user, which is not looked at."""
    return _PATH.fullmatch(path) is not None


def preferred_zone(values: Iterable[str]) -> str | None:
    """The zone that ``Prefer: outlook.timezone="…"`` names; the first of several, None where there is none."""
    for value in values:
        if found := _PREFERRED.search(value):
            return (found[1] if found[1] is not None else found[2]).strip()
    return None


def decode(data: bytes, preferred: str | None = None) -> ScheduleRequest:
    """What the JSON ``data`` asks (API page calendar-getschedule); names in any letter case, unknown ones ignored.

    ``preferred`` is the zone of the answer; UTC where none is preferred. Raises RequestError: MALFORMED, SCHEMA and
    MISSING_ARGUMENT (with the name of the argument), NO_MAILBOXES, TOO_MANY_MAILBOXES, INVALID_WINDOW, WINDOW_TOO_LONG,
    INVALID_INTERVAL, INVALID_TIME_ZONE.
    """
    body = _object(data)
    schedules = _schedules(body.get("schedules"))
    window = _window(body)
    minutes = _interval(body.get("availabilityviewinterval"), window)
    zone_name = "UTC" if preferred is None else preferred
    return ScheduleRequest(
        schedules=schedules,
        mailboxes=tuple(_mailbox(each) for each in schedules),
        question=Question(window=window, detail=Detail.DETAILS, interval=timedelta(minutes=minutes)),
        zone=_zone(zone_name),
        zone_name=zone_name,
    )


def _object(data: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise RequestError(Fault.MALFORMED) from None
    return _lowered(body, "the body")


def _lowered(value: Any, name: str) -> dict[str, Any]:
    """The members by name in lower case: the parameters of an action match in any. Twice the same is nobody's guess."""
    if not isinstance(value, dict):
        raise RequestError(Fault.SCHEMA, name)
    lowered = {key.lower(): member for key, member in value.items()}
    if len(lowered) < len(value):
        raise RequestError(Fault.SCHEMA, name)
    return lowered


def _schedules(value: Any) -> tuple[str, ...]:
    if value is None:
        raise RequestError(Fault.MISSING_ARGUMENT, "schedules")
    if not isinstance(value, list) or any(not isinstance(each, str) for each in value):
        raise RequestError(Fault.SCHEMA, "schedules")
    if not value:
        raise RequestError(Fault.NO_MAILBOXES)
    if len(value) > MOST_SCHEDULES:
        raise RequestError(
            Fault.TOO_MANY_MAILBOXES,
            "There are too many target users in the EmailAddress array. "
            f"The allowed size = {MOST_SCHEDULES}; the actual size = {len(value)}.",
        )
    return tuple(value)


def _mailbox(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:
        return None


def _window(body: dict[str, Any]) -> TimeWindow:
    (start, start_zone), (end, end_zone) = _local(body, "startTime"), _local(body, "endTime")
    end = end.replace(microsecond=0) + (_NEXT_SECOND if end.microsecond else timedelta())
    low = _instant(start.replace(microsecond=0), start_zone, latest=False)
    high = _instant(end, end_zone, latest=True)
    same_clock = start_zone is end_zone
    if high <= low or (same_clock and end <= start):
        raise RequestError(Fault.INVALID_WINDOW)
    length = end - start if same_clock else high - low  # 62 days stay 62 days in the week the clocks go back
    if length > LONGEST_WINDOW:
        raise RequestError(
            Fault.WINDOW_TOO_LONG,
            "The requested time duration specified for FreeBusyViewOptions.TimeWindow is too long. "
            f"The allowed limit = {LONGEST_WINDOW.days} days; the actual limit = {-(-length // DAY)} days.",
        )
    return TimeWindow(low, high)


def _local(body: dict[str, Any], name: str) -> tuple[datetime, tzinfo]:
    """A dateTimeTimeZone: a wall clock time, and the zone whose clock that is."""
    value = body.get(name.lower())
    if value is None:
        raise RequestError(Fault.MISSING_ARGUMENT, name)
    parts = _lowered(value, name)
    text = parts.get("datetime")
    try:
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
            raise ValueError("no time")
        moment = _read(text)
    except ValueError:
        raise RequestError(Fault.SCHEMA, f"{name}.dateTime") from None
    if moment.tzinfo is not None:  # as Graph: an offset beside a timeZone is refused
        raise RequestError(Fault.INVALID_WINDOW, _OFFSET.format(name))
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise RequestError(Fault.INVALID_WINDOW)
    return moment, _zone(parts.get("timezone"))


@lru_cache(maxsize=4096)  # many ask about the same days
def _read(text: str) -> datetime:
    if not _LOCAL.fullmatch(text):  # the library reads all of ISO 8601
        raise ValueError("not a time as dateTimeTimeZone has it")
    return datetime.fromisoformat(text)


def _instant(moment: datetime, zone: tzinfo, *, latest: bool) -> datetime:
    try:
        utc = to_utc(moment, zone, latest=latest)
    except ValueError:
        raise RequestError(Fault.INVALID_WINDOW) from None
    if not _FIRST_YEAR <= utc.year <= _LAST_YEAR:
        raise RequestError(Fault.INVALID_WINDOW)
    return utc


def _interval(value: Any, window: TimeWindow) -> int:
    if value is None:  # as where it is left out; Graph itself fails over a null
        return min(DEFAULT_INTERVAL, max(int(window.length.total_seconds()) // 60, _SHORTEST_INTERVAL))
    if type(value) is not int:
        raise RequestError(Fault.SCHEMA, "availabilityViewInterval")
    if not _SHORTEST_INTERVAL <= value <= _LONGEST_INTERVAL or timedelta(minutes=value) > window.length:
        raise RequestError(Fault.INVALID_INTERVAL)
    return value


def _zone(name: Any) -> tzinfo:
    """The zone of a Windows or IANA name. One that is left out is not guessed."""
    zone = zone_named(name) if isinstance(name, str) and len(name) <= _LONGEST_TEXT else None
    if zone is None:
        raise RequestError(Fault.INVALID_TIME_ZONE)
    return zone


__all__ = ["MOST_SCHEDULES", "OPERATION", "ScheduleRequest", "decode", "is_schedule", "preferred_zone"]
