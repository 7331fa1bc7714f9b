"""Counts out the series of the simulated Google Calendar by dateutil, and makes an instance of what it counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

Json: TypeAlias = dict[str, Any]
MOST: Final = 3_000  # occurrences that are looked at


def starts(event: Json) -> Iterator[datetime | date]:
    """The original starts of a series, in UTC or as days, in order; at most :data:`MOST`. Raises ValueError."""
    first = _first(event)
    whole = event["start"].get("date") is not None
    rules = [line.partition(":")[2] for line in event["recurrence"] if line.upper().startswith("RRULE")]
    found: set[datetime] = {first}
    for rule in rules:
        found |= set(islice(rrulestr(rule, dtstart=first), MOST))
    found |= _dates(event, "RDATE", first)
    for each in sorted(found - _dates(event, "EXDATE", first))[:MOST]:
        yield each.date() if whole else each.astimezone(UTC)


def instance(master: Json, start: datetime | date) -> Json:
    """The occurrence that begins at ``start``, as the series has it."""
    length = _moment(master["end"]) - _moment(master["start"])
    made = {key: value for key, value in master.items() if key != "recurrence"}
    if isinstance(start, datetime):
        zone = master["start"].get("timeZone", "UTC")
        ends = {name: _timed(moment, zone) for name, moment in (("start", start), ("end", start + length))}
        name = f"{start:%Y%m%dT%H%M%SZ}"
    else:
        ends = {"start": {"date": start.isoformat()}, "end": {"date": (start + length).isoformat()}}
        name = f"{start:%Y%m%d}"
    told = {"id": f"{master['id']}_{name}", "recurringEventId": master["id"], "originalStartTime": ends["start"]}
    return made | ends | told


def original(event: Json) -> datetime | date:
    """Which occurrence an exception is."""
    told = event["originalStartTime"]
    return date.fromisoformat(told["date"]) if told.get("date") else _moment(told).astimezone(UTC)


def _timed(moment: datetime, zone: str) -> Json:
    return {"dateTime": moment.astimezone(ZoneInfo(zone)).isoformat(), "timeZone": zone}


def _moment(value: Json) -> datetime:
    if value.get("date"):
        return datetime.combine(date.fromisoformat(value["date"]), time(), UTC)
    return datetime.fromisoformat(value["dateTime"])


def _first(event: Json) -> datetime:
    """The first start on the clocks of the series; days without a zone, which their rules want."""
    moment = _moment(event["start"])
    if event["start"].get("date"):
        return moment.replace(tzinfo=None)
    return moment.astimezone(ZoneInfo(event["start"]["timeZone"]))


def _dates(event: Json, name: str, first: datetime) -> set[datetime]:
    found: set[datetime] = set()
    for line in event["recurrence"]:
        head, _, value = line.partition(":")
        kind, *parameters = head.upper().split(";")
        zone = next((part[5:] for part in head.split(";")[1:] if part.upper().startswith("TZID=")), "")
        for text in value.split(",") if kind == name else ():
            if "VALUE=DATE" in parameters:
                found.add(datetime.combine(datetime.strptime(text, "%Y%m%d"), first.timetz()))  # noqa: DTZ007
            else:
                wall = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
                clocks = UTC if text.endswith("Z") else ZoneInfo(zone) if zone else first.tzinfo
                found.add(wall.replace(tzinfo=clocks).astimezone(first.tzinfo) if first.tzinfo else wall)
    return found
