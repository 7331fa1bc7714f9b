"""What every target that answers needs: answers of every kind about whoever is asked, and XML read back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.safexml import XmlRefused, parse
from tests.fuzz.promises import Defect, hold

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
SUBJECT: Final = "Merger talks with Tailspin"


def answers_to(
    mailboxes: Sequence[Mailbox | None], window: TimeWindow, details: EventDetails | None = None
) -> list[Answer]:
    """One each, in order: known, known but for a part, and not known, by turns."""
    return [_answer(number, mailbox, window, details) for number, mailbox in enumerate(mailboxes)]


def well_formed(answer: bytes) -> None:
    """Raises Defect where ``answer`` is not XML that our own parser reads."""
    try:
        parse(answer)
    except XmlRefused as refused:
        raise Defect(f"an answer is XML that is well-formed: {refused}") from None


def unsaid(answer: bytes, asked: bytes) -> None:
    """Raises Defect where ``answer`` tells what no busy-only caller may see and the caller did not write itself."""
    said = SUBJECT.encode()
    hold(said not in answer or said in asked, "no word of a meeting is told where times alone are asked")


def _answer(number: int, mailbox: Mailbox | None, window: TimeWindow, details: EventDetails | None) -> Answer:
    if mailbox is None or number % 3 == 2:
        return Unavailable(mailbox=mailbox, reason=Reason.NO_SUCH_MAILBOX)
    middle = window.start + (window.end - window.start) / 2
    packed = Intervals.pack([BusyInterval(TimeWindow(window.start, middle), BusyStatus.BUSY, details)])
    unknown = (TimeWindow(middle, window.end),) if details is not None and number % 3 == 1 else ()
    return Availability(mailbox=mailbox, window=window, intervals=packed, unknown=unknown, source="fuzz", as_of=NOW)
