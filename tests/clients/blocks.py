"""The one shape in which every client's answer is compared: (start, end, status) in UTC, or the error code."""

from datetime import UTC, datetime
from typing import TypeAlias

from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.estate import Estate

Block: TypeAlias = tuple[datetime, datetime, str]
Answer: TypeAlias = list[Block] | str

EWS_WORDS = {
    BusyStatus.WORKING_ELSEWHERE: "WorkingElsewhere",
    BusyStatus.TENTATIVE: "Tentative",
    BusyStatus.BUSY: "Busy",
    BusyStatus.OUT_OF_OFFICE: "OOF",
}


def block(start: datetime, end: datetime, status: str) -> Block:
    """A block in UTC, of two aware times of any zone."""
    return datetime.fromtimestamp(start.timestamp(), UTC), datetime.fromtimestamp(end.timestamp(), UTC), status


def expected(estate: Estate, address: str, window: TimeWindow) -> list[Block]:
    """What an EWS client must see of ``address``: every block that takes time, in order."""
    return sorted((i.window.start, i.window.end, EWS_WORDS[i.status]) for i in estate.expected(address, window))


def expected_busy(estate: Estate, address: str, window: TimeWindow) -> list[Block]:
    """What a caller of Google's freeBusy must see of ``address``: joined blocks, all the same."""
    return [(w.start, w.end, "Busy") for w in estate.expected_busy(address, window)]
