"""Between the wall clock of a zone and UTC: strictly for what is read, fast for the many times that are written."""

from bisect import bisect_right
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import TypeAlias

from protocols.zones.rules import RuleZone, offset_text
from protocols.zones.transitions import offset_of, transitions

_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = -62_135_510_400, 253_402_214_400  # a day inside the years 1 to 9999, where every offset can be asked
_BLOCK = 25  # a clock learns 2**25 seconds at once, a little more than a year

_FURTHEST = 2 * _DAY  # no two offsets differ by more

# From which second, up to which one, the offset, the offset without odd seconds, the latter as text; and the offset
# with its text for a time that must not be mistaken: the exact one and "" unless the clock shows the time again.
_Span: TypeAlias = tuple[int, int, int, int, str, int, str]


def to_utc(naive: datetime, zone: tzinfo, *, latest: bool = False) -> datetime:
    """The instant (UTC) at which the clocks of ``zone`` show ``naive``.

    A time that comes twice means the first of the two, or with ``latest`` the second: so the end of a window is rather
    too late than too early. One that is skipped moves forward by the gap. Raises ValueError for an aware ``naive`` and
    where the instant lies outside the years 1 to 9999.
    """
    if naive.tzinfo is not None:
        raise ValueError(f"not a wall clock time: {naive}")
    local = naive.replace(tzinfo=zone, fold=0)
    try:
        first = local.astimezone(UTC)
        return max(first, local.replace(fold=1).astimezone(UTC)) if latest else first
    except OverflowError:
        raise ValueError(f"outside the years 1 to 9999: {naive}") from None


class WallClock:
    """Writes instants as one zone's wall clock shows them. Raises ValueError outside the years 1 to 9999."""

    __slots__ = ("_blocks", "_span", "_zone")

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._blocks: dict[int, list[_Span]] = {}
        self._span: _Span = (0, 0, 0, 0, "", 0, "")

    def naive(self, second: int) -> str:
        """``second`` since 1970 as ``2026-11-23T09:00:00``."""
        low, high, offset, _, _, _, _ = self._span
        if not low <= second < high:
            offset = self._turn_to(second)[2]
        second += offset
        return _DAYS[second // _DAY] + _TIMES[second % _DAY]

    def offset(self, second: int) -> str:
        """``second`` since 1970 as ``2026-11-23T09:00:00+01:00``, which names the same instant."""
        low, high, _, offset, text, _, _ = self._span
        if not low <= second < high:
            _, _, _, offset, text, _, _ = self._turn_to(second)
        second += offset
        return _DAYS[second // _DAY] + _TIMES[second % _DAY] + text

    def unmistakable(self, second: int) -> str:
        """As :meth:`naive`; as :meth:`offset` where the clock shows this time again after it was put back.

        So a reader who takes a naive time for the first of the two, as :func:`to_utc` does, reads the right instant.
        """
        low, high, _, _, _, offset, text = self._span
        if not low <= second < high:
            _, _, _, _, _, offset, text = self._turn_to(second)
        second += offset
        return _DAYS[second // _DAY] + _TIMES[second % _DAY] + text

    def _turn_to(self, second: int) -> _Span:
        block = second >> _BLOCK
        spans = self._blocks.get(block)
        if spans is None:
            spans = self._blocks[block] = _spans(self._zone, block << _BLOCK, (block + 1) << _BLOCK)
        span = self._span = spans[bisect_right(spans, second, key=lambda one: one[0]) - 1]
        return span


class _Days(dict[int, str]):
    def __missing__(self, day: int) -> str:
        text = self[day] = f"{date.fromordinal(day + _EPOCH).isoformat()}T"
        return text


class _Times(dict[int, str]):
    def __missing__(self, second: int) -> str:
        minutes, seconds = divmod(second, 60)
        text = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        if not seconds:  # events start and end on the minute; keeping 86,400 strings for the rest buys nothing
            self[second] = text
        return text


_DAYS, _TIMES = _Days(), _Times()


@lru_cache(maxsize=512)
def wall_clock(zone: tzinfo) -> WallClock:
    """The clock of ``zone``, shared by all who ask."""
    return WallClock(zone)


def _spans(zone: tzinfo, low: int, high: int) -> list[_Span]:
    first, last = max(low - _FURTHEST, _FIRST), min(high, _LAST)
    if first >= last:
        raise ValueError("outside the years 1 to 9999")
    found = zone.transitions(first, last) if isinstance(zone, RuleZone) else transitions(zone, first, last)
    offsets = [offset_of(zone, first), *(offset for _, offset in found)]
    starts = [min(low, first), *(at for at, _ in found)]
    spans: list[_Span] = []
    shown = starts[0] + offsets[0]  # up to here the clock has been, its time read as if it were UTC
    for start, end, offset in zip(starts, [*starts[1:], high], offsets, strict=True):
        whole, text = int(offset / 60) * 60, offset_text(offset)
        again = min(max(shown - offset, start), end)
        if start < again:
            spans.append((start, again, offset, whole, text, whole, text))
        if again < end:
            spans.append((again, end, offset, whole, text, offset, ""))
        shown = max(shown, end + offset)
    return spans
