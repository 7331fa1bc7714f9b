"""Finds the name of a zone of which nothing but its clocks is known, where that is sure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from protocols.zones.names import windows_zone_ids, zone_named
from protocols.zones.rules import RuleZone
from protocols.zones.transitions import offset_of, transitions

LAST_YEAR: Final = 2037
"""Up to here at least the clocks have to be the same: what tables of zones write out ends with it."""
Changes: TypeAlias = Sequence[tuple[int, int]]
"""When clocks change (seconds since 1970, in order), and what is to be added to UTC from then on (seconds)."""


@lru_cache(maxsize=256)
def alike(zone: RuleZone, year: int, own: tzinfo | None = None) -> str | None:
    """The IANA name ("UTC" of ``datetime.UTC``) of a zone whose clocks are those of ``zone`` from ``year`` on, up to
    2037 and for three years at least: ``own`` if it is, else one that Windows knows. None where there is none, and for
    years before 2 and after 9990."""
    if not 1 < year < 9990:
        return None
    span = beginning(year), beginning(max(year + 3, LAST_YEAR + 1))
    found = same_as(offset_of(zone, span[0]), zone.transitions(*span), span, own)
    return next((each.key if isinstance(each, ZoneInfo) else "UTC" for each in found), None)


def same_as(offset: int, changes: Changes, span: tuple[int, int], own: tzinfo | None = None) -> Iterator[tzinfo]:
    """All zones with a name that have this ``offset`` at the beginning of a span (seconds since 1970) and these
    ``changes`` after it, up to its end: first ``own``, then those that Windows knows."""
    low, high = span
    before = [offset, *(after for _, after in changes[:-1])]
    for each in (own, *_known()):
        if not (each is UTC or isinstance(each, ZoneInfo)) or offset_of(each, low) != offset:
            continue
        probes = zip(changes, before, strict=True) if changes else ()
        if any((offset_of(each, at - 1), offset_of(each, at)) != (old, new) for (at, new), old in probes):
            continue
        if transitions(each, low, high) == list(changes):
            yield each


def beginning(year: int) -> int:
    """When a year begins in UTC, in seconds since 1970."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


@cache
def _known() -> tuple[tzinfo, ...]:
    return tuple(dict.fromkeys(filter(None, map(zone_named, windows_zone_ids()))))
