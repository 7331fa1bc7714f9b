"""When the clocks of a zone change, found by asking it, since a tzinfo tells offsets but never its transitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import combinations

_STEP = 4 * 86_400
_SECOND = timedelta(seconds=1)


def offset_of(zone: tzinfo, instant: int) -> int:
    """Seconds to add to UTC in ``zone`` at ``instant`` (seconds since 1970)."""
    return (datetime.fromtimestamp(instant, zone).utcoffset() or timedelta()) // _SECOND


def transitions(zone: tzinfo, low: int, high: int) -> list[tuple[int, int]]:
    """Each change after ``low`` and up to ``high`` (seconds since 1970): when, and the offset from then on.

    The zone is asked every four days: of two changes that lie closer, one goes unseen. No zone has made two within six
    days since 1970.
    """
    found = []
    before = offset_of(zone, low)
    while low < high:
        step = min(low + _STEP, high)
        after = offset_of(zone, step)
        if after != before:
            at = _first_with(zone, after, low, step)
            found.append((at, after))
        low, before = step, after
    return found


def _first_with(zone: tzinfo, offset: int, low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if offset_of(zone, middle) == offset else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Fit:
    """A stretch of time in which ``other`` applies, with ``usual`` before and after it.

    ``begin`` and ``end`` are in seconds since 1970; None where they are those of the whole time looked at.
    """

    usual: int
    other: int
    begin: int | None = None
    end: int | None = None


def best_fit(low: int, high: int, first: int, changes: Sequence[tuple[int, int]]) -> Fit:
    """Of all ways to tell ``changes`` by two of them, the one that is wrong for the shortest time between low and high.

    ``first`` is the offset at ``low``. Exact where there are at most two changes and the second takes the first back.
    """
    edges = [low, *(at for at, _ in changes), high]
    spans = [
        (end - start, offset)
        for start, end, offset in zip(edges, edges[1:], [first, *(o for _, o in changes)], strict=False)
    ]
    best, most = Fit(first, first), -1
    for i, j in combinations(range(len(edges)), 2):
        other, inside = _longest(spans[i:j])
        usual, outside = _longest(spans[:i] + spans[j:]) if j - i < len(spans) else (other, 0)
        if inside + outside > most:
            most = inside + outside
            best = Fit(usual, other, edges[i] if i else None, edges[j] if j < len(spans) else None)
    return best


def _longest(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The offset that lasts longest in ``spans``, and how long."""
    lasting: dict[int, int] = {}
    for length, offset in spans:
        lasting[offset] = lasting.get(offset, 0) + length
    return max(lasting.items(), key=lambda item: item[1])
