"""Reads iCalendar (RFC 5545, RFC 7953) into the house's words: busy time, working hours, and what nobody can know."""

from collections.abc import Collection, Sequence
from datetime import tzinfo
from typing import Final

from protocols.caldav import vavailability, vevents, vfreebusy
from protocols.caldav.lines import Block, calendars
from protocols.caldav.spans import gaps, union
from protocols.caldav.times import ANYWHERE, written
from protocols.caldav.told import Bounds, Scope, Told
from protocols.caldav.vevents import Reading
from protocols.caldav.zones import Zones, named
from protocols.errors import PeerError
from protocols.model.freebusy import Detail, Reason, WorkingHours
from protocols.model.intervals import EMPTY, Intervals
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import Budget, TooManyError

__all__ = ["Bounds", "Budget", "Scope", "Told", "read"]

_OF_CALENDAR: Final = frozenset({"X-WR-TIMEZONE", "TIMEZONE-ID", "X-CLIPSTART", "X-CLIPEND", "CALSCALE"})
_CALENDAR, _PERIOD = 10, 16  # steps that a calendar costs, besides what is in it, and a period of free/busy
_LONGEST_AVAILABILITY: Final = 256 * 1024  # bytes; hours for every day of a year have a tenth of that
USUAL: Final = Bounds()


def read(
    data: bytes,
    window: TimeWindow,
    *,
    zone: tzinfo | None,
    detail: Detail,
    scope: Scope = Scope.CALENDAR,
    owners: Collection[str] = (),
    bounds: Bounds = USUAL,
    budget: Budget | None = None,
) -> Told:
    """What ``data`` (one VCALENDAR or several) tells about ``window``.

    ``zone`` is what all-day and floating times are meant in where the data names none (X-WR-TIMEZONE); without either
    such times are unknown. ``owners`` are the canonical addresses of whose calendar it is: what they have declined
    takes none of their time. A component that cannot be read makes the time it may take unknown, and so does a
    recurrence beyond the ``bounds``; details are told only where ``detail`` asks for them. ``budget``, made once by
    ``bounds.budget()`` where several calls answer one question, is what all of them may cost: when it is spent, the
    rest is unknown.
    Raises PeerError: GARBLED where the data is no iCalendar, INCOMPLETE where it breaks off or exceeds the size.
    """
    if len(data) > bounds.size:
        # not TOO_MANY_ENTRIES: half the window would bring the same bytes again
        raise PeerError(Reason.INCOMPLETE, f"the calendar exceeds {bounds.size} bytes")
    budget = budget or bounds.budget()
    if budget.spent:
        return Told(intervals=EMPTY, unknown=(window,))
    with budget.reading():
        reader = _Reader(window, zone, detail, scope, owners, budget)
        every = calendars(data)
        if detail is Detail.DETAILS:
            reader.veil(every)
        for calendar in every:
            reader.take(calendar)
        return reader.told()


class _Reader:
    def __init__(
        self,
        window: TimeWindow,
        zone: tzinfo | None,
        detail: Detail,
        scope: Scope,
        owners: Collection[str],
        budget: Budget,
    ) -> None:
        self._window, self._zone, self._scope = window, zone, scope
        self._details, self._owners = detail is Detail.DETAILS, frozenset(owners)
        self._budget = budget
        self._reading = Reading()
        self._spoken: list[TimeWindow] = []
        self._events, self._speaks = False, False
        self._clips: list[TimeWindow] = []
        self._hours: WorkingHours | None = None

    def veil(self, every: Sequence[Block]) -> None:
        self._reading.veil(block for calendar in every for block in calendar.inner if block.name == "VEVENT")

    def take(self, calendar: Block) -> None:
        try:
            self._budget.work(_CALENDAR + len(calendar.own) // 1000)
            own = calendar.properties(_OF_CALENDAR)
        except TooManyError:
            self._reading.unknown.append(self._window)
            return
        except ValueError:
            raise PeerError(Reason.GARBLED, "a calendar whose own properties cannot be read") from None
        if own.word("CALSCALE") not in ("", "GREGORIAN"):
            raise PeerError(Reason.GARBLED, "no Gregorian calendar")
        by_kind: dict[str, list[Block]] = {}
        for block in calendar.inner:
            by_kind.setdefault(block.name, []).append(block)
        names = [each.value for name in ("X-WR-TIMEZONE", "TIMEZONE-ID") for each in own.all(name)][:10]
        zones = Zones(ANYWHERE, ANYWHERE, by_kind.get("VTIMEZONE", ()), self._window)
        zones.own = next(filter(None, map(named, names)), None) or self._defined(zones, names) or ANYWHERE
        self._clip(own.word("X-CLIPSTART"), own.word("X-CLIPEND"), zones)
        self._free_busy(by_kind.get("VFREEBUSY", ()), zones)
        if parts := by_kind.get("VEVENT"):
            self._events = True
            vevents.read_all(
                parts,
                self._window,
                zones,
                owners=self._owners,
                details=self._details,
                budget=self._budget,
                reading=self._reading,
            )
        availability = by_kind.get("VAVAILABILITY", ())
        if self._hours is None and sum(map(_length, availability)) < _LONGEST_AVAILABILITY:
            self._hours = vavailability.hours(availability, self._window, zones)

    def _defined(self, zones: Zones, names: Sequence[str]) -> tzinfo | None:
        """The calendar's zone by its own definition; where it names none, the one we were told."""
        found = (zones.named(name) for name in names)
        return next((zone for zone in found if zone is not None and zone is not ANYWHERE), self._zone)

    def _clip(self, start: str, end: str, zones: Zones) -> None:
        """What an exporter says of how far its export reaches ([MS-OXCICAL]; unconfirmed)."""
        try:
            first = written(start, None, zones).latest if start else self._window.start
            last = written(end, None, zones).earliest if end else self._window.end
        except ValueError:
            return
        if start or end:
            self._clips += [TimeWindow(first, last)] if first < last else []

    def _free_busy(self, blocks: Sequence[Block], zones: Zones) -> None:
        for block in blocks:
            self._speaks = True
            try:
                self._budget.work(_PERIOD * block.own.count(b"/") + len(block.own) // 40)
                found = vfreebusy.read(block, zones)
            except ValueError:
                self._reading.unknown.append(self._window)
                continue
            self._reading.blocks += found.blocks
            self._reading.unknown += found.unknown
            self._spoken += found.told

    def told(self) -> Told:
        window, reading = self._window, self._reading
        silent: list[TimeWindow] = []
        bound_to_what_it_says = self._scope is Scope.FREE_BUSY or (self._speaks and not self._events)
        if self._scope is not Scope.ANSWER and bound_to_what_it_says:
            silent += gaps(self._spoken, window)
        if self._clips:
            silent += gaps(self._clips, window)
        return Told(
            intervals=Intervals.pack(block for block in reading.blocks if block.window.overlaps(window)),
            unknown=union([*reading.unknown, *silent], window),
            hours=self._hours,
        )


def _length(block: Block) -> int:
    return len(block.own) + sum(map(_length, block.inner))
