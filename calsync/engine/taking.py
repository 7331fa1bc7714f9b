"""Keeps what no clock can count with out of a run: one such item would end it, and every run after it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from calsync.items import Item, Unread
from protocols.model.event import Days, Event, Original, When
from protocols.recurrence.clock import instant_of, midnight

UNCOUNTABLE: Final = "its times lie too near to the years 1 or 9999, with which no calendar can count"
_FIRST: Final = datetime(2, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A year's way from where the clocks end: room for every zone, and for whoever looks a little further."""


def taken(item: Item) -> Item | Unread:
    """``item``, or that it cannot be read, where its times, or those of an occurrence of it, cannot be counted with."""
    if isinstance(item.content, Event) and not _countable(item.content):
        return Unread(item.key, UNCOUNTABLE)
    return item


def _countable(event: Event) -> bool:
    start, end = _ends(event.when)
    times = [start, *_occurrences(event)]
    length = end - start
    return min(times) >= _FIRST and length <= _LAST - _FIRST and max(times) <= _LAST - length


def _occurrences(event: Event) -> Iterator[datetime]:
    originals: list[Original] = [*event.exceptions, *event.extra]
    yield from map(instant_of, originals)
    for each in event.exceptions.values():
        if each is not None:
            yield from _ends(each.when)


def _ends(when: When) -> tuple[datetime, datetime]:
    return (midnight(when.first), midnight(when.until)) if isinstance(when, Days) else (when.start, when.end)
