"""What grows with what: the cost of a workload by users, time to live and habits, as docs/scale.md shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bench.rows import Row
from bench.workload.asked import questions
from bench.workload.habits import Habits, Span
from bench.workload.model import Cost, cost

USERS: Final = (1_000, 10_000, 100_000)
NODES: Final = (1, 2, 4, 8)
TTLS: Final = tuple(timedelta(seconds=each) for each in (15, 60, 300, 600))
WARMING, SECONDS = 600.0, 2400.0  # the first of them are not counted
_MINUTE: Final = timedelta(seconds=60)
SEED: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: whose questions, kept for how long, cost what."""

    who: str
    ttl: timedelta
    cost: Cost


async def by_users(users: Sequence[int], ttls: Sequence[timedelta], *, seed: int) -> list[Line]:
    """So many users ask about as many mailboxes, with each time to live."""
    habits = [Habits(users=count, mailboxes=count) for count in users]
    return [Line(f"{each.users:,} users", ttl, await _cost(each, ttl, seed)) for each in habits for ttl in ttls]


async def by_spans(users: int, *, seed: int) -> list[Line]:
    """The same users with other habits: one thing changed at a time, answers kept for a minute."""
    usual = Habits(users=users, mailboxes=users)
    varied = {
        "as above": usual,
        "only days": replace(usual, spans={Span.DAY: 1}),
        "only weeks": replace(usual, spans={Span.WEEK: 1}),
        "only months": replace(usual, spans={Span.MONTH: 1}),
        "meetings 20 days ahead": replace(usual, ahead=20),
        "one look": replace(usual, looks=1),
        "six looks": replace(usual, looks=6),
        "a minute between looks": replace(usual, pause=60),
        "nobody's usual partners": replace(usual, usual=0),
        "only usual partners": replace(usual, usual=1),
        "twelve attendees": replace(usual, attendees=12),
        "a tenth of the mailboxes": replace(usual, mailboxes=max(1, users // 10)),
    }
    return [Line(who, _MINUTE, await _cost(habits, _MINUTE, seed)) for who, habits in varied.items()]


async def by_nodes(users: int, nodes: Sequence[int], *, seed: int) -> list[Line]:
    """The same users before so many nodes that share no cache, answers kept for a minute."""
    habits = Habits(users=users, mailboxes=users)
    return [
        Line(f"{each} node{'s'[: each - 1]}", _MINUTE, await _cost(habits, _MINUTE, seed, nodes=each)) for each in nodes
    ]


async def rows(users: int = 10_000) -> list[Row]:
    """workload_calls_per_question, for information: with the usual habits and the usual time to live."""
    found = await _cost(Habits(users=users, mailboxes=users), _MINUTE, SEED)
    note = f"{users:,} users, {found.rate:.2f} questions/s, {found.hits:.0%} of the mailboxes from the cache"
    value = round(found.calls_per_question, 3)
    return [Row(name="workload_calls_per_question", value=value, unit="calls", note=note)]


async def _cost(habits: Habits, ttl: timedelta, seed: int, *, nodes: int = 1) -> Cost:
    asked = questions(habits, seed=seed, seconds=SECONDS)
    return await cost(asked, ttl=ttl, warming=WARMING, seconds=SECONDS, nodes=nodes)
