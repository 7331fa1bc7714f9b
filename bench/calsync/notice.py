"""How soon a change is at all other calendars where the servers tell of it: `python -m bench.calsync.notice`.

Two Google calendars and a mailbox of Microsoft 365, served by the service itself: its door for hooks, its settling and
its runs. The servers call the hooks over HTTP. From the moment at which somebody changes an appointment, at Google and
in the mailbox by turns, to the moment at which both others have it, by the clock of the simulation.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry

from bench.calsync.apart import Apart
from bench.calsync.ground import Asked, ground
from bench.calsync.hubs import NAME, NOW, appointment, engine, google_spoke, mailbox_spoke, rules
from bench.calsync.processes import apart_from_here
from bench.calsync.ways import Counts, Faster, wire
from bench.machine import free_port
from bench.rows import Row
from calsync.counting import Figures
from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.notices.front import HookFront
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
from calsync.schedule import Scheduled
from calsync.service import Heard, Service
from calsync.spoke import Watched
from calsync.spokes.google_calendar import GoogleCalendar
from calsync.spokes.graph_calendar import GraphCalendar
from calsync.wiring.notices import READS
from service.addresses import ListenAddress
from service.door import Door
from service.jobs.cron import Schedule
from service.jobs.job import Ran
from service.state.database import Database

CHANGES: Final = 50
ITEMS: Final = 30
"""Appointments of each calendar."""
PATIENCE: Final = 30.0
LATENCY: Final = 0.24
NAMES: Final = ("hub_notice_median_s", "hub_notice_worst_s")
_RHYTHM: Final = (0.0, 0.3, 0.9, 1.4, 2.1)
"""Seconds between two changes: some come while the last one still settles, some while a run goes on."""
_NEVER: Final = Schedule.parse("0 0 1 1 *")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``seconds`` of each change; ``mails`` that anybody was sent. ``words`` say what went wrong, "" for nothing."""

    seconds: list[float]
    mails: int
    words: str


@dataclass(frozen=True, slots=True)
class Doing:
    """The hub, which is open all the time."""

    engine: Engine
    spokes: Mapping[str, Watched]

    async def sync(self, only: frozenset[str] | None) -> HubReport:
        """See :class:`calsync.schedule.Doing`."""
        return await self.engine.sync(only=only)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Mapping[str, Watched]]:
        """See :class:`calsync.schedule.Doing`."""
        yield self.spokes


async def measured(folder: Path, changes: int, *, items: int = ITEMS) -> Measured:
    """The figures of so many changes, after a first sync."""
    clock = Faster(NOW, 1.0)
    with ground(Asked(calendars=2, mailbox=True, clock=clock, latency=LATENCY)) as there:
        keys = await _entered(there, items)
        async with wire() as way, Database.open(f"sqlite:{folder / 'state.db'}") as database:
            spokes: dict[str, GoogleCalendar | GraphCalendar] = {
                name: google_spoke(name, way, there.told, clock, Counts()) for name in ("google-0", "google-1")
            }
            spokes["outlook"] = mailbox_spoke(way, there.told, clock, Counts())
            ledger = Ledger(database, clock=clock.clock)
            hub = engine(rules(tuple(spokes)), spokes, ledger, clock)
            words = (await hub.sync(allow=frozenset(GUARDS))).words
            async with _served(Doing(hub, spokes), ledger, clock):
                await _arrived(
                    there, keys, changes
                )  # not counted: all is looked at again once the servers begin to tell
                seconds = [await _arrived(there, keys, number) for number in range(changes)]
        mails = (await there.ask("seen")).mails
    return Measured(seconds=seconds, mails=mails, words=words)


async def _entered(there: Apart, items: int) -> dict[str, list[str]]:
    """The keys of what people have in each calendar."""
    return {
        spoke: [await there.ask("create", spoke, appointment(place * items + each)) for each in range(items)]
        for place, spoke in enumerate(("google-0", "google-1", "outlook"))
    }


async def _arrived(there: Apart, keys: Mapping[str, Sequence[str]], number: int) -> float:
    await asyncio.sleep(_RHYTHM[number % len(_RHYTHM)])
    spoke = ("google-0", "outlook")[number % 2]
    key, event = keys[spoke][number // 2 % len(keys[spoke])], appointment(number, words=f", changed {number}")
    seconds: float = await there.ask("arrived", spoke, key, event, PATIENCE)
    return seconds


@asynccontextmanager
async def _served(doing: Doing, ledger: Ledger, clock: Faster) -> AsyncIterator[None]:
    """The service with its door, once the servers have promised to tell of changes."""
    port = free_port()
    service = Service(
        {NAME: Scheduled(doing=doing, schedule=_NEVER)},
        ledger,
        figures=Figures(CollectorRegistry()),
        clock=clock.clock,
        sleep=clock.sleep,
        heard=Heard(public_url=f"http://127.0.0.1:{port}", random=secrets.token_hex),
    )
    front = HookFront(ledger.hook, service.attending.heard, reads=READS)
    async with Door(front.answer, (ListenAddress("127.0.0.1", port),)):
        attending = asyncio.ensure_future(service.attending.serve())
        try:
            assert await service.watch(NAME) is Ran.ENDED
            yield
        finally:
            attending.cancel()
            await asyncio.gather(attending, return_exceptions=True)


async def rows(folder: Path, *, changes: int = CHANGES, items: int = ITEMS) -> list[Row]:
    """The figures of a process of its own. Raises RuntimeError where something was wrong."""
    told = await apart_from_here(folder, __name__, "--changes", str(changes), "--items", str(items))
    found = Measured(**told)
    if trouble := wrong(found):
        raise RuntimeError(trouble)
    note = f"{changes} changes at Google and Microsoft 365 by turns, {LATENCY:g} s a request at the latter"
    median = round(statistics.median(found.seconds), 2)
    return [
        Row(name=NAMES[0], value=median, unit="s", at_most=5, note=note),
        Row(name=NAMES[1], value=round(max(found.seconds), 2), unit="s", at_most=5, note="of the same"),
    ]


def wrong(found: Measured) -> str:
    """What is not as it should be; "" where all is well."""
    late = sum(seconds >= PATIENCE for seconds in found.seconds)
    if found.words or found.mails:
        return f"{found.mails} mails were sent. {found.words}"
    return f"{late} of {len(found.seconds)} changes did not arrive in {PATIENCE:g} s" if late else ""


def told(found: Measured) -> list[str]:
    """The figures in words."""
    median, worst = statistics.median(found.seconds), max(found.seconds)
    return [
        f"{len(found.seconds)} changes: {median:.2f} s in the middle, {worst:.2f} s at most",
        wrong(found) or "all went well",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--changes", type=int, default=CHANGES, help=f"how many (default {CHANGES})")
    parser.add_argument("--items", type=int, default=ITEMS, help=f"appointments of a calendar (default {ITEMS})")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):  # where the log goes
        found = asyncio.run(measured(Path(folder), given.changes, items=given.items))
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    return 1 if wrong(found) and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
