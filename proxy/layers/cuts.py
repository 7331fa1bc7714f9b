"""Remembers the parts of kept answers that were asked for, so that each is cut once and not for each question."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from protocols.model.freebusy import Availability
from protocols.model.window import TimeWindow
from proxy.layers.packed import Packed, weight

_MEMORY: Final = 64 * 1024**2
_ENTRY: Final = 700  # bytes besides what both hold
_NOTHING: Final = timedelta()

Parts: TypeAlias = dict[str, tuple[Packed, Availability]]
"""By address, a kept answer and its part; the part counts as long as that very answer is the one that is kept."""


@dataclass(slots=True)
class _Window:
    """The parts that one window has asked for since ``since``, and about how many bytes they hold."""

    since: datetime
    parts: Parts = field(default_factory=dict)
    weight: int = 0


class Cuts:
    """The parts by window, at most ``memory`` bytes with the answers that they were cut from, which the store may have
    dropped: the window that has collected the longest goes first, and every window after ``life``, in which the
    answers that it began with have expired. What lives on is cut once more.
    """

    def __init__(self, life: timedelta, memory: int = _MEMORY) -> None:
        self._life, self._memory, self.weight = life, memory, 0
        self._windows: OrderedDict[TimeWindow, _Window] = OrderedDict()

    def of(self, window: TimeWindow) -> Parts:
        """The parts that ``window`` has asked for, to look into; :meth:`add` adds."""
        found = self._windows.get(window)
        return {} if found is None else found.parts

    def add(self, window: TimeWindow, address: str, kept: Packed, part: Availability, now: datetime) -> None:
        """Remember ``part`` of ``kept`` in the place of an older one."""
        self._let_go(now)
        found = self._windows.get(window)
        if found is None:
            found = self._windows[window] = _Window(now)
        before = found.parts.get(address)
        more = _weight(kept, part) - (_weight(*before) if before is not None else 0)
        found.parts[address] = kept, part
        found.weight += more
        self.weight += more
        while self.weight > self._memory:
            self._drop_oldest()

    def _let_go(self, now: datetime) -> None:
        # an instant before it began means that the clock was set back: how old the window is, nobody knows
        while self._windows and not _NOTHING <= now - next(iter(self._windows.values())).since < self._life:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, oldest = self._windows.popitem(last=False)
        self.weight -= oldest.weight


def _weight(kept: Packed, part: Availability) -> int:
    return _ENTRY + weight(kept) + part.intervals.nbytes
