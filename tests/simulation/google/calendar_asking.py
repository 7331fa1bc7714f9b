"""A store of calendars without a server, and events to put into it."""

from datetime import UTC, datetime
from typing import Any, Final

from simulation.google.calendar_store import Calendar, Calendars

NOW: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
JACK: Final = "jack.thompson@northwind.example"
KEY: Final = "c_project@group.calendar.google.com"
ANN: Final = "ann@contoso.example"


def event(day: int = 9, **more: Any) -> dict[str, Any]:
    """An appointment of November 2026, from ten to eleven in Zurich."""
    ends = {
        name: {"dateTime": f"2026-11-{day:02d}T{hour}:00:00+01:00", "timeZone": "Europe/Zurich"}
        for name, hour in (("start", 10), ("end", 11))
    }
    return {**ends, "summary": f"Day {day}", **more}


def weekly(**more: Any) -> dict[str, Any]:
    """Four Mondays."""
    return event(9, recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"], **more)


def store() -> tuple[Calendars, Calendar]:
    """A store with one empty calendar."""
    calendars = Calendars(lambda: NOW)
    return calendars, calendars.add(KEY, owner=JACK, zone="Europe/Zurich")
