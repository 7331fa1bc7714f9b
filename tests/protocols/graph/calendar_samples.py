"""Events of a calendar as Graph writes them, for the tests of this room."""

from typing import Any, Final

ANN: Final = "ann@contoso.example"
OWNERS: Final = frozenset({ANN})


def moment(text: str, zone: str = "UTC") -> dict[str, str]:
    """A dateTimeTimeZone."""
    return {"dateTime": f"{text}.0000000", "timeZone": zone}


def person(address: str, name: str = "") -> dict[str, Any]:
    """Somebody who is invited, or who invites."""
    return {"emailAddress": {"name": name, "address": address}}


def entry(key: str = "one", /, **fields: Any) -> dict[str, Any]:
    """A plain appointment from nine to ten; ``fields`` come over it."""
    return {
        "id": key,
        "@odata.etag": f'W/"{key}"',
        "type": "singleInstance",
        "subject": "Subject",
        "body": {"contentType": "text", "content": "Text\r\n"},
        "start": moment("2026-11-09T09:00:00"),
        "end": moment("2026-11-09T10:00:00"),
        "originalStartTimeZone": "UTC",
        "isAllDay": False,
        "location": {"displayName": "Room"},
        "showAs": "busy",
        "sensitivity": "normal",
        "categories": [],
        "isReminderOn": False,
        "reminderMinutesBeforeStart": 15,
        "recurrence": None,
        "attendees": [],
        "organizer": person(ANN, "Ann"),
        "isOrganizer": True,
        "responseStatus": {"response": "organizer"},
        "isCancelled": False,
        "lastModifiedDateTime": "2026-11-01T08:00:00Z",
        **fields,
    }


def weekly(key: str = "s", /, **fields: Any) -> dict[str, Any]:
    """A series on Mondays at ten in Berlin, eight times."""
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "sunday"}
    span = {"type": "numbered", "startDate": "2026-11-09", "numberOfOccurrences": 8}
    span["recurrenceTimeZone"] = "W. Europe Standard Time"
    recurrence = {"pattern": pattern, "range": span}
    own = {"type": "seriesMaster", "recurrence": recurrence, "originalStartTimeZone": "W. Europe Standard Time"}
    return entry(key, **{**own, **fields})


def occurrence(day: str, /, **fields: Any) -> dict[str, Any]:
    """An occurrence of that series that differs, by when it would begin."""
    told = {"type": "exception", "seriesMasterId": "s", "originalStart": f"{day}T09:00:00Z"}
    times = {"start": moment(f"{day}T09:00:00"), "end": moment(f"{day}T10:00:00")}
    return entry(f"s.{day}", **{**told, **times, "occurrenceId": f"OID.s.{day}", **fields})
