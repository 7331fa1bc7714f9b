"""How fast a first sync goes under the servers' limits: `python -m bench.calsync.first_sync --items 10000`.

From a Google calendar to a mailbox of Microsoft 365, or with `--kind contacts` from the contacts of a user of Google's
to those of a mailbox. What the limits allow: Outlook does four requests of one
application in one mailbox at a time, and 10,000 in ten minutes (Graph, throttling limits). Where a request takes 0.24
seconds, both come to the same 16.7 in a second. Google allows 600 a minute, and needs 20 pages for 10,000 items: that
is the smaller part by far, and not counted. Each copy takes one request at least. The share is the time that these
limits alone would take in parts of the time from the first question to the report. Of contacts Google tells 1,000 on a
page, and no more than 10 pages are asked for; what the People API allows a user in a minute is shown to the owner of a
project alone, and is not simulated.

All clocks go ``--speed`` times as fast: latency, quotas and waits are so much shorter. Our own thinking is not, so that
the share is less than it would be by a clock that goes right.
"""

import argparse
import asyncio
import cProfile
import io
import json
import pstats
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.calsync.apart import Apart
from bench.calsync.ground import QUOTA, Asked, Seen
from bench.calsync.hubs import CALENDARS, NOW, SETTINGS, Setting, engine, rules
from bench.calsync.processes import apart_from_here, peak
from bench.calsync.ways import Counts, Faster, wire
from bench.rows import Row
from calsync.items import Content
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import GUARDS
from calsync.rules import Kind
from service.state.database import Database
from simulation.graph.mailbox_limits import AT_ONCE, MOST, WHILE

