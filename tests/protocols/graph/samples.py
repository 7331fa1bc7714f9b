"""Who is asked and when, for the tests of this room, and schedules as Graph writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from protocols.model.freebusy import Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

ANN, BOB = Mailbox.parse("Ann@contoso.example"), Mailbox.parse("bob@contoso.example")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
START = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = TimeWindow(START, START + timedelta(days=2))
BUSY, DETAILS = Question(window=WINDOW), Question(window=WINDOW, detail=Detail.DETAILS)
CELLS = 96


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def moment(time: datetime, zone: str = "UTC") -> dict[str, str]:
    """A dateTimeTimeZone with the seven digits that Graph gives."""
    return {"dateTime": time.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": zone}


def item(start: datetime, end: datetime, status: str = "busy", **fields: Any) -> dict[str, Any]:
    """One schedule item, not private."""
    return {"isPrivate": False, "status": status, "start": moment(start), "end": moment(end), **fields}


def schedule(name: str, *items: Any, **fields: Any) -> dict[str, Any]:
    """One schedule, by the local part of its address; without a view unless it is given."""
    return {"scheduleId": f"{name}@contoso.example", "scheduleItems": list(items), **fields}
