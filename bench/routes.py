"""How long one look-up of a way takes among 100,000 addresses and 10,000 domains, drawn at random from them all."""

import random
import time
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Final

from bench.rows import Row
from protocols.model.mailbox import Mailbox
from routing.moves import Move, Moves
from routing.people import People
from routing.sides import Sides
from routing.stages import Joined
from routing.table import Route, RouteTable
from routing.ways import Way, Ways

ADDRESSES, DOMAINS = 100_000, 10_000
_MOVED: Final = 4  # every fourth of those who have a route of their own
_DAY: Final = 86_400


def table(addresses: int, domains: int) -> RouteTable:
    """Routes of single addresses, and of domains, of which every third is joined of two calendars."""
    single = [Route(match=_person(n, domains), via=("one",)) for n in range(addresses)]
    whole = [Route(match=f"company{n}.example", via=("one", "two") if n % 3 == 0 else ("two",)) for n in range(domains)]
    return RouteTable([*single, *whole])


def follower(routes: RouteTable, addresses: int, domains: int) -> Moves:
    """Every fourth person with a route of their own moves now, so that both calendars of each are joined."""
    joined = Joined(before=_DAY, after=14 * _DAY)
    sides = Sides(name="bench", source="one", target="two", joined=joined, table=routes)
    kinds = {_person(n, domains): 0 for n in range(0, addresses, _MOVED)}
    instant = array("q", [int(time.time())])
    people = People(kinds=kinds, instants=instant, batches=array("q", [-1]), counts=array("q", [len(kinds)]))
    return Moves([Move(sides, people, {})], lambda: datetime.now(UTC))


def asked(addresses: int, domains: int, count: int) -> list[Mailbox]:
    """Drawn from all: half of them have a route of their own, half that of their domain. The same in every run."""
    chance = random.Random(4)
    found = []
    for number in range(count):
        n = chance.randrange(addresses)
        found.append(Mailbox.parse(_person(n, domains) if number % 2 else f"other{n}@company{n % domains}.example"))
    return found


def measured(found: Ways, mailboxes: Sequence[Mailbox]) -> float:
    """The median of one look-up, in microseconds; the clock's own part, a tenth of one, is in it."""
    clock, times = time.perf_counter_ns, []
    for mailbox in mailboxes:
        began = clock()
        found.find(mailbox)
        times.append(clock() - began)
    return median(times) / 1000


async def rows(*, addresses: int = ADDRESSES, domains: int = DOMAINS) -> list[Row]:
    """route_lookup_us: of draws from all there are, far more than are remembered.

    The note tells what it takes with people who move, and where nobody was asked about before.
    """
    routes, mailboxes = table(addresses, domains), asked(addresses, domains, addresses)
    plain, moving = Ways(routes), Ways(routes, follower=follower(routes, addresses, domains))
    assert any(isinstance(plain.find(mailbox), Way) for mailbox in mailboxes[:100])
    first = measured(Ways(routes), mailboxes[: addresses // 10])
    settled = [_settled(each, mailboxes) for each in (plain, moving)]
    drawn = f"median of {len(mailboxes):,} drawn from all"
    note = f"{drawn}: {settled[0]:.1f} µs; with people who move {settled[1]:.1f} µs; asked about first {first:.1f} µs"
    return [Row(name="route_lookup_us", value=round(settled[0], 2), unit="µs", at_most=2, note=note)]


def _settled(found: Ways, mailboxes: Sequence[Mailbox]) -> float:
    return min(measured(found, mailboxes) for _ in range(3))


def _person(n: int, domains: int) -> str:
    return f"person{n}@company{n % domains}.example"
