"""Makes the questions that people with given habits ask, in the order of time, the same for the same seed."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.workload.habits import DAYS, Habits, Span

_FARTHEST: Final = 120  # days until a meeting
_PARTNER: Final = 7_919  # spreads the circles of teams over all mailboxes
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """One question: so many milliseconds after the beginning, about these mailboxes by number, none twice, from so many
    days after the first day, for so many."""

    at: int
    mailboxes: tuple[int, ...]
    first_day: int
    days: int


def questions(habits: Habits, *, seed: int, seconds: float) -> Iterator[Asked]:
    """What is asked in ``seconds``, in order. Users begin at random (a Poisson process); looks that come after the end
    are left out."""
    chance = random.Random(seed)
    rate = habits.users * habits.meetings / _HOUR
    later: list[tuple[float, int, Asked]] = []  # with a number, so that what is asked at once keeps its order
    number, begun = 0, chance.expovariate(rate)
    while begun < seconds:
        for at, look in _looks(habits, chance, begun):
            number += 1
            heapq.heappush(later, (at, number, look))
        begun += chance.expovariate(rate)
        while later and later[0][0] < min(begun, seconds):
            yield heapq.heappop(later)[2]


def _looks(habits: Habits, chance: random.Random, begun: float) -> Iterator[tuple[float, Asked]]:
    """One user who plans one meeting, until a time is found."""
    user = chance.randrange(habits.users)
    mailboxes = _attendees(habits, chance, user // habits.team)
    day = min(int(chance.expovariate(1 / habits.ahead)), _FARTHEST)
    [span] = chance.choices(list(habits.spans), list(habits.spans.values()))
    at = begun
    while True:
        yield at, Asked(round(at * 1000), mailboxes, _first_day(day, span), DAYS[span])
        if chance.random() < 1 / habits.looks:
            return
        at += chance.expovariate(1 / habits.pause)
        if chance.random() < habits.flips:
            day = min(day + DAYS[span], _FARTHEST)


def _attendees(habits: Habits, chance: random.Random, team: int) -> tuple[int, ...]:
    most = min(habits.most_attendees, habits.mailboxes)
    count = 1
    while count < most and chance.random() >= 1 / habits.attendees:
        count += 1
    found: dict[int, None] = {}
    for _ in range(10 * count):  # whoever is drawn twice is asked about once
        found[_anybody(habits, chance, team)] = None
        if len(found) == count:
            break
    return tuple(found)


def _anybody(habits: Habits, chance: random.Random, team: int) -> int:
    if chance.random() < habits.usual:
        return ((team * habits.circle + chance.randrange(habits.circle)) * _PARTNER) % habits.mailboxes
    return min(int(habits.mailboxes ** chance.random()), habits.mailboxes) - 1


def _first_day(day: int, span: Span) -> int:
    """Of what holds the planned day: the day itself, its week (every seventh day begins one), or a month from today."""
    if span is Span.WEEK:
        return day - day % 7
    return day - day % 30 if span is Span.MONTH else day
