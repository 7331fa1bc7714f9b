"""Judges an answer by the truth: what stood in the calendar within one time to live before the answer came."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Final

from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.living import CELL, LivingEstate

DIGITS: Final[Mapping[BusyStatus, int]] = {
    BusyStatus.FREE: 0,
    BusyStatus.TENTATIVE: 1,
    BusyStatus.BUSY: 2,
    BusyStatus.OUT_OF_OFFICE: 3,
    BusyStatus.WORKING_ELSEWHERE: 4,
}
"""A status as EWS and Graph write it; a *view* has one byte of these for each half hour of a window."""
_ONE_KIND: Final = bytes([0, *[DIGITS[BusyStatus.BUSY]] * 255])


class Verdict(Enum):
    """What an answer about one mailbox was worth."""

    RIGHT = "the truth"
    DOUBT = "an error, which says nothing"
    WRONG = "not what stood there at any moment of the last time to live"
    FALSELY_FREE = "free where somebody was busy all that time, or who does not exist"


class Judge:
    """Knows the truth of ``estate``. ``ttl`` is how old an answer may be, in seconds.

    Of calendars of ``one_kind`` (domains) statuses are not compared, only whether somebody is busy at all.
    """

    def __init__(self, estate: LivingEstate, *, ttl: float, one_kind: frozenset[str] = frozenset()) -> None:
        self._estate, self._ttl, self._one_kind = estate, ttl, one_kind
        self._truth = lru_cache(maxsize=20_000)(self._view)

    def verdict(
        self, whom: str, window: TimeWindow, view: bytes, *, asked: float, answered: float, one_kind: bool = False
    ) -> Verdict:
        """What the ``view`` of a mailbox is worth that was asked for and came at these instants (seconds since 1970).

        ``one_kind``: the way of asking tells no status but busy, either.
        """
        if whom not in self._estate.mailboxes:
            return Verdict.WRONG if all(view) else Verdict.FALSELY_FREE  # right is an error alone
        one_kind = one_kind or whom.rpartition("@")[2] in self._one_kind
        alive = self._estate.versions(whom, asked - self._ttl, answered)
        truths = [self._truth(whom, version, window, one_kind) for version in alive]
        view = view.translate(_ONE_KIND) if one_kind else view
        if view in truths:
            return Verdict.RIGHT
        if len(view) == len(truths[0]) and not _shows_free(view, truths):
            return Verdict.WRONG
        return Verdict.FALSELY_FREE

    def _view(self, whom: str, version: int, window: TimeWindow, one_kind: bool) -> bytes:
        low, high = window.seconds
        blocks = self._estate.blocks(whom, version)
        view = painted(window, [(at, to, DIGITS[kind]) for at, to, kind in blocks if at < high and to > low])
        return view.translate(_ONE_KIND) if one_kind else view


def _shows_free(view: bytes, truths: list[bytes]) -> bool:
    """Whether somewhere it is free where every truth is busy."""
    return any(not shown and all(cells) for shown, *cells in zip(view, *truths, strict=True))


def painted(window: TimeWindow, blocks: list[tuple[int, int, int]]) -> bytes:
    """The view that blocks (start, end, digit) make in ``window``; ValueError where one is not of whole half hours."""
    low, high = window.seconds
    view = bytearray((high - low) // CELL)
    for start, end, digit in blocks:
        if start % CELL or end % CELL or end <= start:
            raise ValueError(f"a block from {start} to {end}, which nobody has")
        if start < high and end > low:
            first, last = max(start - low, 0) // CELL, (min(end, high) - low) // CELL
            view[first:last] = bytes([digit]) * (last - first)
    return bytes(view)


def second(instant: datetime) -> int:
    """Seconds since 1970. ValueError where it is none that is whole."""
    whole = instant.astimezone(UTC).timestamp()
    if whole % 1:
        raise ValueError(f"{instant} is no whole second")
    return int(whole)
