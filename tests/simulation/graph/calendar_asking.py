"""How the tests ask the simulated calendars, without a network between."""

from datetime import UTC, datetime
from typing import Any, Final

from simulation.graph.calendar_desk import CalendarDesk
from simulation.graph.mailbox_limits import Reply

ANNA: Final = "anna@contoso.example"
NOW: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
STAMP: Final = "String {9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9} Name Stamp"
EVENTS: Final = f"/users/{ANNA}/calendar/events"
TEXT: Final = 'outlook.body-content-type="text"'
WRITER: Final = frozenset({"Calendars.ReadWrite"})


def moment(text: str, zone: str = "UTC") -> dict[str, str]:
    """A dateTimeTimeZone."""
    return {"dateTime": text, "timeZone": zone}


def body(**fields: Any) -> dict[str, Any]:
    """A plain appointment; ``fields`` come over it."""
    times = {"start": moment("2026-11-09T09:00:00"), "end": moment("2026-11-09T10:00:00")}
    return {"subject": "Subject", **times, **fields}


def weekly(**fields: Any) -> dict[str, Any]:
    """A series on Mondays, four times."""
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "sunday"}
    span = {"type": "numbered", "startDate": "2026-11-09", "numberOfOccurrences": 4}
    return body(recurrence={"pattern": pattern, "range": span}, **fields)


def desk() -> CalendarDesk:
    """One mailbox with its own calendar."""
    return CalendarDesk([ANNA], clock=lambda: NOW)


async def ask(
    desk: CalendarDesk,
    method: str,
    path: str,
    body: Any = None,
    *,
    roles: frozenset[str] = WRITER,
    lost: bool = False,
    **headers: str,
) -> Reply:
    """One request."""
    fields = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return await desk.one(method, path, {"prefer": TEXT, **fields}, body, roles=roles, url="https://g", lost=lost)
