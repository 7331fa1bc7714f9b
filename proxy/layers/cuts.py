"""Remembers the parts of kept answers that were asked for, so that each is cut once and not for each question."""

from collections import OrderedDict
from typing import Final, TypeAlias

from protocols.model.freebusy import Availability
from protocols.model.window import TimeWindow
from proxy.layers.packed import Packed

_MOST: Final = 16_384  # of about 700 bytes, each with the answer that it was cut from

Parts: TypeAlias = dict[str, tuple[Packed, Availability]]
"""By address, a kept answer and its part; the part counts as long as that very answer is the one that is kept."""


class Cuts:
    """The parts by window, at most ``most`` in all: those of the window that was unused the longest go first."""

    def __init__(self, most: int = _MOST) -> None:
        self._most, self._count = most, 0
        self._windows: OrderedDict[TimeWindow, Parts] = OrderedDict()

    def __len__(self) -> int:
        return self._count

    def of(self, window: TimeWindow) -> Parts:
        """The parts that ``window`` has asked for, to look into; :meth:`add` adds."""
        parts = self._windows.get(window)
        if parts is None:
            return {}
        self._windows.move_to_end(window)
        return parts

    def add(self, window: TimeWindow, address: str, kept: Packed, part: Availability) -> None:
        """Remember ``part`` of ``kept`` in the place of an older one."""
        parts = self._windows.get(window)
        if parts is None:
            parts = self._windows[window] = {}
        self._count += address not in parts
        parts[address] = kept, part
        while self._count > self._most:
            _, oldest = self._windows.popitem(last=False)
            self._count -= len(oldest)