ITEMS: Final = 10_000
SPEED: Final = 4.0
LATENCY: Final = 0.24
_FIGURES: Final = ("share", "mb", "minutes")
NAMES: Final = tuple(f"hub_first_sync_{each}" for each in _FIGURES)
CONTACT_NAMES: Final = tuple(f"hub_contacts_first_sync_{each}" for each in _FIGURES)
_SPOKES: Final = {Kind.CALENDAR: ("google-0", "outlook"), Kind.CONTACTS: ("google-0", "outlook-0")}
_TOP: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One first sync. ``seconds`` that it took, by our clock, and ``bound`` those that the limits alone would take at
    this ``speed``; ``busy`` are our own seconds of processor time, ``peak`` our memory in MB at most, and ``asked`` the
    requests to Google. ``words`` say what went wrong, "" for nothing."""

    items: int
    speed: float
    seconds: float
    bound: float
    busy: float
    peak: int
    asked: int
    seen: Seen
    words: str

    @property
    def share(self) -> float:
        """How much of what the limits allow was reached."""
        return self.bound / self.seconds


def bound(items: int, latency: float) -> float:
    """The seconds that the mailbox alone would take, by a clock that goes right."""
    late = max(items - MOST, 0) * WHILE / MOST
    return max(items * latency / AT_ONCE, late + (WHILE if late else 0))


async def measured(
    folder: Path, items: int, *, speed: float = SPEED, series: int = 0, setting: Setting = CALENDARS
) -> Measured:  # fmt: skip
    """The figures of this process, which should be a new one. Of a hundred appointments ``series`` are series."""
    clock = Faster(NOW, speed)
    asked = Asked(calendars=1, mailbox=True, mailboxes=1, clock=clock, latency=LATENCY, quota=QUOTA)
    with setting.ground(asked) as there:
        await there.ask("fill", "google-0", _entries(items, series, setting))
        return await _synced(folder, there, clock, items, setting)


def _entries(items: int, series: int, setting: Setting) -> list[Content]:
    if setting.kind is Kind.CONTACTS:
        return [setting.entry(number) for number in range(items)]
    return [setting.entry(number, series=number % 100 < series) for number in range(items)]


async def _synced(folder: Path, there: Apart, clock: Faster, items: int, setting: Setting) -> Measured:
    counts, names = Counts(), _SPOKES[setting.kind]
    async with wire() as way, Database.open(f"sqlite:{folder / 'state.db'}") as database:
        spokes = {
            name: setting.spoke(name, way, there.told, clock, each)
            for name, each in zip(names, (counts, Counts()), strict=True)
        }
        made = rules(names, kind=setting.kind)
        hub = engine(made, spokes, Ledger(database, clock=clock.clock), clock)
        began, busy = time.perf_counter(), time.process_time()
        report = await hub.sync(allow=frozenset(GUARDS))
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
    return Measured(
        items=items,
        speed=clock.speed,
        seconds=seconds,
        bound=bound(items, LATENCY) / clock.speed,
        busy=busy,
        peak=peak(),
        asked=counts.requests.total(),
        seen=await there.ask("seen"),
        words=report.words,
    )


async def rows(
    folder: Path, *, items: int = ITEMS, speed: float = SPEED, setting: Setting = CALENDARS
) -> list[Row]:  # fmt: skip
    """The figures of a process of its own. Raises RuntimeError where not everything was copied, or too much asked."""
    given = ("--items", str(items), "--speed", f"{speed:g}", "--kind", setting.kind.value)
    told = await apart_from_here(folder, __name__, *given)
    found = Measured(**{**told, "seen": Seen(**told["seen"])})
    if trouble := wrong(found):
        raise RuntimeError(trouble)
    names = CONTACT_NAMES if setting.kind is Kind.CONTACTS else NAMES
    note = f"{items:,} items from Google to Microsoft 365, {LATENCY:g} s a request, clocks {speed:g} times as fast"
    speaking = f"by the clocks of the servers; {found.seconds:.0f} s by ours, processor {found.busy:.0f} s"
    return [
        Row(name=names[0], value=round(found.share, 3), unit="of the limits", at_least=0.8, note=note),
        Row(name=names[1], value=found.peak, unit="MB", at_most=300, note="of the process that syncs, at most"),
        Row(name=names[2], value=round(found.seconds * speed / 60, 2), unit="min", note=speaking),
    ]


def wrong(found: Measured) -> str:
    """What is not as it should be; "" where all is well."""
    seen = found.seen
    if found.words or seen.copies != found.items or seen.mails:
        return f"{seen.copies} of {found.items} copies stand there, and {seen.mails} mails were sent. {found.words}"
    return f"{seen.most_at_once} requests at once at the mailbox" if seen.most_at_once > AT_ONCE else ""


def told(found: Measured) -> list[str]:
    """The figures in words."""
    seen = found.seen
    return [
        f"{found.items} items in {found.seconds:.1f} s, with clocks {found.speed:g} times as fast:"
        f" {found.seconds * found.speed / 60:.1f} minutes by them",
        f"the limits allow {found.bound:.1f} s: {found.share:.1%} of that speed",
        f"{seen.requests} requests to the mailbox, {seen.refused} refused, at most {seen.most_at_once} at once;"
        f" {found.asked} to Google, {seen.google_refused} refused",
        f"processor time {found.busy:.1f} s, of the simulation {seen.busy:.1f} s, memory {found.peak} MB",
        wrong(found) or "all went well",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=ITEMS, help=f"how many there are (default {ITEMS})")
    parser.add_argument("--speed", type=float, default=SPEED, help=f"how much faster clocks go (default {SPEED:g})")
    parser.add_argument("--kind", choices=sorted(SETTINGS), default=CALENDARS.kind.value, help="what the hub joins")
    parser.add_argument("--series", type=int, default=0, help="how many of a hundred are series (default 0)")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--profile", action="store_true", help="show where our own time goes, and be slower for it")
    given = parser.parse_args(arguments)
    watch = cProfile.Profile() if given.profile else None
    with tempfile.TemporaryDirectory() as folder:
        if watch is not None:
            watch.enable()
        setting = SETTINGS[given.kind]
        measuring = measured(Path(folder), given.items, speed=given.speed, series=given.series, setting=setting)
        found = asyncio.run(measuring)
        if watch is not None:
            watch.disable()
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    if watch is not None:
        output = io.StringIO()
        pstats.Stats(watch, stream=output).strip_dirs().sort_stats("tottime").print_stats(_TOP)
        print(output.getvalue())
    return 1 if wrong(found) and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
