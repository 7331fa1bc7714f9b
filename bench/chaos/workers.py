"""Several processes at the same address: one after the other is killed while all are asked."""

import os
import signal
from contextlib import suppress
from itertools import islice
from typing import Final

from bench.chaos.trial import Scenario, Trial
from bench.soak.ground import Plan
from bench.soak.watching import family

_WORKERS: Final = 2
_ROUNDS: Final = 3


async def _killed(trial: Trial) -> None:
    async with trial.meanwhile() as tally:
        for number in range(_ROUNDS):
            before, crew = tally.mailboxes, workers(trial)
            await trial.until(lambda before=before: tally.mailboxes >= before + trial.questions)  # type: ignore[misc]
            victim = crew[number % len(crew)]
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
            again = await trial.until(lambda: len(workers(trial)) == _WORKERS and victim not in workers(trial))  # noqa: B023
            trial.must(
                "another worker takes the place of the one that was killed", again, f"{len(workers(trial))} of them"
            )
    trial.sound("workers killed under load", tally, unbroken=False)
    share = tally.failed / max(1, tally.asked)
    trial.must("only what a killed worker held breaks off", share < 0.5, f"{tally.failed} of {tally.asked} questions")
    trial.must("the parent lives", trial.process.returncode is None, f"exit code {trial.process.returncode}")
    await trial.recovers()


async def _told(trial: Trial) -> None:
    """SIGHUP for the certificate, SIGUSR1 for new workers, both under load, and SIGTERM at the end."""
    async with trial.meanwhile() as tally:
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGHUP):
            before, crew = tally.mailboxes, workers(trial)
            trial.signal(number)
            await trial.until(lambda before=before: tally.mailboxes >= before + trial.questions)  # type: ignore[misc]
            if number is signal.SIGUSR1:
                new = await trial.until(lambda: not set(crew) & set(workers(trial)))  # noqa: B023
                trial.must("after SIGUSR1 all workers are new ones", new, f"{len(workers(trial))} of them")
    trial.sound("workers told to read the certificate anew, and replaced, under load", tally)
    await trial.recovers()
    trial.signal(signal.SIGTERM)
    code = await trial.ended(within=40)
    trial.must("SIGTERM ends all of them, with 0", code == 0, f"exit code {code}")


def workers(trial: Trial) -> list[int]:
    """The processes that the server has begun, as far as they live."""
    return list(islice(family(trial.process.pid), 1, None))


KILLED: Final = Scenario(
    name="workers-killed",
    holds="a worker that is killed is begun again; only the questions it held break off",
    play=_killed,
    plan=Plan(ttl=1.0, period=1.5, server=f"workers = {_WORKERS}"),
)
TOLD: Final = Scenario(
    name="workers-told",
    holds="no question fails while workers are told to read their certificate or are replaced",
    play=_told,
    plan=Plan(ttl=1.0, period=1.5, server=f"workers = {_WORKERS}"),
)
