"""The merged view of a group: when anybody of it is busy, and nothing of who that is."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import EMPTY, BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.spans import Spans, joined, outside
from protocols.model.window import TimeWindow


def merged_view(group: Mailbox, members: Sequence[Answer], window: TimeWindow) -> Availability | Unavailable:
    """What the answers of the ``members``, each about ``window``, say of the ``group`` together.

    At each instant the highest status of any member, in as few blocks as can be: neither events nor members can be
    counted in it. A member of whom nothing is known makes the whole window unknown, and time that is unknown of one
    stays so. No details, no working hours; ``as_of`` is the oldest part's, ``members`` are
    those of whom something is known. Of nobody nothing can be said: NO_CALENDAR.
    """
    known = [answer for answer in members if isinstance(answer, Availability)]
    if not members:
        return Unavailable(mailbox=group, reason=Reason.NO_CALENDAR, detail="a group of nobody")
    if not known:
        return Unavailable(mailbox=group, reason=Reason.INCOMPLETE, detail="no member of the group can be read")
    gaps = (window,) if len(known) < len(members) else tuple(gap for answer in known for gap in answer.unknown)
    return Availability(
        mailbox=group,
        window=window,
        intervals=flat((answer.intervals for answer in known), window),
        unknown=gaps,
        source="+".join(dict.fromkeys(answer.source for answer in known)),
        as_of=_oldest(known),
        members=tuple(answer.mailbox for answer in known),
    )


def flat(intervals: Iterable[Intervals], window: TimeWindow) -> Intervals:
    """One line of time, cut to ``window``: the highest status at each instant, neighbours alike joined."""
    low, high = window.seconds
    spans: dict[int, list[tuple[int, int]]] = {}
    for each in intervals:
        for start, end, status in each.edges():
            if start < high and end > low and status != BusyStatus.FREE:
                spans.setdefault(status, []).append((max(start, low), min(end, high)))
    taken: Spans = ()
    blocks: list[BusyInterval] = []
    for status in sorted(spans, reverse=True):
        own = joined(spans[status])
        blocks += [BusyInterval(TimeWindow.of_seconds(*part), BusyStatus(status)) for part in outside(own, taken)]
        taken = joined([*taken, *own])
    return Intervals.pack(blocks) if blocks else EMPTY


def _oldest(answers: Iterable[Availability]) -> datetime:
    return min(answer.as_of for answer in answers)
