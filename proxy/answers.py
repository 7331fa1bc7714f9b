"""What the layers do to answers on their way up: address them, fit them to the question, take details away."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow


def addressed(answer: Answer, mailbox: Mailbox) -> Answer:
    """The same answer, echoing ``mailbox`` as this asker wrote it."""
    known = answer.mailbox
    if known is mailbox or (known == mailbox and known.asked == mailbox.asked):
        return answer
    return replace(answer, mailbox=mailbox)


def fitted(answer: Availability, mailbox: Mailbox, window: TimeWindow) -> Availability:
    """The part of ``answer`` that ``window`` asks for; what it does not cover is unknown."""
    if answer.window is window and answer.mailbox is mailbox:
        return answer
    gaps = () if answer.window.covers(window) else outside(window, answer.window)
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=answer.intervals.overlapping(window),
        detail=answer.detail,
        unknown=within(window, (*answer.unknown, *gaps)) if answer.unknown or gaps else (),
        working_hours=answer.working_hours,
        source=answer.source,
        as_of=answer.as_of,
    )


def incomplete(answer: Availability, detail: str) -> Unavailable:
    """What is said instead of ``answer`` where doubt cannot be shown; who gave it, and which parts it has, is kept."""
    return Unavailable(
        mailbox=answer.mailbox, reason=Reason.INCOMPLETE, detail=detail, source=answer.source, parts=answer.parts
    )


def bare(answer: Availability) -> Availability:
    """The same answer without any details."""
    if answer.detail is Detail.BUSY and not answer.intervals.has_details:
        return answer
    return replace(answer, intervals=answer.intervals.bare(), detail=Detail.BUSY)


def outside(window: TimeWindow, known: TimeWindow) -> tuple[TimeWindow, ...]:
    """The parts of ``window`` that ``known`` does not reach."""
    if not window.overlaps(known):
        return (window,)
    before = (TimeWindow(window.start, known.start),) if window.start < known.start else ()
    after = (TimeWindow(known.end, window.end),) if known.end < window.end else ()
    return before + after


def within(window: TimeWindow, windows: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """What of ``windows`` lies in ``window``: ordered, touching ones joined."""
    joined: list[TimeWindow] = []
    for part in sorted(clipped for each in windows if (clipped := each.clip(window))):
        if joined and part.start <= joined[-1].end:
            joined[-1] = TimeWindow(joined[-1].start, max(joined[-1].end, part.end))
        else:
            joined.append(part)
    return tuple(joined)


def whole_call_failed(
    mailboxes: Sequence[Mailbox],
    reason: Reason,
    detail: str = "",
    retry_after: timedelta | None = None,
    *,
    source: str = "",
) -> list[Answer]:
    """The answers of a call to ``source`` that failed as a whole, whoever was asked about."""
    return [
        Unavailable(
            mailbox=mailbox, reason=reason, retry_after=retry_after, detail=detail, whole_call=True, source=source
        )
        for mailbox in mailboxes
    ]


def failed_whole(answers: Sequence[Answer]) -> Unavailable | None:
    """The failure of the whole call that ``answers`` tell of, or None where the peer answered at least for one."""
    if all(isinstance(answer, Unavailable) and answer.whole_call for answer in answers):
        first = next(iter(answers), None)
        return first if isinstance(first, Unavailable) else None
    return None
