"""Three times as much as can be answered: what is still answered then, how late, and what a small caller gets."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final

from bench import cached, coalescing
from bench.load import packed
from bench.open_loop import Stream, asked
from bench.questions import HEADERS, PASSWORD, address, bodies_of_hundred, bodies_of_one, body
from bench.rows import Row
from bench.served import Served, served

TIMES: Final = 3
DEADLINE: Final = 8.0  # seconds: [server] deadline, as it is where nobody writes another
CONNECTIONS: Final = 1_000
_SMALL: Final = "small@contoso.example"
_MORE: Final = f"""
[[callers]]
name = "small"
basic = {{{{ usernames = ["{_SMALL}"], password = "file:caller.hash" }}}}
may_ask = ["fabrikam.example"]
sees = "details"
rate = 1000000
"""
_PROOFS: Final = {
    "big": HEADERS,
    "small": {**HEADERS, "Authorization": "Basic " + b64encode(f"{_SMALL}:{PASSWORD}".encode()).decode()},
}
_UPSTREAM_DELAY: Final = 0.5  # seconds
_PER_SECOND: Final = 150  # questions that nobody asked before, at most
_NEW: Final = count()


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of load: what is asked, and whether the processor is what there is too little of, or the upstream.

    ``enough``: the connections that keep the server busy and no more; ``settling``: how long until a queue is full.
    """

    name: str
    bodies: Callable[[date, int], list[bytes]]
    by_processor: bool
    enough: int
    settling: float


@dataclass(frozen=True, slots=True)
class Overloaded:
    """What one round brought: answers a second (of the processor) at capacity and beyond, and p99 in seconds.

    ``small``: the p99 of a caller that asks one question after another beside all that, and is refused nothing.
    """

    capacity: float
    goodput: float
    p99: float
    small: float
    small_refused: float

    @property
    def share(self) -> float:
        """What was still answered."""
        return self.goodput / self.capacity


def _new(today: date, number: int) -> list[bytes]:
    return [body([address(next(_NEW), "overload")], today) for _ in range(number)]


KINDS: Final = (
    Kind("cached, 1 mailbox", lambda today, _: bodies_of_one(today), by_processor=True, enough=32, settling=1),
    Kind("cached, 100 mailboxes", lambda today, _: bodies_of_hundred(today), by_processor=True, enough=32, settling=3),
    Kind("upstream", _new, by_processor=False, enough=10, settling=4),
)


async def rows(
    folder: Path, *, rounds: int, seconds: float, kinds: tuple[Kind, ...] = KINDS, connections: int = CONNECTIONS
) -> list[Row]:
    """overload_goodput and overload_p99_of_deadline, of the kind that fares worst the median of its rounds; and
    overload_small_caller_refused. Raises LoadFailedError, NotStartedError, WrongAnswerError."""
    coalescing.room_for(2 * connections)
    found: dict[str, list[Overloaded]] = {}
    async with served(folder, more=_MORE) as server:
        await cached.warm(server)
        for kind in kinds:
            await server.delay_upstream(0 if kind.by_processor else _UPSTREAM_DELAY)
            found[kind.name] = [await _round(server, kind, seconds, connections) for _ in range(rounds)]
    return told(found)


def told(found: Mapping[str, Sequence[Overloaded]]) -> list[Row]:
    """The rows of what the rounds of each kind brought."""
    shares = {name: median(each.share for each in some) for name, some in found.items()}
    late = {name: median(each.p99 for each in some) / DEADLINE for name, some in found.items()}
    small = {name: median(each.small for each in some) for name, some in found.items()}
    refused = max(each.small_refused for some in found.values() for each in some)
    return [
        Row(
            name="overload_goodput",
            value=round(min(shares.values()), 3),
            unit="of capacity",
            at_least=0.9,
            note=", ".join(f"{name} {share:.2f}" for name, share in shares.items()),
        ),
        Row(
            name="overload_p99_of_deadline",
            value=round(max(late.values()), 3),
            unit="of the deadline",
            at_most=1,
            note=", ".join(f"{name} {share * DEADLINE:.2f} s" for name, share in late.items()),
        ),
        Row(
            name="overload_small_caller_refused",
            value=round(refused, 3),
            unit="of its questions",
            at_most=0,
            note="one connection beside 1,000; p99 "
            + ", ".join(f"{name} {each:.2f} s" for name, each in small.items()),
        ),
    ]


async def _round(server: Served, kind: Kind, seconds: float, connections: int) -> Overloaded:
    calm = await _asked(server, kind, [("big", 0, kind.enough)], seconds)
    rate = TIMES * calm["big"]["answered"]
    storm = await _asked(server, kind, [("big", rate, connections)], seconds)
    both = await _asked(server, kind, [("big", rate, connections), ("small", 0, 1)], seconds)
    small = both["small"]
    refused = small["refused"] + small["doubtful"] + small["failed"]
    share = refused / (refused + small["answered"]) if small["answered"] else 1.0
    return Overloaded(_rate(calm, kind), _rate(storm, kind), storm["big"]["p99"], small["p99"], share)


def _rate(found: dict[str, dict[str, float]], kind: Kind) -> float:
    """Where the processor is short, of each second that the server had of it: others may use it as well."""
    answered, told = found["big"]["answered"], found["server"]
    return answered * told["seconds"] / told["cpu"] if kind.by_processor else answered


async def _asked(
    server: Served, kind: Kind, wanted: Sequence[tuple[str, float, int]], seconds: float
) -> dict[str, dict[str, float]]:
    """What the callers of those names got, asking at their rates over so many connections each."""
    seconds, today = max(seconds, kind.settling), datetime.now(UTC).date()
    streams = []
    for name, rate, connections in wanted:
        bodies, headers = kind.bodies(today, int(_PER_SECOND * (seconds + kind.settling))), _PROOFS[name]
        file = server.folder / f"bodies-{name}"
        await asyncio.to_thread(file.write_bytes, packed(bodies))
        streams.append(Stream(name=name, bodies=str(file), headers=headers, rate=rate, connections=connections))
    how = {"pid": server.pid, "warming": kind.settling, "seconds": seconds}
    return await asked(streams, server.url, server.folder, **how)
