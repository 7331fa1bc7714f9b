"""The disk is full: the log, the ledger and a capture cannot be written, until there is room again."""

import asyncio
import json
import resource
from pathlib import Path
from typing import Final

from bench.chaos.trial import Scenario, Trial
from bench.soak.asking import Tally
from bench.soak.ground import Plan

_LEDGER: Final = """
[ledger]
directory = "ledger"
"""
_REQUIRED: Final = _LEDGER + "required = true\n"


def full(pid: int, *, full: bool) -> None:
    """No file of the process may grow (RLIMIT_FSIZE: every write is EFBIG), or all may."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))


def entries(folder: Path) -> int:
    """How many whole lines the ledger has; ValueError where one is torn."""
    lines = [line for file in sorted((folder / "ledger").glob("*")) for line in file.read_bytes().splitlines()]
    return sum(1 for line in lines if json.loads(line))


async def _full(trial: Trial) -> None:
    pid = trial.process.pid
    before = await asyncio.to_thread(entries, trial.ground.folder)
    full(pid, full=True)
    trial.all_right("the disk is full: the truth about everybody all the same", await trial.ask())
    full(pid, full=False)
    await trial.recovers()
    await _written(trial, before, 2 * trial.questions)


async def _required(trial: Trial) -> None:
    pid = trial.process.pid
    full(pid, full=True)
    refused = await _until_refused(trial)
    trial.sound("the ledger is required and the disk is full", refused)
    trial.must("nobody is answered", not refused.shown, refused.words())
    full(pid, full=False)
    await trial.recovers("there is room again: the truth about everybody")


async def _until_refused(trial: Trial) -> Tally:
    """Entries are written together, a second or so after the answer: until then nobody knows of the full disk."""
    for _ in range(40):
        tally = await trial.ask()
        if not tally.sound or not tally.shown:
            break
        await asyncio.sleep(0.25)
    return tally


async def _written(trial: Trial, before: int, more: int) -> None:
    """The ledger has an entry for each mailbox asked about since; it is written within a second or so."""
    found = before
    for _ in range(40):
        found = await asyncio.to_thread(entries, trial.ground.folder)
        if found >= before + more:
            break
        await asyncio.sleep(0.25)
    trial.must("the ledger has it all once there is room", found >= before + more, f"{found - before} new entries")


FULL: Final = Scenario(
    name="disk-full",
    holds="questions are answered though neither log nor ledger can be written; the ledger is whole afterwards",
    play=_full,
    plan=Plan(ttl=0.5, period=1.0, more=_LEDGER),
)
REQUIRED: Final = Scenario(
    name="disk-full-ledger-required",
    holds="where the ledger is required nobody is answered without it, in each dialect's words; then all are again",
    play=_required,
    plan=Plan(ttl=0.5, period=1.0, more=_REQUIRED),
)
