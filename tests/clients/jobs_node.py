"""A node of several that runs a sync between files whenever the queue has it, and takes its time to be killed in.

``python -m tests.clients.jobs_node URL FOLDER NAME POINT``: a line on its output for each point of a run; at the one of
that number it hangs until it is killed.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry

from bench.galsync.killed_run import SYNC, Generations, sync_of
from bench.galsync.target import WorldTarget
from bench.galsync.world import File
from galsync.counting import Figures
from galsync.engine.engine import Engine
from galsync.ledger.ledger import Ledger
from galsync.schedule import Scheduled
from galsync.service import ROOM, Service
from galsync.side import Outcome
from galsync.steps import Step
from service import logs
from service.jobs import queue
from service.jobs.cron import Schedule
from service.jobs.shared import Rhythm, Shared
from service.jobs.timetable import Clockwork
from service.state.database import Database

LEASE: Final = timedelta(seconds=4)
RHYTHM: Final = Rhythm(
    beat=timedelta(milliseconds=300),
    dead_after=timedelta(seconds=2),
    pause=timedelta(seconds=1),
    look=timedelta(milliseconds=300),
)
_YEARLY: Final = Schedule.parse("0 0 1 1 *")


class TellingTarget(WorldTarget):
    """Tells of each call before and after it; at ``point`` nothing goes on."""

    point = 0
    _told = 0

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """As it should."""
        await self._tell("writing")
        outcomes = await super().write(place, steps)
        await self._tell("written")
        return outcomes

    async def _tell(self, event: str) -> None:
        self._told += 1
        tell(event)
        if self._told == self.point:
            tell("hanging")
            await asyncio.Event().wait()


def tell(event: str) -> None:
    """To whoever watches."""
    sys.stdout.write(f"{event}\n")
    sys.stdout.flush()


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


async def serve(url: str, folder: Path, name: str, point: int) -> None:
    """Until it is killed."""
    async with Database.open(url) as database, queue.opened(url) as app:
        ledger = Ledger(database, clock=clock)
        target = TellingTarget(File(folder / "world.db"), sync=SYNC)
        target.point = point
        sync = replace(sync_of(target, Generations(1, 0), timedelta()), lease=LEASE)
        engine = Engine(sync, ledger, clock=clock, sleep=asyncio.sleep, holder=name)
        scheduled = {SYNC: Scheduled(run=engine.apply, schedule=_YEARLY)}
        jobs = Service(scheduled, ledger, figures=Figures(CollectorRegistry()), clock=clock).jobs()
        works = Clockwork(clock=clock, sleep=asyncio.sleep)
        shared = Shared(jobs, works, app, room=ROOM, rhythm=RHYTHM)
        serving = asyncio.create_task(shared.serve())
        tell("ready")
        await serving


if __name__ == "__main__":
    logs.configure("json")
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
