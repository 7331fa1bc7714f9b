"""Busy time out of an answer: from its events, and from the digits of the merged string that no event explains."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby

from lxml import etree

from protocols.ews.children import children, text_of
from protocols.ews.tables import DIGIT_STATUSES, DIGITS_UNKNOWN, STATUSES
from protocols.ews.view_options import DEFAULT_INTERVAL
from protocols.model.freebusy import Question, Reason
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.merging import explained
from protocols.model.window import TimeWindow
from protocols.zones.wall import to_utc

_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})


class Doubt(Exception):  # noqa: N818  it is no error of ours
    """Why nothing can be said of one mailbox. It becomes Unavailable in ``protocols.ews.parsed_answers``."""

    def __init__(self, reason: Reason, text: str, retry_after: timedelta | None = None) -> None:
        super().__init__(text)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Blocks:
    """What is busy or expressly free, and where nothing is known."""

    busy: list[BusyInterval]
    unknown: list[TimeWindow]


def read_events(array: etree._Element, zone: tzinfo, *, details: bool) -> Blocks:
    """The events of a CalendarEventArray; one of type NoData, or of a type not known, is time not known.

    Raises Doubt where an event cannot be read, for its time would look free.
    """
    blocks = Blocks([], [])
    for event in array:
        if not event.tag.endswith("}CalendarEvent"):
            raise Doubt(Reason.GARBLED, "something else among the events")
        parts = children(event)
        start, end = _instant(parts, "StartTime", zone, latest=False), _instant(parts, "EndTime", zone, latest=True)
        if end < start:
            raise Doubt(Reason.GARBLED, "an event ends before it starts")
        if end == start:
            continue  # a reminder without length takes no time
        window = TimeWindow(start, end)
        status = STATUSES.get(text_of(parts.get("BusyType")))
        if status is None:
            blocks.unknown.append(window)
        else:
            blocks.busy.append(BusyInterval(window, status, _details(parts) if details else None))
    return blocks


def read_digits(digits: str, question: Question, events: Blocks | None = None) -> Blocks:
    """``events`` and what a merged string says besides: cells that no event of at least their status touches.

    4 and 5 are time not known, unless an event is there: 4 may mean working elsewhere. Raises Doubt where the length
    of the string is not right.
    """
    window, step = question.window, question.interval or DEFAULT_INTERVAL
    if len(digits) != -(-window.length // step):
        raise Doubt(Reason.GARBLED, f"{len(digits)} digits in the merged string")
    blocks = Blocks(list(events.busy), list(events.unknown)) if events is not None else Blocks([], [])
    doubtful = [BusyInterval(gap, BusyStatus.FREE) for gap in blocks.unknown]
    cells, position = explained([*blocks.busy, *doubtful], window, step), 0
    for (status, silent), run in groupby(map(_cell, digits, cells)):
        first, position = position, position + sum(1 for _ in run)
        stretch = TimeWindow(window.start + first * step, min(window.start + position * step, window.end))
        if silent and status is None:
            blocks.unknown.append(stretch)
        elif silent and status is not None:
            blocks.busy.append(BusyInterval(stretch, status))
    return blocks


def _cell(digit: str, touched: int) -> tuple[BusyStatus | None, bool]:
    """What the digit says, and whether the events keep silent about it."""
    if digit in DIGITS_UNKNOWN:
        return None, touched == 0
    status = DIGIT_STATUSES.get(digit)
    if status is None:
        raise Doubt(Reason.GARBLED, "the merged string holds something else than digits 0 to 5")
    return status, touched <= status and status is not BusyStatus.FREE


def _instant(parts: dict[str, etree._Element], name: str, zone: tzinfo, *, latest: bool) -> datetime:
    try:
        instant = datetime.fromisoformat(text_of(parts.get(name)))
        return to_utc(instant, zone, latest=latest) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Doubt(Reason.GARBLED, f"an event without a readable {name}") from None


def _details(parts: dict[str, etree._Element]) -> EventDetails | None:
    element = parts.get("CalendarEventDetails")
    if element is None:
        return None
    inside = children(element)
    private = text_of(inside.get("IsPrivate")) not in _FALSE  # the narrow reading where it is not said
    return EventDetails(
        subject=None if private else _text(inside, "Subject"),
        location=None if private else _text(inside, "Location"),
        meeting=text_of(inside.get("IsMeeting")) in _TRUE,
        recurring=text_of(inside.get("IsRecurring")) in _TRUE,
        exception=text_of(inside.get("IsException")) in _TRUE,
        private=private,
        reminder=text_of(inside.get("IsReminderSet")) in _TRUE,
    )


def _text(inside: dict[str, etree._Element], name: str) -> str | None:
    element = inside.get(name)
    return (element.text or "") if element is not None else None
