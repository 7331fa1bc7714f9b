"""What the simulated Google Calendar takes for an event and what it refuses, and how it writes down what it took."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from protocols.zones.names import zone_named
from simulation.google.calendar_series import starts
from simulation.google.refusals import GoogleRefusal

Json: TypeAlias = dict[str, Any]
LONGEST_DESCRIPTION: Final = 8_192
_CHOICES: Final = {
    "status": {"confirmed", "tentative", "cancelled"},
    "transparency": {"opaque", "transparent"},
    "visibility": {"default", "public", "private", "confidential"},
}


def checked(event: Json, zone: str) -> Json:
    """``event`` as it is kept, its times on the clocks of the calendar. Raises GoogleRefusal(400)."""
    told = {key: value for key, value in event.items() if value is not None}
    for check in _CHECKS:
        check(told)
    told |= {name: _kept(told[name], zone) for name in ("start", "end", "originalStartTime") if name in told}
    if told.get("recurrence") == []:
        del told["recurrence"]
    if told.get("recurrence"):
        _check_series(told)
    return told


def _times(event: Json) -> None:
    start, end = event.get("start"), event.get("end")
    if not isinstance(start, dict) or not isinstance(end, dict):
        raise _invalid("required", "Missing end time." if isinstance(start, dict) else "Missing start time.")
    if ("date" in start) == ("dateTime" in start) or set(start) - {"timeZone"} != set(end) - {"timeZone"}:
        raise _invalid("invalid", "Start and end times must either both be date or both be dateTime.")
    for value in (start, end):
        if value.get("timeZone") is not None and zone_named(value["timeZone"]) is None:
            raise _invalid("invalid", "Invalid time zone definition for start time.")
        if event.get("recurrence") and "dateTime" in value and not value.get("timeZone"):
            raise _invalid("required", "Missing time zone definition for start time.")
    try:
        low, high = (_moment(value) for value in (start, end))
        reversed_ = high < low
    except (TypeError, ValueError):
        raise _invalid("invalid", "Invalid start time.") from None
    if reversed_:
        raise _invalid("timeRangeEmpty", "The specified time range is empty.")


def _choices(event: Json) -> None:
    for name, known in _CHOICES.items():
        if event.get(name, next(iter(known))) not in known:
            raise _invalid("invalid", f"Invalid value for: {event[name]} is not a valid value")


def _texts(event: Json) -> None:
    if any(not isinstance(event.get(name, ""), str) for name in ("summary", "description", "location")):
        raise _invalid("parseError", "Parse Error")
    if len(event.get("description", "")) > LONGEST_DESCRIPTION:
        raise _invalid("invalid", "Invalid description.")


def _reminders(event: Json) -> None:
    overrides = event.get("reminders", {}).get("overrides", [])
    if len(overrides) > 5:
        raise _invalid("invalid", "Too many override reminders.")
    if overrides and event["reminders"].get("useDefault"):
        raise _invalid("cannotUseDefaultRemindersAndSpecifyOverride", "Cannot specify both.")
    for each in overrides:
        if each.get("method") not in ("email", "popup") or not 0 <= each.get("minutes", -1) <= 40_320:
            raise _invalid("invalid", "Invalid reminder.")


def _properties(event: Json) -> None:
    for kind in ("private", "shared"):
        for key, value in event.get("extendedProperties", {}).get(kind, {}).items():
            if len(key) > 44 or not isinstance(value, str) or len(value) > 1_024:
                raise _invalid("invalid", "Invalid extended property.")


_CHECKS: Final[tuple[Callable[[Json], None], ...]] = (_times, _choices, _texts, _reminders, _properties)


def _check_series(event: Json) -> None:
    for line in event["recurrence"]:
        name = str(line).partition(":")[0].partition(";")[0]
        if name not in ("RRULE", "RDATE", "EXDATE", "EXRULE"):
            raise _invalid("invalid", "Invalid recurrence rule.")
        if name == "RRULE" and "COUNT=" in line and "UNTIL=" in line:
            raise _invalid("invalid", "Invalid recurrence rule.")
    try:
        none = not list(islice(starts(event), 1))
    except (ValueError, TypeError, KeyError):
        raise _invalid("invalid", "Invalid recurrence rule.") from None
    if none:
        raise _invalid("invalid", "The series has no occurrences.")


def _kept(value: Json, zone: str) -> Json:
    if "date" in value:
        return {"date": value["date"]}
    named = zone_named(value.get("timeZone") or zone)
    assert named is not None
    moment = datetime.fromisoformat(value["dateTime"])
    aware = moment if moment.tzinfo else moment.replace(tzinfo=named)
    text = aware.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"dateTime": text, "timeZone": value.get("timeZone") or zone}


def _moment(value: Json) -> date | datetime:
    if "date" in value:
        return date.fromisoformat(value["date"])
    moment = datetime.fromisoformat(value["dateTime"])
    if moment.tzinfo is not None:
        return moment
    zone = zone_named(value.get("timeZone") or "")
    if zone is None:
        raise ValueError("no zone")
    return moment.replace(tzinfo=zone)


def _invalid(reason: str, text: str) -> GoogleRefusal:
    return GoogleRefusal(400, reason, text)
