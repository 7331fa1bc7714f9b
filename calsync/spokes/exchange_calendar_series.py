"""Writes single occurrences of series in Exchange, after their series, and says of each when it is written whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calsync.spoke import Act, Failed
from calsync.spokes.exchange_calendar_asking import Opened
from calsync.spokes.exchange_calendar_items import GONE, GUARDED, UNREADABLE, refusal
from calsync.spokes.exchange_calendar_occurrences import Orders, orders
from calsync.spokes.occurrences import LOST, Occurrences, back
from protocols.errors import PeerError
from protocols.ews import calendar_items
from protocols.ews.calendar_items import Told
from protocols.ews.calendar_reading import Appointment
from protocols.ews.calendar_writing import finished, item_change
from protocols.ews.contacts import Done, Result


@dataclass(frozen=True, slots=True)
class Series:
    """What the occurrences of one shall be."""

    then: Occurrences


@dataclass(frozen=True, slots=True)
class Ended:
    """By the keys of series what failed, and the version that each was given when it was whole."""

    failures: dict[str, Failed] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


async def finish(opened: Opened, series: Mapping[str, Series], there: Mapping[str, Told]) -> Ended:
    """Makes the occurrences of ``series`` (by key), which stand ``there`` already, what they shall be. Raises PeerError
    where a whole call fails: the same write goes on with them."""
    ended = Ended()
    failures = ended.failures
    every: dict[str, Orders] = {}
    for key, each in series.items():
        told = there[key]
        if not isinstance(told, Appointment):
            failures[key] = GONE if told is None else UNREADABLE
            continue
        if told.others:  # since the look before the series was written
            failures[key] = GUARDED
            continue
        if back(told.event.exceptions, each.then):
            failures[key] = LOST
        every[key] = orders(key, told.event, each.then, clock=told.clock)
    await _gone(opened, every, failures)
    await _changed(opened, every, ended)
    return ended


async def _gone(opened: Opened, every: Mapping[str, Orders], failures: dict[str, Failed]) -> None:
    """HardDelete: an occurrence has no place among the deleted items of its own."""
    named = [(key, element) for key, each in every.items() for element in each.gone]
    for some in calendar_items.in_parts(named):
        results = await calendar_items.delete(
            opened.access, [element for _, element in some], as_of=opened.exchange.clock(), kind="HardDelete"
        )
        _note(failures, [key for key, _ in some], results)


async def _changed(opened: Opened, every: Mapping[str, Orders], ended: Ended) -> None:
    """What differs, and behind it, in order, that the series is whole."""
    named = [(key, change) for key, each in every.items() for change in each.changed]
    named += [(key, item_change(key, finished())) for key in every]
    for some in calendar_items.in_parts(named):
        results = await calendar_items.update(
            opened.access, [change for _, change in some], as_of=opened.exchange.clock(), strict=False
        )
        _note(ended.failures, [key for key, _ in some], results)
        told = zip(some, results, strict=True)
        ended.versions.update({key: result.version for (key, _), result in told if isinstance(result, Done)})


def _note(failures: dict[str, Failed], keys: Sequence[str], results: Sequence[Result | None]) -> None:
    for key, result in zip(keys, results, strict=True):
        if isinstance(result, PeerError):
            failures.setdefault(key, refusal(Act.UPDATE, result))
