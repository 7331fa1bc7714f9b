"""The clock is set while the server runs: forward, back, and back by less than an answer is kept."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.chaos.preload import preloaded
from bench.chaos.trial import Beside, Scenario, Trial
from bench.soak.ground import Plan

_SOURCE: Final = "clock.c"
_DAY, _HOUR = 86_400.0, 3_600.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of one process; the monotonic one goes on as ever."""

    file: Path

    def step(self, seconds: float) -> None:
        """Let it be that far ahead of the real one, from this moment on."""
        with self.file.open("r+b", buffering=0) as shared:
            shared.write(struct.pack("<q", round(seconds * 1e9)))


@asynccontextmanager
async def faked(folder: Path) -> AsyncIterator[Beside]:
    """A library before the C library's own clock, which adds what a shared file says.

    (libfaketime also stands in the way of all waiting that goes by the monotonic clock, Python's own lock for one.)
    """
    clock = Clock(folder / "clock")
    await asyncio.to_thread(clock.file.write_bytes, bytes(8))
    env = await preloaded(_SOURCE, folder)
    yield Beside(env={**env, "CHAOS_CLOCK": str(clock.file)}, handle=clock)


async def _stepped(trial: Trial) -> None:
    for seconds in (30.0, -30.0, _HOUR, -_HOUR, _DAY, -2 * _DAY):
        await asyncio.to_thread(trial.handle.step, seconds)
        trial.sound(f"the clock is {seconds:+,.0f} s off", await trial.ask())
    await asyncio.to_thread(trial.handle.step, 0)
    await trial.recovers("with the right time again, the truth about everybody")


async def _back_a_little(trial: Trial) -> None:
    """By so little that an answer looks younger than it is, and would be served too long.

    What was fetched is then half a time to live old by the wrong clock, and more than a whole one by the right one.
    """
    ttl = trial.ground.plan.ttl
    await trial.ask()
    await asyncio.sleep(ttl * 0.7)
    await asyncio.to_thread(trial.handle.step, -ttl * 0.68)
    await asyncio.sleep(ttl * 0.5)
    trial.seed -= 1  # the same questions once more
    trial.sound(f"the clock is {ttl * 0.68:.1f} s behind: less than an answer lives", await trial.ask())
    await asyncio.to_thread(trial.handle.step, 0)
    await trial.recovers("with the right time again, the truth about everybody")


STEPPED: Final = Scenario(
    name="clock-steps",
    holds="nothing older than one time to live is served, whatever the clock says, and all is well when it is right",
    play=_stepped,
    plan=Plan(ttl=1.0, period=1.5),
    beside=faked,
    programs=("gcc",),
)
BACK: Final = Scenario(
    name="clock-back-a-little",
    holds="nothing older than one time to live is served where the clock goes back by less than that",
    play=_back_a_little,
    plan=Plan(ttl=6.0, period=1.0),
    beside=faked,
    programs=("gcc",),
)
