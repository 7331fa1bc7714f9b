"""Makes one answer of the answers for the pieces of a window."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable
from protocols.model.intervals import BusyInterval, Intervals
from protocols.model.window import TimeWindow
from proxy.answers import bare, fitted, within

_SETTLED = frozenset({Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS})


def joined(window: TimeWindow, pieces: Sequence[TimeWindow], parts: Sequence[Answer]) -> Answer:
    """One mailbox's answer for ``window`` from those for its adjoining ``pieces``.

    A piece without an answer is unknown; where no piece has one, the mailbox is Unavailable. ``as_of`` is the oldest
    part's; a block that the peer cut at the edge of a piece is one block again.
    """
    known = [fitted(part, part.mailbox, piece) for piece, part in _answered(pieces, parts)]
    if not known:
        return _failure([part for part in parts if isinstance(part, Unavailable)])
    level = min((part.detail for part in known), key=lambda detail: detail is Detail.DETAILS)
    if level is Detail.BUSY:
        known = [bare(part) for part in known]
    silent = [piece for piece, part in zip(pieces, parts, strict=True) if isinstance(part, Unavailable)]
    doubtful = [gap for part in known for gap in part.unknown]
    return replace(
        known[0],
        window=window,
        detail=level,
        intervals=_stitched([part.intervals for part in known], [left.end for left, _ in pairwise(pieces)]),
        unknown=within(window, silent + doubtful),
        working_hours=next((part.working_hours for part in known if part.working_hours), None),
        as_of=min(part.as_of for part in known),
    )


def _answered(pieces: Sequence[TimeWindow], parts: Sequence[Answer]) -> Iterable[tuple[TimeWindow, Availability]]:
    return ((piece, part) for piece, part in zip(pieces, parts, strict=True) if isinstance(part, Availability))


def _failure(parts: Sequence[Unavailable]) -> Unavailable:
    """The failure that says most: doubt outweighs a settled refusal, which must hold for every piece."""
    reasons = {part.reason for part in parts}
    chosen = next((part for part in parts if part.reason not in _SETTLED), parts[0])
    waits = [part.retry_after for part in parts if part.retry_after is not None]
    return replace(
        chosen,
        reason=Reason.INCOMPLETE if len(reasons) > 1 and reasons <= _SETTLED else chosen.reason,
        retry_after=max(waits, default=None),
        whole_call=all(part.whole_call for part in parts),
    )


def _stitched(parts: Sequence[Intervals], cuts: Sequence[datetime]) -> Intervals:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.joined(part)
    blocks = list(whole)
    for cut in cuts:
        blocks = _stitched_at(cut, blocks)
    return Intervals.pack(blocks) if len(blocks) < len(whole) else whole


def _stitched_at(cut: datetime, blocks: list[BusyInterval]) -> list[BusyInterval]:
    """Blocks equal in all but time, one ending and one starting at ``cut``, become one."""
    starting = defaultdict(list)
    rest: list[BusyInterval] = []
    for block in blocks:
        if block.window.start == cut:
            starting[block.status, block.details].append(block)
        else:
            rest.append(block)
    for index, block in enumerate(rest):
        if block.window.end == cut and (others := starting[block.status, block.details]):
            rest[index] = replace(block, window=TimeWindow(block.window.start, others.pop().window.end))
    return rest + [block for others in starting.values() for block in others]
