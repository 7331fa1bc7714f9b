"""Asks Google what is in one calendar: events.list, for callers who see details and where statuses are wanted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, TypeAlias

from protocols.errors import PeerError
from protocols.google.pages import Listing, fetch
from protocols.google.times import day, days, instant, whole_seconds, window_between
from protocols.http import Send
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named

Event: TypeAlias = Mapping[str, Any]

_WORKING_LOCATIONS = {"homeOffice": BusyStatus.WORKING_ELSEWHERE}  # at the office or elsewhere at work: nothing to show
_UNDECIDED = frozenset({"needsAction", "tentative"})
_OPEN = frozenset({None, "default", "public"})  # whatever else is said, it is meant to hide


async def ask(
    send: Send, mailboxes: Sequence[Mailbox], question: Question, *, api_url: str, source: str, as_of: datetime
) -> list[Answer]:
    """One answer per mailbox, in order, one calendar after the other, every page of each.

    ``send`` speaks as somebody who may read the calendars. A question for BUSY gets statuses without details, and so
    does one for DETAILS where Google grants free/busy only. ``api_url`` is the origin. Raises PeerError where the first
    calendar's call failed for a reason that is not its own (see :func:`protocols.google.pages.fetch`); a later
    calendar's is its Unavailable, for what is known by then is kept.
    """
    answers: list[Answer] = []
    details = question.detail is Detail.DETAILS
    for mailbox in mailboxes:
        asked = whole_seconds(question.window)
        try:
            listing = await fetch(send, mailbox, asked, details=details, api_url=api_url, as_of=as_of)
        except PeerError as error:
            if not answers:
                raise
            listing = error
        if isinstance(listing, PeerError):
            answers.append(
                Unavailable(
                    mailbox=mailbox, reason=listing.reason, retry_after=listing.retry_after, detail=listing.detail
                )
            )
        else:
            answers.append(decode(listing, mailbox, question, source=source, as_of=as_of))
    return answers


def decode(listing: Listing, mailbox: Mailbox, question: Question, *, source: str, as_of: datetime) -> Answer:
    """What the events mean. An event that cannot be read makes the calendar GARBLED; one whose time is uncertain,
    unknown for as long as it may last."""
    zone = zone_named(listing.zone) if listing.zone else None
    seen = Detail.DETAILS if question.detail is Detail.DETAILS and listing.may_read else Detail.BUSY
    intervals, unknown = [], set()
    for event in listing.items:
        try:
            block, certain = _block(event, zone, listing if seen is Detail.DETAILS else None)
        except (ValueError, TypeError, AttributeError) as error:
            return Unavailable(mailbox=mailbox, reason=Reason.GARBLED, detail=f"an event: {type(error).__name__}")
        if block is None or not block.window.overlaps(question.window):
            continue
        if certain:
            intervals.append(block)
        else:
            unknown.add(block.window.clip(question.window) or question.window)
    return Availability(
        mailbox=mailbox,
        window=question.window,
        intervals=Intervals.pack(intervals),
        detail=seen,
        unknown=tuple(sorted(unknown)),
        source=source,
        as_of=as_of,
    )


def _block(event: Event, zone: tzinfo | None, details_of: Listing | None) -> tuple[BusyInterval | None, bool]:
    """What the event takes of its owner's time, None for nothing, and whether its time is certain."""
    status = _status(event)
    if status is BusyStatus.FREE:
        return None, True
    window, certain = _window(event, zone)
    details = _details(event, details_of) if details_of is not None else None
    return (BusyInterval(window, status, details) if window is not None else None), certain


def _status(event: Event) -> BusyStatus:
    """How the event takes its owner's time; FREE: not at all."""
    response = _own_response(event)
    kind = event.get("eventType")
    if event.get("status") == "cancelled" or response == "declined":
        return BusyStatus.FREE
    if kind == "workingLocation":
        where = event.get("workingLocationProperties")
        return _WORKING_LOCATIONS.get(str(where.get("type")), BusyStatus.FREE) if where else BusyStatus.FREE
    if event.get("transparency") == "transparent":
        return BusyStatus.FREE
    if kind == "outOfOffice":
        return BusyStatus.OUT_OF_OFFICE
    if event.get("status") == "tentative" or response in _UNDECIDED:
        return BusyStatus.TENTATIVE
    return BusyStatus.BUSY


def _own_response(event: Event) -> str | None:
    for attendee in event.get("attendees") or ():
        if attendee.get("self") is True:
            response: str | None = attendee.get("responseStatus")
            return response
    return None


def _window(event: Event, zone: tzinfo | None) -> tuple[TimeWindow | None, bool]:
    """When the event is and whether that is certain; None for an event that takes no time."""
    start, end = event.get("start"), event.get("end")
    if not isinstance(start, dict) or not isinstance(end, dict):
        raise ValueError("an event without its times")
    first, last = day(start), day(end)
    if first is not None and last is not None:
        if last < first:
            raise ValueError("ends before it starts")
        return days(first, last, zone)
    return window_between(instant(start.get("dateTime")), instant(end.get("dateTime"))), True


def _details(event: Event, listing: Listing) -> EventDetails:
    private = event.get("visibility") not in _OPEN
    return EventDetails(
        subject=None if private else _text(event.get("summary")),
        location=None if private else _text(event.get("location")),
        meeting=bool(event.get("attendees") or event.get("attendeesOmitted")),
        recurring=event.get("recurringEventId") is not None,
        exception=_moved(event),
        private=private,
        reminder=_reminds(event.get("reminders"), listing),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _moved(event: Event) -> bool:
    """Whether this occurrence of a series lies elsewhere than the series puts it."""
    original = event.get("originalStartTime")
    if event.get("recurringEventId") is None or not isinstance(original, dict):
        return False
    try:
        if original.get("date") is not None or event["start"].get("date") is not None:
            return bool(original.get("date") != event["start"].get("date"))
        return instant(original.get("dateTime")) != instant(event["start"].get("dateTime"))
    except ValueError:
        return False


def _reminds(reminders: Any, listing: Listing) -> bool:
    if not isinstance(reminders, dict):
        return False
    return bool(reminders.get("overrides")) or (reminders.get("useDefault") is True and listing.default_reminders)
