"""Which zone a calendar means: by name, IANA's or Windows's, or by the definition that it brings (VTIMEZONE)."""

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final

from protocols.caldav.lines import Block, Properties
from protocols.caldav.zone_histories import zone_of_history
from protocols.model.freebusy import Weekday
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from protocols.zones.rules import LAST, Change, RuleZone, ZoneRules
from protocols.zones.transitions import offset_of, transitions

_NAMES: Final = frozenset({"TZID", "X-LIC-LOCATION"})
_WANTED: Final = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_OFFSET: Final = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
_BYDAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAYS: Final = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_LONGEST_NAME: Final = 200
_MOST_DEFINITIONS, _MOST_CHANGES = 1000, 1000


class Zones:
    """The zones of one calendar. ``own`` is what its all-day and floating times are meant in.

    A name is checked against the definition that comes with it for the years of the ``window``.
    """

    def __init__(
        self, own: tzinfo, unknown: tzinfo, definitions: Sequence[Block] = (), window: TimeWindow | None = None
    ) -> None:
        self.own, self._unknown = own, unknown
        self._years = (window.start.year, window.end.year) if window else None
        self._definitions = _by_name(definitions[:_MOST_DEFINITIONS])
        self._found: dict[str, tzinfo] = {}

    def named(self, name: str | None) -> tzinfo | None:
        """The zone called ``name``; None where there is no name, ``unknown`` where nobody knows it."""
        if name is None or not (name := name.strip()):
            return None
        if name not in self._found:
            self._found[name] = self._find(name) or self._unknown
        return self._found[name]

    def _find(self, name: str) -> tzinfo | None:
        known = named(name)
        if name not in self._definitions:
            return known
        block, location = self._definitions[name]
        known = known or location
        try:
            own = defined(block)
        except ValueError:
            own = None
        if own is None and known is None:
            return zone_of_history(block)
        if own is None or known is None or self._years is None or _agree(known, own, *self._years):
            return known or own
        # a place's clocks may have changed since the definition was written: nobody knows which of the two is meant
        return None if "/" in name else own


def _by_name(definitions: Sequence[Block]) -> dict[str, tuple[Block, tzinfo | None]]:
    """The definitions, and the places they name; of several of one name the first."""
    found: dict[str, tuple[Block, tzinfo | None]] = {}
    for block in definitions:
        try:
            own = block.properties(_NAMES)
        except ValueError:
            continue
        name = next((each.value.strip() for each in own.all("TZID")), "")
        found.setdefault(name, (block, _by_location(own)))
    return found


@lru_cache(maxsize=1024)
def _agree(known: tzinfo, own: RuleZone, first: int, last: int) -> bool:
    """Whether two zones are the same from the year ``first`` to ``last``."""
    try:
        low, high = (int(datetime(year, 1, 1, tzinfo=known).timestamp()) for year in (first, last + 1))
        if offset_of(known, low) != offset_of(own, low):
            return False
        return transitions(known, low, high) == own.transitions(low, high)
    except (ValueError, OverflowError):
        return False


def named(name: str) -> tzinfo | None:
    """The zone of a name, also where a path stands before it (``/mozilla.org/20050126_1/Europe/Berlin``)."""
    name = name.strip()[:_LONGEST_NAME]
    if found := zone_named(name):
        return found
    if not name.startswith("/"):
        return None
    parts = name.split("/")
    return next(filter(None, (zone_named("/".join(parts[-count:])) for count in (3, 2, 1))), None)


def defined(block: Block) -> RuleZone | None:
    """What a VTIMEZONE defines, where it is two yearly changes or none; None where it is anything else.

    Of a history the rules in force are meant: those that no UNTIL ends. Raises ValueError where it cannot be read.
    """
    if len(block.inner) > _MOST_CHANGES:
        return None
    changes = [(each.name, each.properties(_WANTED)) for each in block.inner if each.name in ("STANDARD", "DAYLIGHT")]
    lasting = [(name, each) for name, each in changes if _lasts(each)]
    if len(changes) == 1 and not _comes_back(changes[0][1]):
        return RuleZone(ZoneRules(-_minutes(changes[0][1], "TZOFFSETTO")))
    if sorted(name for name, _ in lasting) != ["DAYLIGHT", "STANDARD"]:
        return None
    by_name = dict(lasting)
    standard = _minutes(by_name["STANDARD"], "TZOFFSETTO")
    return RuleZone(
        ZoneRules(
            -standard,
            _change(by_name["STANDARD"], 0),
            _change(by_name["DAYLIGHT"], standard - _minutes(by_name["DAYLIGHT"], "TZOFFSETTO")),
        )
    )


def _comes_back(change: Properties) -> bool:
    """Whether a change that stands alone makes a difference again and again, though nothing takes it back."""
    repeats = change.word("RRULE") or change.word("RDATE")
    return bool(repeats) and change.word("TZOFFSETFROM") != change.word("TZOFFSETTO")


def _lasts(change: Properties) -> bool:
    return bool(change.word("RRULE")) and "UNTIL=" not in change.word("RRULE")


def _by_location(own: Properties) -> tzinfo | None:
    return next((named(each.value) for each in own.all("X-LIC-LOCATION")), None)


def _minutes(change: Properties, name: str) -> int:
    match = _OFFSET.fullmatch(change.word(name))
    if match is None or int(match[3]) > 59:
        raise ValueError(f"no {name}")
    minutes = int(match[2]) * 60 + int(match[3])
    return -minutes if match[1] == "-" else minutes


def _change(change: Properties, bias: int) -> Change:
    rule = dict(part.partition("=")[::2] for part in change.word("RRULE").split(";"))
    day = _BYDAY.fullmatch(rule.get("BYDAY", ""))
    plain = {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "WKST"}
    if rule.get("FREQ") != "YEARLY" or rule.get("INTERVAL", "1") != "1" or not set(rule) <= plain or day is None:
        raise ValueError("no yearly change by the weekday of a month")
    start = datetime.strptime(change.word("DTSTART")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007  # a wall has no zone
    month = int(rule["BYMONTH"]) if "BYMONTH" in rule else start.month
    order = int(day[1] or 0)
    if "BYMONTHDAY" in rule:
        order = 0 if order else _order(rule["BYMONTHDAY"], month)
    if order not in (-1, 1, 2, 3, 4, 5):
        raise ValueError("a weekday counted from the month's end")
    return Change(bias, month, LAST if order in (-1, 5) else order, Weekday(_WEEKDAYS[day[2]]), start.time())


def _order(days: str, month: int) -> int:
    """The place of a weekday in its month that is told by the seven days it may be (Apple's and Evolution's way)."""
    listed = sorted(int(each) for each in days.split(","))
    last = 30 if month in (4, 6, 9, 11) else 31
    if listed in ([*range(-7, 0)], [*range(last - 6, last + 1)] if month != 2 else []):
        return -1
    orders = {1: 1, 8: 2, 15: 3, 22: 4}
    return orders.get(listed[0], 0) if listed == [*range(listed[0], listed[0] + 7)] else 0
