"""The truth of the estate, in the words of what a caller sees, and what differs from it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from protocols.ews.tables import BUSY_TYPES, STATUSES
from protocols.model.freebusy import Availability, Detail, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from simulation.callers import Block, Seen
from simulation.estate import Estate
from simulation.people import Kind, Sharing

_HIDDEN = {BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE}  # both callers ask as servers that do not know the latter

Fact: TypeAlias = tuple[datetime, datetime, str, str]
"""One block as it must be seen: start and end within the window, its status in the words of EWS, its subject."""


def expected(estate: Estate, address: str, window: TimeWindow, detail: Detail) -> set[Fact] | None:
    """What must be seen of ``address``; None where nothing may be."""
    person = estate.find(address)
    if person is None or person.sharing is Sharing.NOTHING:
        return None
    if person.company.system == "google":  # freeBusy joins blocks and calls each of them busy
        return {(part.start, part.end, "Busy", "") for part in estate.expected_busy(address, window)}
    shown = Detail.BUSY if person.kind is Kind.ROOM else detail
    return set(_facts(estate.expected(address, window, shown), window))


def seen(answer: Seen, window: TimeWindow) -> set[Fact] | None:
    """What was seen, in the same words."""
    if not answer.known:
        return None
    return set(_facts(intervals_of(answer, Detail.BUSY), window))


def intervals_of(answer: Seen, detail: Detail) -> list[BusyInterval]:
    """The blocks of an answer as the model has them; one without a subject is private to whoever may see details."""

    def details(block: Block) -> EventDetails | None:
        if block.subject:
            return EventDetails(subject=block.subject, location=block.location or None)
        return EventDetails(private=True) if detail is Detail.DETAILS else None

    return [
        BusyInterval(
            TimeWindow.of_seconds(int(block.start.timestamp()), int(block.end.timestamp())),
            STATUSES[block.status],
            details(block),
        )
        for block in answer.blocks
    ]


def as_answer(answer: Seen, window: TimeWindow, as_of: datetime, detail: Detail) -> Availability | Unavailable:
    """What was seen, for the drawing."""
    mailbox = Mailbox.parse(answer.address)
    if not answer.known:
        return Unavailable(mailbox=mailbox, reason=Reason.PEER_FAILED, detail=answer.code)
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=Intervals.pack(intervals_of(answer, detail)),
        detail=detail,
        source="busyline",
        as_of=as_of,
    )


def _facts(intervals: list[BusyInterval], window: TimeWindow) -> Iterator[Fact]:
    for interval in intervals:
        part = interval.window.clip(window)
        if part is not None and interval.status not in _HIDDEN:
            subject = interval.details.subject if interval.details else None
            yield part.start, part.end, BUSY_TYPES[interval.status], subject or ""
