"""Zones that travel with an event: VTIMEZONE for the name of one (RFC 5545 3.6.5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from protocols.caldav.item_tree import Node, node
from protocols.zones.names import zone_named
from protocols.zones.rules import LAST, Change, ZoneRules, rules_of
from protocols.zones.transitions import offset_of, transitions

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS: Final = 10  # that are written out of a zone whose clocks follow no rule
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # a wall has no zone


def definition(name: str, year: int) -> Node:
    """A VTIMEZONE for the zone called ``name``, right from ``year`` on as far as its clocks follow a rule, else for
    ten years. Raises ValueError for a zone that nobody knows."""
    zone = zone_named(name)
    if zone is None:
        raise ValueError("a zone that nobody knows")
    year = min(max(year, 1970), 9980)
    rules = rules_of(zone, year)
    if all(rules_of(zone, later) == rules for later in (year - 1, year + 1, year + 2)):
        return node("VTIMEZONE", [f"TZID:{name}"], *_by_rule(rules, year - 1))
    return node("VTIMEZONE", [f"TZID:{name}"], *_written_out(zone, year))


def _by_rule(rules: ZoneRules, year: int) -> Iterator[Node]:
    standard, daylight = rules.standard_offset, rules.daylight_offset
    if not rules.changing or rules.standard is None or rules.daylight is None:
        yield _observance("STANDARD", _EPOCH, standard, standard)
        return
    yield _observance("STANDARD", _wall(rules.standard, year), daylight, standard, _rule(rules.standard))
    yield _observance("DAYLIGHT", _wall(rules.daylight, year), standard, daylight, _rule(rules.daylight))


def _written_out(zone: tzinfo, year: int) -> Iterator[Node]:
    low, high = (int(datetime(each, 1, 1, tzinfo=UTC).timestamp()) for each in (year - 1, year + _YEARS))
    before = offset_of(zone, low)
    yield _observance("STANDARD", _EPOCH + timedelta(seconds=low + before), before, before)
    for instant, offset in transitions(zone, low, high):
        name = "DAYLIGHT" if offset > before else "STANDARD"
        yield _observance(name, _EPOCH + timedelta(seconds=instant + before), before, offset)
        before = offset


def _observance(name: str, start: datetime, before: int, offset: int, rule: str = "") -> Node:
    texts = [f"DTSTART:{start:%Y%m%dT%H%M%S}", f"TZOFFSETFROM:{_offset(before)}", f"TZOFFSETTO:{_offset(offset)}"]
    return node(name, [*texts, *([f"RRULE:{rule}"] if rule else [])])


def _rule(change: Change) -> str:
    assert change.weekday is not None  # rules_of counts by weekdays
    order = -1 if change.day_order == LAST else change.day_order
    return f"FREQ=YEARLY;BYMONTH={change.month};BYDAY={order}{_WEEKDAYS[change.weekday]}"


def _wall(change: Change, year: int) -> datetime:
    return _EPOCH + timedelta(seconds=change.wall(year))


def _offset(seconds: int) -> str:
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}{minutes % 60:02}"
