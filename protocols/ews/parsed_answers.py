"""A peer's answer by the parser, with suspicion: whatever leaves a doubt becomes "nothing known", never free."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.blocks import Blocks, Doubt, read_digits, read_events
from protocols.ews.children import children, named, text_of
from protocols.ews.peer_faults import back_off_in, fault_error
from protocols.ews.person_hours import read_working_hours
from protocols.ews.query import RANKS, View
from protocols.ews.tables import REASONS
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.safexml import XmlRefused, local_name, parse

_MOST_NODES = 2_000_000  # a hundred mailboxes of a thousand entries with all their details
_VIEW_PARTS = frozenset({"FreeBusyViewType", "MergedFreeBusy", "CalendarEventArray", "WorkingHours"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The parts of one FreeBusyView."""

    view: View
    events: etree._Element | None
    digits: etree._Element | None
    hours: etree._Element | None


def responses(data: bytes) -> list[etree._Element]:
    """The FreeBusyResponse elements, in order. Raises PeerError where the whole answer cannot be trusted."""
    try:
        root = parse(data, max_nodes=_MOST_NODES)
    except XmlRefused as refused:
        raise PeerError(Reason.GARBLED, f"not XML: {refused}") from None
    body = children(root).get("Body") if local_name(root) == "Envelope" else None
    if body is None or not len(body):
        raise PeerError(Reason.GARBLED, "no SOAP envelope with a Body")
    payload = body[0]
    if local_name(payload) == "Fault":
        raise fault_error(payload)
    array = children(payload).get("FreeBusyResponseArray")
    if local_name(payload) != "GetUserAvailabilityResponse" or array is None:
        raise PeerError(Reason.GARBLED, "no answer to GetUserAvailability")
    if len(named(array, "FreeBusyResponse")) != len(array):
        raise PeerError(Reason.GARBLED, "something else among the responses")
    return list(array)


def seen_in(response: etree._Element) -> Seen:
    """What a FreeBusyResponse holds. Raises Doubt unless it tells of success and of nothing that is not known."""
    parts = children(response)
    _check_success(parts.get("ResponseMessage"))
    seen = parts.get("FreeBusyView")
    if seen is None:
        raise Doubt(Reason.GARBLED, "no FreeBusyView")
    inside = children(seen)
    view = _view(inside.get("FreeBusyViewType"))
    # A misspelt array would look like an empty calendar, so nothing unknown is passed over here.
    if len(inside) != len(seen) or not inside.keys() <= _VIEW_PARTS:
        raise Doubt(Reason.GARBLED, "an unknown or repeated part of FreeBusyView")
    return Seen(view, inside.get("CalendarEventArray"), inside.get("MergedFreeBusy"), inside.get("WorkingHours"))


def level(view: View, question: Question) -> Detail:
    """How much of what came is taken: no more than was asked for, and than the view promises."""
    return Detail.DETAILS if question.detail is view.detail is Detail.DETAILS else Detail.BUSY


def answer_of(
    response: etree._Element, mailbox: Mailbox, question: Question, *, zone: tzinfo, source: str, as_of: datetime
) -> Answer:
    """What a FreeBusyResponse says of ``mailbox``."""
    window = question.window
    try:
        seen = seen_in(response)
        wanted = level(seen.view, question)
        blocks = _blocks(seen, question, zone, wanted)
    except Doubt as doubt:
        return Unavailable(mailbox=mailbox, reason=doubt.reason, retry_after=doubt.retry_after, detail=str(doubt))
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=Intervals.pack(blocks.busy).overlapping(window),
        detail=wanted,
        unknown=tuple(sorted(part for gap in blocks.unknown if (part := gap.clip(window)) is not None)),
        working_hours=read_working_hours(seen.hours),
        source=source,
        as_of=as_of,
    )


def _blocks(seen: Seen, question: Question, zone: tzinfo, wanted: Detail) -> Blocks:
    if seen.digits is None and seen.view is View.MERGED_ONLY:
        raise Doubt(Reason.GARBLED, "MergedOnly without its string")
    # A blank array goes with any view, and one of MergedOnly says nothing: what is busy then stands in the digits.
    details = wanted is Detail.DETAILS
    events = read_events(seen.events, zone, details=details) if seen.events is not None else Blocks([], [])
    return events if seen.digits is None else read_digits(text_of(seen.digits), question, events)


def _check_success(message: etree._Element | None) -> None:
    if message is None:
        raise Doubt(Reason.GARBLED, "no ResponseMessage")
    code = text_of(children(message).get("ResponseCode"))
    if message.get("ResponseClass") == "Success" and code == "NoError":
        return
    back_off = back_off_in(message)
    doubtful = Reason.INCOMPLETE if code in ("", "NoError") else Reason.PEER_FAILED
    if back_off is not None or _throttled_inside(message):
        doubtful = Reason.THROTTLED
    raise Doubt(REASONS.get(code, doubtful), code[:60] or "no ResponseCode", back_off)


def _throttled_inside(message: etree._Element) -> bool:
    """ErrorInternalServerError may hold an inner ErrorServerBusy, which is throttling all the same."""
    return any("ErrorServerBusy" in (element.text or "") for element in message.iter())


def _view(element: etree._Element | None) -> View:
    word = text_of(element)
    if word == "None":
        raise Doubt(Reason.INCOMPLETE, "FreeBusyViewType None")
    if word not in RANKS:
        raise Doubt(Reason.GARBLED, "an unknown FreeBusyViewType")
    return View(word)
