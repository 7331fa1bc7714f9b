"""A peer's answer, read with suspicion: whatever leaves a doubt becomes "nothing known", never free."""

from collections.abc import Sequence
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


def read(
    data: bytes,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    zone: tzinfo,
    source: str,
    as_of: datetime,
) -> list[Answer]:
    """One answer per mailbox, in order. Naive times are read in ``zone``, others by their offset.

    ``question.interval`` is the length of a cell that was asked for. Raises PeerError where the whole answer cannot be
    trusted: no XML, no answer to this operation, a fault, or not as many responses as mailboxes.
    """
    responses = _responses(data)
    if len(responses) != len(mailboxes):
        raise PeerError(Reason.GARBLED, f"{len(responses)} responses for {len(mailboxes)} mailboxes")
    answers: list[Answer] = []
    for response, mailbox in zip(responses, mailboxes, strict=True):
        try:
            answers.append(_availability(response, mailbox, question, zone, source, as_of))
        except Doubt as doubt:
            answers.append(_unavailable(mailbox, doubt))
    return answers


def _responses(data: bytes) -> list[etree._Element]:
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


def _availability(
    response: etree._Element, mailbox: Mailbox, question: Question, zone: tzinfo, source: str, as_of: datetime
) -> Availability:
    parts = children(response)
    _check_success(parts.get("ResponseMessage"))
    seen = parts.get("FreeBusyView")
    if seen is None:
        raise Doubt(Reason.GARBLED, "no FreeBusyView")
    inside = children(seen)
    view = _view(inside)
    # A misspelt array would look like an empty calendar, so nothing unknown is passed over here.
    if len(inside) != len(seen) or not inside.keys() <= _VIEW_PARTS:
        raise Doubt(Reason.GARBLED, "an unknown or repeated part of FreeBusyView")
    wanted = Detail.DETAILS if question.detail is Detail.DETAILS and view.detail is Detail.DETAILS else Detail.BUSY
    blocks = _blocks(inside, view, question, zone, wanted)
    window = question.window
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=Intervals.pack(blocks.busy).overlapping(window),
        detail=wanted,
        unknown=tuple(sorted(part for gap in blocks.unknown if (part := gap.clip(window)) is not None)),
        working_hours=read_working_hours(inside.get("WorkingHours")),
        source=source,
        as_of=as_of,
    )


def _blocks(inside: dict[str, etree._Element], view: View, question: Question, zone: tzinfo, wanted: Detail) -> Blocks:
    array, digits = inside.get("CalendarEventArray"), inside.get("MergedFreeBusy")
    if digits is None and view is View.MERGED_ONLY:
        raise Doubt(Reason.GARBLED, "MergedOnly without its string")
    # A blank array goes with any view, and one of MergedOnly says nothing: what is busy then stands in the digits.
    events = read_events(array, zone, details=wanted is Detail.DETAILS) if array is not None else Blocks([], [])
    return events if digits is None else read_digits(text_of(digits), question, events)


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


def _unavailable(mailbox: Mailbox, doubt: Doubt) -> Unavailable:
    return Unavailable(mailbox=mailbox, reason=doubt.reason, retry_after=doubt.retry_after, detail=str(doubt))


def _view(inside: dict[str, etree._Element]) -> View:
    word = text_of(inside.get("FreeBusyViewType"))
    if word == "None":
        raise Doubt(Reason.INCOMPLETE, "FreeBusyViewType None")
    if word not in RANKS:
        raise Doubt(Reason.GARBLED, "an unknown FreeBusyViewType")
    return View(word)
