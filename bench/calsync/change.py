"""What one change costs in a hub of ten calendars, by the number of items: `python -m bench.calsync.change`.

The calendars are Google's (simulated), read by their sync tokens. The ledger is filled through its own interface, as a
first sync would leave it: so many items, each linked at all ten. The servers hold only the appointments that are
changed: of all others no feed tells anything, and each request is counted by what it asks for, so that a listing of
everything would be seen, and is an error here.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from bench.calsync.apart import Apart
from bench.calsync.ground import Asked, ground
from bench.calsync.hubs import NAME, NOW, appointment, engine, google_spoke, rules
from bench.calsync.processes import apart_from_here, forget_peak, peak
from bench.calsync.ways import Counts, Faster, wire
from bench.rows import Row
from calsync.agreed import Agreed
from calsync.contents import digests
from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.plans.fingerprints import fingerprint
from calsync.plans.guards import GUARDS
from calsync.plans.identity import item_id
from calsync.rules import HubRules
from service.runs.states import RunState
from service.state.database import Database

SPOKES: Final = 10
ITEMS: Final = (1_000, 10_000, 100_000)
ROUNDS: Final = 9
NAMES: Final = ("hub_change_requests", "hub_change_ratio", "hub_change_ms", "hub_change_mb_ratio")
_ALIVE: Final = SPOKES
_AT_ONCE: Final = 500
_EXPECTED: Final = {"changes": SPOKES, "look": SPOKES - 1, "patch": SPOKES - 1}
"""What one change takes: every feed once, and each copy looked at and written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``requests`` are those of one change by what they asked for (of all of them: the most), ``seconds`` what the runs
    took, ``busy`` what we worked in all of them together, ``idle`` and ``peak`` our memory in MB before and at most
    meanwhile, ``kept`` the MB of the ledger. ``words`` say what went wrong, "" for nothing."""

    items: int
    requests: dict[str, int]
    seconds: list[float]
    busy: float
    idle: int
    peak: int
    kept: int
    words: str

    @property
    def median(self) -> float:
        """Milliseconds of one run."""
        return 1000 * statistics.median(self.seconds)


async def measured(folder: Path, items: int, *, rounds: int = ROUNDS) -> Measured:
    """The figures of this process, which should be a new one."""
    clock, counts = Faster(NOW, 1.0), Counts()
    names = tuple(f"google-{number}" for number in range(SPOKES))
    path = folder / "state.db"
    with ground(Asked(calendars=SPOKES, clock=clock)) as there:
        async with wire() as way, Database.open(f"sqlite:{path}") as database:
            ledger = Ledger(database, clock=clock.clock)
            hub = engine(
                rules(names),
                {name: google_spoke(name, way, there.told, clock, counts) for name in names},
                ledger,
                clock,
            )
            keys = [await there.ask("create", name, appointment(number)) for number, name in enumerate(names)]
            words = (await hub.sync(allow=frozenset(GUARDS))).words
            await filled(ledger, hub.hub.rules, items)
            await _changed(hub, there, keys, 0, 0)  # the first one opens connections, and reads our own writes back
            forget_peak()
            idle, busy = peak(), time.process_time()
            seconds, requests = [], Counts().requests
            for number in range(1, rounds + 1):
                counts.clear()
                took, said = await _changed(hub, there, keys, number % SPOKES, number)
                requests |= counts.requests
                words = words or said
                seconds.append(took)
            busy = time.process_time() - busy
    return Measured(
        items=items,
        requests=dict(requests),
        seconds=seconds,
        busy=busy,
        idle=idle,
        peak=peak(),
        kept=path.stat().st_size >> 20,
        words=words,
    )


async def filled(ledger: Ledger, hub: HubRules, items: int) -> None:
    """As many items as if there had been so many from the beginning, each like one that there is."""
    found = [agreed async for some in ledger.everything(hub.name) for agreed in some]
    run = await ledger.begin(hub.name, RunKind.SYNC)
    for first in range(len(found), items, _AT_ONCE):
        many = range(first, min(first + _AT_ONCE, items))
        await ledger.keep(NAME, run, agreed=[_like(found[number % len(found)], number, hub) for number in many])
    await ledger.end(run, RunState.DONE, {})


async def _changed(hub: Engine, there: Apart, keys: Sequence[str], which: int, number: int) -> tuple[float, str]:
    """Somebody changes an appointment, and the hub is synchronised: how long that took, and what was wrong."""
    await there.ask("change", f"google-{which}", keys[which], appointment(which, words=f", changed {number}"))
    began = time.perf_counter()
    report = await hub.sync()
    took = time.perf_counter() - began
    written = report.tally.written.total()
    return took, report.words or ("" if written == SPOKES - 1 else f"{written} copies were written")


def _like(one: Agreed, number: int, hub: HubRules) -> Agreed:
    """Another item, with keys, versions and UIDs of its own at every spoke."""
    fields = {**one.fields, "subject": f"Appointment {number}"}
    signs = digests(fields)
    links = {
        name: replace(link, key=f"{link.key}n{number}", uid=f"{number}-{link.uid}", asked=signs, stood=signs)
        for name, link in one.links.items()
    }
    made = item_id(hub.name, one.origin, links[one.origin].key)
    return replace(one, id=made, fields=fields, links=links, print=fingerprint(fields, hub))


def wrong(found: Measured) -> str:
    """What is not as it should be; "" where all is well."""
    if found.words:
        return found.words
    return "" if found.requests == _EXPECTED else f"one change of {found.items} items asked {found.requests}"


async def rows(folder: Path, *, items: Sequence[int] = ITEMS, rounds: int = ROUNDS) -> list[Row]:
    """The figures, each number of items in a process of its own. Raises RuntimeError where something was wrong."""
    every = [await _told(folder, each, rounds) for each in items]
    for found in every:
        if trouble := wrong(found):
            raise RuntimeError(trouble)
    least, most = every[0], every[-1]
    times = ", ".join(f"{found.items:,}: {found.median:.0f} ms, {found.peak} MB" for found in every)
    asked = ", ".join(f"{number} {name}" for name, number in most.requests.items())
    between = f"{most.items:,} items beside {least.items:,}"
    return [
        Row(
            name=NAMES[0],
            value=sum(most.requests.values()),
            unit="requests",
            at_most=sum(least.requests.values()),
            note=f"{asked}; the same with {least.items:,} items",
        ),
        Row(name=NAMES[1], value=round(most.median / least.median, 2), unit="times", at_most=1.5, note=between),
        Row(name=NAMES[2], value=round(most.median), unit="ms", note=f"{SPOKES} spokes; {times}"),
        Row(name=NAMES[3], value=round(most.peak / least.peak, 2), unit="times", at_most=1.5, note=between),
    ]


async def _told(folder: Path, items: int, rounds: int) -> Measured:
    (here := folder / str(items)).mkdir()
    return Measured(**await apart_from_here(here, __name__, "--items", str(items), "--rounds", str(rounds)))


def told(found: Measured) -> Iterator[str]:
    """The figures in words."""
    asked = ", ".join(f"{number} {name}" for name, number in found.requests.items())
    yield f"{found.items} items at {SPOKES} calendars, {found.kept} MB of ledger"
    yield f"one change: {sum(found.requests.values())} requests ({asked})"
    fastest, slowest = 1000 * min(found.seconds), 1000 * max(found.seconds)
    ours = 1000 * found.busy / len(found.seconds)
    yield f"{found.median:.0f} ms, {fastest:.0f} to {slowest:.0f} ({ours:.0f} of one core)"
    yield f"memory {found.idle} MB before, {found.peak} MB at most"
    yield wrong(found) or "all went well"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=ITEMS[0], help=f"how many there are (default {ITEMS[0]})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many changes (default {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), given.items, rounds=given.rounds))
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    return 1 if wrong(found) and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
