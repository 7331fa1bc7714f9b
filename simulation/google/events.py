"""events.list: the single events of one calendar, page by page, with as much of each as the reader may see."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from simulation.estate import Estate, blocks
from simulation.expansion import Occurrence
from simulation.google.freebusy import instant_of, written
from simulation.google.refusals import GoogleRefusal
from simulation.people import Person

_PAGE, _LARGEST_PAGE = 250, 2500


def answer(query: Mapping[str, str], estate: Estate, person: Person, *, whole: bool, own: bool) -> dict[str, Any]:
    """One page. ``whole``: with subjects and places; ``own``: the reader is the person. Raises GoogleRefusal."""
    size = min(_number(query.get("maxResults", str(_PAGE))), _LARGEST_PAGE)
    events = _matching(query, estate, person)
    first = _offset(query.get("pageToken"), query)
    page = events[first : first + size]
    listing: dict[str, Any] = {
        "kind": "calendar#events",
        "etag": '"p33k8d0000000000"',
        "summary": person.address,
        "updated": "2026-11-20T12:00:00.000Z",
        "timeZone": person.zone,
        "accessRole": "owner" if own else "reader" if whole else "freeBusyReader",
        "defaultReminders": [],
        "items": [_event(event, person, whole=whole, own=own) for event in page],
    }
    if first + size < len(events):
        listing["nextPageToken"] = _token(first + size, query)
    else:
        listing["nextSyncToken"] = "CPDAlvWDx70CEPDAlvWDx70CGAU="
    return listing


def _matching(query: Mapping[str, str], estate: Estate, person: Person) -> list[Occurrence]:
    if query.get("singleEvents", "false") != "true":
        raise GoogleRefusal(400, "invalid", "This simulation lists single events only.")
    low = instant_of(query["timeMin"]) if "timeMin" in query else datetime(1970, 1, 1, tzinfo=UTC)
    high = instant_of(query["timeMax"]) if "timeMax" in query else datetime(2100, 1, 1, tzinfo=UTC)
    if low >= high:
        raise GoogleRefusal(400, "timeRangeEmpty", "The specified time range is empty.")
    return estate.events(person.address, TimeWindow(low, high))


def _event(event: Occurrence, person: Person, *, whole: bool, own: bool) -> dict[str, Any]:
    series = event.series
    start, end = _when(event, person)
    identifier = hashlib.sha256(series.uid.encode()).hexdigest()[:26]
    item: dict[str, Any] = {
        "kind": "calendar#event",
        "id": f"{identifier}_{event.day:%Y%m%d}" if series.days else identifier,
        "status": "confirmed",
        "start": start,
        "end": end,
        "iCalUID": f"{identifier}@google.com",
        "eventType": _KINDS.get(series.status, "default"),
    }
    if not blocks(series.status):
        item["transparency"] = "transparent"
    if series.days:
        original = {"dateTime": written(event.window.start, UTC), "timeZone": series.zone}
        item |= {"recurringEventId": identifier, "originalStartTime": original}
    if series.status is BusyStatus.WORKING_ELSEWHERE:
        item["workingLocationProperties"] = {"type": "homeOffice", "homeOffice": {}}
    if not whole or (series.private and not own):
        return item | {"visibility": "private"}
    item |= {"summary": series.subject, "visibility": "private" if series.private else "default"}
    item |= {"location": series.location} if series.location else {}
    return item | _attendance(event, person)


_KINDS = {BusyStatus.OUT_OF_OFFICE: "outOfOffice", BusyStatus.WORKING_ELSEWHERE: "workingLocation"}


def _attendance(event: Occurrence, person: Person) -> dict[str, Any]:
    tentative = event.series.status is BusyStatus.TENTATIVE
    if not (event.series.meeting or tentative):
        return {}
    answer = "tentative" if tentative else "accepted"
    return {
        "organizer": {"email": f"organiser@{person.company.domain}"},
        "attendees": [
            {"email": f"organiser@{person.company.domain}", "organizer": True, "responseStatus": "accepted"},
            {"email": person.address, "self": True, "responseStatus": answer},
        ],
    }


def _when(event: Occurrence, person: Person) -> tuple[dict[str, str], dict[str, str]]:
    if event.days:
        first, last = (day.isoformat() for day in event.days)
        return {"date": first}, {"date": last}
    zone = zone_named(person.zone)
    assert zone is not None
    start, end = (written(instant, zone) for instant in (event.window.start, event.window.end))
    return {"dateTime": start, "timeZone": event.series.zone}, {"dateTime": end, "timeZone": event.series.zone}


def _token(offset: int, query: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(f"{offset} {_question(query)}".encode()).decode()


def _offset(token: str | None, query: Mapping[str, str]) -> int:
    """Where the page begins; a token serves only the question that it was given for."""
    if not token:
        return 0
    try:
        offset, _, question = base64.urlsafe_b64decode(token).decode().partition(" ")
        known = question == _question(query)
    except ValueError:
        known = False
    if not known:
        raise GoogleRefusal(400, "invalid", "Invalid page token value.")
    return int(offset)


def _question(query: Mapping[str, str]) -> str:
    return hashlib.sha256(
        repr([query.get(name) for name in ("timeMin", "timeMax", "singleEvents")]).encode()
    ).hexdigest()


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise GoogleRefusal(400, "invalid", f"Invalid integer value: '{text}'.")
    return int(text)
