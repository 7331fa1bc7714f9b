"""Reads one spoke: its changes alone where its token is still good, else everything; what is missing is looked at."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from calsync.engine.taking import taken
from calsync.engine.troubles import in_peace
from calsync.items import Item, Unread
from calsync.spoke import ExpiredError, Failed, Known, Page, Spoke
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_MANY: Final = 500
"""Of so many changes most are our own."""
_AT_ONCE: Final = 100
"""So many are looked at in one call."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What one spoke said. ``items`` and ``unread`` are there, ``gone`` surely not; ``missing`` is still to be looked
    at, and ``asked`` are keys that a plan has to see whatever their version. ``same`` counts what was told and stands
    there as it was known. ``whole``: as far as its window goes, nothing else is there. ``expired``: the server refused
    the token, and began anew. ``fresh``: whole, since that was asked for, or it was time."""

    spoke: str
    items: dict[str, Item] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    token: str = field(default="", repr=False)
    whole: bool = False
    expired: bool = False
    fresh: bool = False
    same: int = 0

    @property
    def told(self) -> int:
        """How much stands there, or has changed."""
        return len(self.items) + len(self.unread) + self.same

    def take(self, page: Page) -> None:
        """One more page; what comes later is newer."""
        for item in page.items:
            self.put(item)
        for unread in page.unread:
            self.put(unread)
        self.forget((*page.gone, *page.missing))
        self.gone |= set(page.gone)
        self.missing |= set(page.missing)
        self.token, self.whole = page.token, self.whole or page.whole

    def put(self, one: Item | Unread) -> None:
        """What stands there, as far as a run can take it."""
        self.forget((one.key,))
        one = taken(one) if isinstance(one, Item) else one
        if isinstance(one, Item):
            self.items[one.key] = one
        else:
            self.unread[one.key] = one.words

    def forget(self, keys: Iterable[str]) -> None:
        """Whatever was said of them."""
        for key in keys:
            self.items.pop(key, None)
            self.unread.pop(key, None)
            self.gone.discard(key)
            self.missing.discard(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a spoke is read: since ``token`` ("" for everything), within ``window``. ``known`` are the versions that the
    ledger has; ``due`` keys that have to be looked at in any case. ``everything``: also what stands there as it was
    known is told. ``patience`` is how long one answer may take."""

    token: str = field(repr=False)
    window: TimeWindow
    known: Known
    due: frozenset[str] = frozenset()
    everything: bool = False
    patience: timedelta


async def read(spoke: Spoke, asked: Asked) -> Reading | Failed:
    """All that ``spoke`` tells, everything where its token has expired; or why it cannot. Raises StateError."""
    try:
        reading = await _pages(spoke, asked.token, asked)
    except ExpiredError:
        reading = await _whole(spoke, asked)
        if isinstance(reading, Reading):
            reading.expired = True
    if isinstance(reading, Failed):
        return reading
    told = {*reading.items, *reading.unread, *reading.gone}
    reading.missing |= asked.due - told
    if reading.whole or len(told) > _MANY:
        known = await asked.known()
        reading.missing |= set(known) - told if reading.whole else set()
        if not asked.everything:
            _leave_out(reading, known, asked.due)
    return await seen(spoke, reading, patience=asked.patience)


def _leave_out(reading: Reading, known: Mapping[str, str], due: frozenset[str]) -> None:
    """What stands there as it was known, so that a whole reading costs no more than the differences, and so does one
    that tells of all that we wrote ourselves."""
    same = [key for key, item in reading.items.items() if known.get(key) == item.version and key not in due]
    reading.forget(same)
    reading.same += len(same)


async def seen(spoke: Spoke, reading: Reading, *, patience: timedelta) -> Reading | Failed:
    """The same, with all that is ``missing`` looked at."""
    missing = sorted(reading.missing)
    for at in range(0, len(missing), _AT_ONCE):
        found = await in_peace(spoke.look(missing[at : at + _AT_ONCE]), within=patience)
        if isinstance(found, Failed):
            return found
        for key in missing[at : at + _AT_ONCE]:
            one = found.get(key)
            reading.forget((key,))
            if one is None:
                reading.gone.add(key)
            else:
                reading.put(one)
    return reading


async def _whole(spoke: Spoke, asked: Asked) -> Reading | Failed:
    try:
        return await _pages(spoke, "", asked)
    except ExpiredError:
        return Failed(reason=Reason.GARBLED, words="calls a reading from the very start expired: report it as a defect")


async def _pages(spoke: Spoke, token: str, asked: Asked) -> Reading | Failed:
    """Raises ExpiredError."""
    reading = Reading(spoke=spoke.name)
    pages = spoke.changes(token, asked.known, asked.window)
    while True:
        page = await in_peace(_next(pages), within=asked.patience)
        if isinstance(page, Failed):
            return page
        if page is None:
            return reading
        reading.take(page)


async def _next(pages: AsyncIterator[Page]) -> Page | None:
    return await anext(pages, None)
