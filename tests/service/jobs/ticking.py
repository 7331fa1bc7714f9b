"""A clock that goes as far as somebody sleeps, and jobs that write down when they ran."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from service.jobs.cron import Schedule
from service.jobs.job import Job, Ran
from service.jobs.timetable import Clockwork

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Time:
    """``sleep`` takes no time and moves the clock, up to ``end``; ``slept`` are the seconds of each sleep."""

    def __init__(self, now: datetime = NOON, *, end: datetime | None = None) -> None:
        self.now, self._end = now, end
        self.slept: list[float] = []

    def clock(self) -> datetime:
        """Now."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Others come in between."""
        until = self.now + timedelta(seconds=seconds)
        self.slept.append(seconds)
        await asyncio.sleep(0)
        if self._end is not None and until > self._end:
            await asyncio.Event().wait()
        self.now = max(self.now, until)

    def works(self, *, random: float = 0.0, jitter: timedelta = timedelta()) -> Clockwork:
        """What jobs go by."""
        return Clockwork(clock=self.clock, sleep=self.sleep, random=lambda: random, jitter=jitter)


class Diary:
    """What ran when; ``ends`` are how the first runs end, all later ones well."""

    def __init__(self, time: Time, *ends: Ran) -> None:
        self._time, self._ends = time, list(ends)
        self.ran: list[tuple[str, datetime]] = []
        self._changed = asyncio.Condition()

    def job(
        self,
        name: str,
        schedule: str = "",
        *,
        owed: bool = False,
        during: Callable[[], Awaitable[object]] | None = None,
    ) -> Job:
        """A job that is written down here, and awaits ``during``."""

        async def run() -> Ran:
            self.ran.append((name, self._time.now))
            async with self._changed:
                self._changed.notify_all()
            if during is not None:
                await during()
            return self._ends.pop(0) if self._ends else Ran.ENDED

        async def is_owed(_: datetime) -> bool:
            return owed

        return Job(name=name, run=run, owed=is_owed, schedule=Schedule.parse(schedule) if schedule else None)

    async def until(self, number: int) -> list[tuple[str, str]]:
        """When so many runs have begun: which, and by which clock time."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.ran) >= number)
        return [(name, f"{at:%H:%M:%S}") for name, at in self.ran[:number]]
