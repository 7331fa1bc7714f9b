"""Watches the clock of the shared store, by which all ages are told: once it was set, nothing from before is believed.

Each node compares how fast that clock goes with its own, which nobody can set. Where the two come apart, a new era
begins in the store, and whatever was put in the old one is not there any more, for any node. An era tells how far the
clock of the store was from the time of day of the node that began it. A node that has just started, and so has nothing
to compare with, believes what is there where it finds the same; else it begins an era of its own.
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from service.shared_scripts import MARK
from service.shared_store import INSTANTS, Entry, Found, Seen, SharedStore, Wanted

SLACK: Final = 500
"""Milliseconds by which two clocks may come apart unnoticed: what is shared may be older by so much than it is told."""
_DRIFT: Final = 2e-4  # of the time that passed: two clocks that nobody sets, or that NTP slews
_FORGETS: Final = 600.0  # seconds after which a node that has not looked is as one that has just started
_DIGITS: Final = 15
logger = structlog.get_logger("busyline.cluster")


@dataclass(slots=True)
class _Apart:
    """How far the store's clock is before a clock of ours, in milliseconds: between ``least`` and ``most``, at ``at``.

    A reading says no more than that it was taken between sending and hearing. What was found once moves by drift alone,
    however many small steps there are.
    """

    least: float
    most: float
    at: float

    def moved(self, other: "_Apart") -> bool:
        """Whether ``other``, which was found later, cannot be explained; otherwise it is taken into account."""
        drift = _DRIFT * 1000 * max(other.at - self.at, 0)
        self.least, self.most, self.at = self.least - drift, self.most + drift, max(other.at, self.at)
        if other.most < self.least - SLACK or other.least > self.most + SLACK:
            return True
        if other.most < self.least:
            self.most = self.least
        elif other.least > self.most:
            self.least = self.most
        else:
            self.least, self.most = max(self.least, other.least), min(self.most, other.most)
        return False


class TimedStore:
    """``store`` as one node believes it: a SharedStore that finds nothing whose age it cannot know.

    ``steady`` tells seconds and is never set, ``wall`` tells seconds since 1970. ``steps`` counts how often the store's
    clock was found to have been set.
    """

    def __init__(
        self,
        store: SharedStore,
        *,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._store, self._steady, self._wall, self._randomness = store, steady, wall, randomness
        self._apart: _Apart | None = None
        self._begun_at = -math.inf
        self._era = b""
        self._oldest = self.steps = 0

    async def look(self, wanted: Sequence[Wanted], *, token: bytes, waiting: int = 0) -> Seen | None:
        """See :class:`SharedStore`. None as well where it is not known how old anything is."""
        sent = self._steady()
        seen = await self._store.look(wanted, token=token, since=self._oldest, waiting=waiting)
        if seen is None or seen.now not in INSTANTS or sent < self._begun_at:
            return None
        heard = self._steady()
        now = _Apart(seen.now - heard * 1000, seen.now - sent * 1000 + 1, heard)
        if self._apart is None or heard - self._apart.at > _FORGETS:
            self._apart, self._era = now, b""
            return await self._joined(seen, heard - sent, new=True)
        if self._apart.moved(now):
            await self._stepped(seen, now)
            return None
        if seen.era == self._era != b"":
            return seen
        return await self._joined(seen, heard - sent, new=not self._era)

    async def put(self, entries: Sequence[Entry], *, token: bytes, era: bytes) -> None:
        """See :class:`SharedStore`."""
        await self._store.put(entries, token=token, era=era)

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        """See :class:`SharedStore`."""
        await self._store.hold(keys, token=token)

    async def _stepped(self, seen: Seen, now: _Apart) -> None:
        self.steps += 1
        self._apart, self._era, self._begun_at = now, b"", self._steady()
        logger.warning("cluster_clock_set", mend="let NTP keep the clock of the machine where Redis runs")
        await self._begun(seen, 0)

    async def _joined(self, seen: Seen, round_trip: float, *, new: bool) -> Seen | None:
        """``seen`` in an era that this node did not know, with what of it can be believed; None where it cannot."""
        if self._agrees(seen, round_trip):
            self._era, self._oldest = seen.era, 0
            return seen
        if seen.era and not new:  # how the clock has gone since then is known, and not before
            self._era, self._oldest = seen.era, seen.now
            return _emptied(seen)
        if seen.era:
            away = round(seen.now / 1000 - self._wall(), 1)
            logger.info("cluster_clock_differs", seconds=away, mend="let NTP keep the clocks of both machines")
        return await self._begun(seen, round_trip)

    async def _begun(self, seen: Seen, round_trip: float) -> Seen | None:
        """``seen`` in a new era, be it one that another node has just begun; None where this one cannot join that."""
        away = seen.now - round(self._wall() * 1000)
        new = self._randomness(MARK) + b"%+0*d" % (_DIGITS, away)
        era = await self._store.begin(seen.era, new)
        if era is None or (era != new and not self._agrees(replace(seen, era=era), round_trip)):
            return None
        self._era, self._oldest = era, 0
        return replace(_emptied(seen), era=era)

    def _agrees(self, seen: Seen, round_trip: float) -> bool:
        """Whether who began the era found the store's clock as far from the time of day as it is for us."""
        written = seen.era[MARK:]
        if len(written) != _DIGITS or not (written[:1] in b"+-" and written[1:].isdigit()):
            return False
        return abs(seen.now - self._wall() * 1000 - int(written)) <= SLACK + round_trip * 1000


def _emptied(seen: Seen) -> Seen:
    return replace(seen, found=[each if each.value is None and each.note is None else Found() for each in seen.found])
