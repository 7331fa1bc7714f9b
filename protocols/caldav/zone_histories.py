"""The zone that a VTIMEZONE means whose clocks follow no two yearly rules: a history, or dates told one by one."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from protocols.caldav.lines import Block, Properties
from protocols.recurrence.budget import Budget
from protocols.recurrence.counting import starts, until
from protocols.zones.alike import LAST_YEAR, beginning, same_as
from protocols.zones.transitions import transitions

_WANTED: Final = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_OFFSET: Final = re.compile(r"([+-])([0-9]{2})([0-5][0-9])([0-5][0-9])?")
_FIRST_YEAR: Final = 1970
_NEARLY: Final = LAST_YEAR - 2  # tables that write dates out end about there, and say nothing of what comes then
_STEPS: Final = 5_000
_MOST_CHANGES: Final = 500
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # a wall has no zone
_LAST: Final = datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001


@lru_cache(maxsize=256)
def zone_of_history(block: Block) -> tzinfo | None:
    """The zone that has had these clocks since 1970, or since the first change that is told, until 2037 or until the
    last one. None where there is none, where those that have had them go apart later, and where it cannot be read."""
    try:
        changes = _changes(block)
    except (ValueError, OverflowError):
        return None
    low = beginning(_FIRST_YEAR)
    before = [offset for at, offset in changes if at <= low]
    if not before and changes:  # nothing is said of what was before the first
        low, before = changes[0][0], [changes[0][1]]
    later = _told_apart([change for change in changes if change[0] > low], before)
    if not before or not later:  # without any change it is no history
        return None
    end = beginning(LAST_YEAR + 1)
    high = later[-1][0] + 1 if later[-1][0] >= beginning(_NEARLY) else end
    found = list(same_as(before[-1], later, (low, high)))
    futures = {tuple(transitions(each, low, end)) for each in found}
    return found[0] if len(futures) == 1 else None


def _told_apart(later: list[tuple[int, int]], before: list[int]) -> list[tuple[int, int]]:
    """Without changes that change nothing."""
    olds = [*before[-1:], *(offset for _, offset in later)]
    return [(at, new) for (at, new), old in zip(later, olds, strict=False) if new != old]


def _changes(block: Block) -> list[tuple[int, int]]:
    """When the clocks change, up to 2037, and to what. Raises ValueError."""
    found: dict[int, int] = {}
    inner = [each for each in block.inner if each.name in ("STANDARD", "DAYLIGHT")]
    if len(inner) > _MOST_CHANGES:
        raise ValueError("more changes than are looked at")
    budget = Budget(_STEPS, _STEPS)
    for each in inner:
        own = each.properties(_WANTED)
        before, after = _seconds(own, "TZOFFSETFROM"), _seconds(own, "TZOFFSETTO")
        for wall in _onsets(own, before, budget):
            at = int((wall - _EPOCH).total_seconds()) - before
            if found.setdefault(at, after) != after:
                raise ValueError("two changes at once")
    return sorted(found.items())


def _onsets(own: Properties, before: int, budget: Budget) -> Iterator[datetime]:
    first = _wall(own.word("DTSTART"))
    rules = [each.value for each in own.all("RRULE")]
    yield first
    for each in own.all("RDATE"):
        budget.work(each.value.count(","))
        yield from (_wall(text) for text in each.value.upper().split(",") if text.strip())
    for rule in rules:
        text, utc = until(rule.upper())
        last = _wall(text) if "T" in text else _LAST if not text else _wall(f"{text}T235959")
        last += timedelta(seconds=before) if utc else timedelta()
        yield from starts(rule, first, first, min(last, _LAST), budget)


def _wall(text: str) -> datetime:
    text = text.strip()
    if text.endswith("Z"):
        raise ValueError("an onset is told by the wall")
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007  # a wall has no zone


def _seconds(own: Properties, name: str) -> int:
    match = _OFFSET.fullmatch(own.word(name))
    if match is None:
        raise ValueError(f"no {name}")
    seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4] or 0)
    return -seconds if match[1] == "-" else seconds
