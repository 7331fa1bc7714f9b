"""Requests as the ledger sees them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.ledger.entry import Entry, entry_of

NOW = datetime(2026, 11, 20, 12, 30, 15, 250_000, tzinfo=UTC)
WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))
QUESTION = Question(window=WINDOW, detail=Detail.DETAILS)


@dataclass
class Caller:
    """What is known of a request."""

    request_id: str = "r-1"
    front: str = "ews"
    caller: str = "northwind"
    proof: str = "basic"
    person: str = ""


def known(address: str, detail: Detail = Detail.BUSY) -> Availability:
    """An answer with a subject that nobody may write down."""
    event = BusyInterval(WINDOW, BusyStatus.BUSY, EventDetails(subject="merger", location="room 7"))
    return Availability(
        mailbox=Mailbox.parse(address),
        window=WINDOW,
        intervals=Intervals.pack([event]),
        detail=detail,
        source="test",
        as_of=NOW,
    )


def group(address: str, *members: str) -> Availability:
    """An answer about a group in which the time of these members is."""
    return replace(known(address), members=tuple(map(Mailbox.parse, members)))


def unknown(address: str | None, reason: Reason) -> Unavailable:
    """No answer; the detail is for the log alone."""
    mailbox = Mailbox.parse(address) if address else None
    return Unavailable(mailbox=mailbox, reason=reason, detail="a word for the log")


def entry(*answers: Answer, after: float = 0, caller: Caller | None = None) -> Entry:
    """An entry written ``after`` so many seconds."""
    return entry_of(NOW + timedelta(seconds=after), caller or Caller(), QUESTION, answers or [known("ann@b.example")])
