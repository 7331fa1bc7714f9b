"""Signals under load: told to end, killed, told to read its certificate anew, and stopped for a while."""

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import Final

from bench.chaos.trial import Scenario, Trial
from bench.soak.ground import Plan

_A_WHILE: Final = 0.3


async def _hangup(trial: Trial) -> None:
    async with trial.meanwhile() as tally:
        for _ in range(10):
            trial.signal(signal.SIGHUP)
            await asyncio.sleep(_A_WHILE / 3)
    trial.sound("ten times SIGHUP", tally)
    await trial.recovers()


async def _terminate(trial: Trial) -> None:
    async with trial.meanwhile() as tally:
        await trial.until(lambda: tally.asked >= trial.questions)
        trial.signal(signal.SIGTERM)
        code = await trial.ended(within=40)
    trial.sound("SIGTERM under load", tally, unbroken=False)
    trial.must("it ends by itself, with 0", code == 0, f"exit code {code}")
    torn = tally.codes["ClientPayloadError"]  # a connection that closes before an answer is the caller's to repeat
    trial.must("no answer ends in the middle", not torn, f"{torn} torn")
    async with trial.ground.serving() as trial.process:
        await trial.recovers("started again, the truth about everybody")


async def _kill(trial: Trial) -> None:
    async with AsyncExitStack() as stack:
        async with trial.meanwhile() as tally:
            await trial.until(lambda: tally.asked >= trial.questions)
            trial.signal(signal.SIGKILL)
            await trial.ended(within=40)
            trial.process = await stack.enter_async_context(trial.ground.serving())
            before = tally.mailboxes
            await trial.until(lambda: tally.mailboxes >= before + trial.questions)
        trial.sound("SIGKILL under load, and another start", tally, unbroken=False)
        await trial.recovers()


async def _stopped(trial: Trial) -> None:
    async with trial.meanwhile() as tally:
        for _ in range(3):
            trial.signal(signal.SIGSTOP)
            await asyncio.sleep(trial.ground.plan.ttl * 1.5)  # all that is kept grows too old meanwhile
            trial.signal(signal.SIGCONT)
            await asyncio.sleep(_A_WHILE)
    trial.sound("the process stands still, longer than anything is kept", tally)
    await trial.recovers()


_PLAN: Final = Plan(ttl=1.0, period=1.0)
HANGUP: Final = Scenario(
    name="sighup", holds="every question is answered while SIGHUP comes again and again", play=_hangup, plan=_PLAN
)
TERMINATE: Final = Scenario(
    name="sigterm", holds="what was begun is answered, and the process ends with 0 in time", play=_terminate, plan=_PLAN
)
KILL: Final = Scenario(
    name="sigkill",
    holds="connections break, nothing else: the next start tells the truth at once",
    play=_kill,
    plan=_PLAN,
)
STOPPED: Final = Scenario(
    name="sigstop", holds="a process that slept serves nothing from before its sleep", play=_stopped, plan=_PLAN
)
