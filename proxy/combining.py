"""Makes one answer of those that several calendar systems gave about one person."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from protocols.model.freebusy import Answer, Availability, Detail, Part, Reason, Unavailable
from protocols.model.window import TimeWindow
from proxy.answers import bare, within
from routing.table import Combine

_NOT_THERE: Final = frozenset({Reason.NO_SUCH_MAILBOX, Reason.LOOP})
_DOUBTS_LEAST: Final = (Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.NO_CALENDAR, Reason.LOOP)


def combined(answers: Sequence[Answer], combine: Combine, window: TimeWindow) -> Answer:
    """One answer of the ``answers`` to one question about ``window``, each about the same person.

    Busy anywhere is busy. What a calendar that counts cannot tell is unknown, the whole window where it tells nothing.
    Of a MOVE the first answer is the current side's: the others count for nothing where they do not know the mailbox
    or may not be asked in this direction. Of EITHER, a side that does not know the mailbox counts for nothing as long
    as another does. ``as_of`` is the oldest part's, ``detail`` the lowest.
    """
    parts = tuple(map(_part, answers))
    counting = _counting(answers, combine)
    known = [answer for answer in counting if isinstance(answer, Availability)]
    silent = [answer for answer in counting if isinstance(answer, Unavailable)]
    if not known:
        return replace(_worst(silent), parts=parts)
    if len(counting) == 1:
        return replace(known[0], parts=parts)
    return _union(known, bool(silent), window, parts)


def _counting(answers: Sequence[Answer], combine: Combine) -> Sequence[Answer]:
    if combine is Combine.MOVE:
        current, *old = answers
        return [current, *(answer for answer in old if not _not_there(answer))]
    if combine is Combine.EITHER:
        return [answer for answer in answers if not _unknown_there(answer)] or answers
    return answers


def _not_there(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason in _NOT_THERE


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


def _part(answer: Answer) -> Part:
    if isinstance(answer, Availability):
        return Part(answer.source, answer.as_of)
    return Part(answer.source, None, answer.reason)
