"""How long one look-up of a way takes among 100,000 addresses and 10,000 domains, in random order."""

import random
import time
from collections.abc import Sequence
from statistics import median
from typing import Final

from bench.rows import Row
from protocols.model.mailbox import Mailbox
from routing.table import Route, RouteTable
from routing.ways import Way, Ways

ADDRESSES, DOMAINS = 100_000, 10_000
_AT_ONCE: Final = 100  # a look-up is shorter than a clock tells


def ways(addresses: int, domains: int) -> Ways:
    """Routes of single addresses, and of domains, of which every third is joined of two calendars."""
    single = [Route(match=f"person{n}@company{n % domains}.example", via=("one",)) for n in range(addresses)]
    whole = [Route(match=f"company{n}.example", via=("one", "two") if n % 3 == 0 else ("two",)) for n in range(domains)]
    return Ways(RouteTable([*single, *whole]))


def asked(addresses: int, domains: int, count: int) -> list[Mailbox]:
    """Half of them have a route of their own, half that of their domain; nobody comes twice in a row."""
    chance = random.Random(4)  # the same in every run
    found = []
    for number in range(count):
        n = chance.randrange(addresses)
        name = "person" if number % 2 else "other"
        found.append(Mailbox.parse(f"{name}{n}@company{n % domains}.example"))
    return found


def measured(found: Ways, mailboxes: Sequence[Mailbox]) -> float:
    """The median of one look-up, in microseconds; each hundred of different mailboxes is timed together."""
    times = []
    for start in range(0, len(mailboxes) - _AT_ONCE + 1, _AT_ONCE):
        hundred = mailboxes[start : start + _AT_ONCE]
        began = time.perf_counter_ns()
        for mailbox in hundred:
            found.find(mailbox)
        times.append((time.perf_counter_ns() - began) / _AT_ONCE / 1000)
    return median(times)


async def rows(*, addresses: int = ADDRESSES, domains: int = DOMAINS) -> list[Row]:
    """route_lookup_us: of mailboxes asked about again, as most are; the note tells of those asked about first."""
    found, mailboxes = ways(addresses, domains), asked(addresses, domains, 30_000)
    assert any(isinstance(found.find(mailbox), Way) for mailbox in mailboxes[:100])
    first = measured(ways(addresses, domains), mailboxes)
    again = min(measured(found, mailboxes) for _ in range(3))
    note = f"median of {len(mailboxes):,} in random order; {first:.1f} µs where nobody was asked about before"
    return [Row(name="route_lookup_us", value=round(again, 2), unit="µs", at_most=2, note=note)]
