"""One VFREEBUSY as the icalendar library reads it: what any client would see of what we write."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import icalendar

from protocols.model.window import TimeWindow


@dataclass(frozen=True, slots=True)
class ReadBack:
    """METHOD, DTSTART to DTEND, each period with its type, and the component for all else."""

    method: str
    window: TimeWindow
    periods: list[tuple[datetime, datetime, str]]
    component: Any


def read_back(data: str | bytes | None) -> ReadBack:
    """The only VFREEBUSY in ``data``."""
    whole: Any = icalendar.Calendar.from_ical(data or "")
    (busy,) = whole.walk("VFREEBUSY")
    lines = busy.get("FREEBUSY", [])
    periods = [
        (*(each.astimezone(UTC) for each in line.dt), line.params["FBTYPE"])
        for line in (lines if isinstance(lines, list) else [lines])
    ]
    window = TimeWindow(busy["DTSTART"].dt.astimezone(UTC), busy["DTEND"].dt.astimezone(UTC))
    return ReadBack(str(whole["METHOD"]), window, periods, busy)
