"""File descriptors run out: nothing new can be opened, neither for callers nor for calendar systems."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import aiohttp

from bench.chaos.trial import Scenario, Trial
from bench.soak.asking import Asker, Tally
from bench.soak.ground import Plan
from bench.soak.watching import sample

_SPARE: Final = 2


async def _exhausted(trial: Trial) -> None:
    pid = trial.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    taken = sample(pid, 0)
    assert taken is not None, "the server runs"
    for spare in (_SPARE, 0):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (max(taken.descriptors + spare - 20, 16), before[1]))
        for system in trial.ground.systems.values():
            system.faults.latency = 0.05  # several calls at once, each on a connection of its own
        await asyncio.sleep(trial.ground.plan.ttl)
        async with _strangers(trial) as others:
            trial.sound("hardly a descriptor is left", await trial.ask())
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        trial.sound("who could not be let in meanwhile", others)
        await trial.recovers()


@asynccontextmanager
async def _strangers(trial: Trial) -> AsyncIterator[Tally]:
    """Questions on connections that do not stand yet; awaited at the end of the block."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        asker = Asker(replace(trial.ground, session=session), seed=99, patience=30)
        tally = Tally()
        asking = asyncio.create_task(asker.ask(questions=trial.questions // 4, at_once=5, tally=tally))
        try:
            yield tally
        finally:
            await asking


EXHAUSTED: Final = Scenario(
    name="descriptors",
    holds="who is connected is answered, with doubt where no system can be asked; all is well with the next descriptor",
    play=_exhausted,
    plan=Plan(ttl=0.5, period=1.0),
)
