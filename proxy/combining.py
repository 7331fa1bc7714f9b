"""Makes one answer of those that several calendar systems gave about one person."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from protocols.model.freebusy import Answer, Availability, Detail, Part, Reason, Unavailable
from protocols.model.window import TimeWindow
from proxy.answers import bare, within
from routing.table import Combine
from routing.ways import Leg, Way

_DOUBTS_LEAST: Final = (Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.NO_CALENDAR, Reason.LOOP)


def combined(way: Way, answers: Sequence[Answer], window: TimeWindow) -> Answer:
    """One answer of the ``answers`` to one question about ``window``, those of the first legs of ``way`` in order.

    Busy anywhere is busy. What a calendar that counts cannot tell is unknown, the whole window where it tells nothing.
    Of a MOVE the first answer is the current side's: the other counts for nothing where it does not know the mailbox
    or may not be asked for this caller (:func:`looping`). Of EITHER and FIRST, a side that does not know the mailbox
    counts for nothing as long as another does. ``as_of`` is the oldest part's, ``detail`` the lowest.
    """
    counting = _counting(answers, way.combine)
    parts = tuple(
        _part(leg, answer, counts=any(answer is each for each in counting))
        for leg, answer in zip(way.legs, answers, strict=False)
    )
    known = [answer for answer in counting if isinstance(answer, Availability)]
    silent = [answer for answer in counting if isinstance(answer, Unavailable)]
    if not known:
        return replace(_worst(silent), parts=parts)
    if len(counting) == 1:
        return replace(known[0], parts=parts)
    return _union(known, bool(silent), window, parts)


def looping(leg: Leg) -> Unavailable:
    """Said of a leg that is not asked, because it would lead the caller to its own calendars."""
    detail = f"this caller is never answered via {leg.via} (never_via)"
    return Unavailable(mailbox=leg.mailbox, reason=Reason.LOOP, detail=detail)


def _counting(answers: Sequence[Answer], combine: Combine) -> Sequence[Answer]:
    if combine is Combine.MOVE:
        current, *old = answers
        return [current, *(answer for answer in old if not _not_there(answer))]
    if combine in (Combine.EITHER, Combine.FIRST):
        return [answer for answer in answers if not _unknown_there(answer)] or answers
    return answers


def _not_there(answer: Answer) -> bool:
    """Whether the side that was left has nothing to say: that a system refuses us, for a circle too, is doubt."""
    return _unknown_there(answer) or (
        isinstance(answer, Unavailable) and answer.reason is Reason.LOOP and not answer.source
    )


def _unknown_there(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason is Reason.NO_SUCH_MAILBOX


def _union(known: Sequence[Availability], doubtful: bool, window: TimeWindow, parts: tuple[Part, ...]) -> Availability:
    level = Detail.DETAILS if all(answer.detail is Detail.DETAILS for answer in known) else Detail.BUSY
    if level is Detail.BUSY:
        known = [bare(answer) for answer in known]
    intervals = known[0].intervals
    for answer in known[1:]:
        intervals = intervals.joined(answer.intervals)
    gaps = (window,) if doubtful else within(window, [gap for answer in known for gap in answer.unknown])
    return replace(
        known[0],
        intervals=intervals,
        detail=level,
        unknown=gaps,
        working_hours=next((answer.working_hours for answer in known if answer.working_hours), None),
        source="+".join(dict.fromkeys(answer.source for answer in known)),
        as_of=min(answer.as_of for answer in known),
        parts=parts,
    )


def _worst(answers: Sequence[Unavailable]) -> Unavailable:
    """The failure that leaves most doubt: a side that may not be asked outweighs one that knows nothing."""
    ranks = {reason: rank for rank, reason in enumerate(_DOUBTS_LEAST)}
    return max(answers, key=lambda answer: ranks.get(answer.reason, len(ranks)))


def _part(leg: Leg, answer: Answer, *, counts: bool) -> Part:
    if isinstance(answer, Availability):
        return Part(leg.via, answer.as_of, Reason.INCOMPLETE if answer.unknown else None, counts)
    return Part(leg.via, None, answer.reason, counts)
