"""A scenario and how it is tried: the server before its systems, what it is asked meanwhile, and what must hold."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bench.machine import NotStartedError
from bench.soak.asking import DOMAINS, Asker, Tally
from bench.soak.ground import Ground, Plan, ground

RECOVERY: Final = 60.0
"""Seconds within which the truth must be told about everybody again."""
_AT_ONCE: Final = 24
_LATER: Final = 10.0  # seconds after the server's own deadline: then a question hangs


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold, whether it did, and what was seen."""

    words: str
    held: bool
    seen: str


@dataclass(slots=True)
class Outcome:
    """What came of a scenario."""

    name: str
    checks: list[Check] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether all of it did, and there was something that had to."""
        return bool(self.checks) and all(check.held for check in self.checks)


@dataclass(slots=True, kw_only=True)
class Trial:
    """One scenario while it is tried. ``questions`` is how many are asked in each of its phases.

    ``handle`` is what the scenario has to break beside the server.
    """

    ground: Ground
    outcome: Outcome
    questions: int
    process: asyncio.subprocess.Process
    handle: Any = None
    seed: int = 0

    async def ask(self, *, domains: Sequence[str] = DOMAINS, questions: int | None = None) -> Tally:
        """A phase of questions, other ones each time."""
        self.seed += 1
        asker = Asker(self.ground, seed=self.seed, domains=domains, patience=self._patience)
        return await asker.ask(questions=questions or self.questions, at_once=_AT_ONCE)

    @asynccontextmanager
    async def meanwhile(self) -> AsyncIterator[Tally]:
        """Questions without end while the block runs; those under way at its end are waited for."""
        self.seed += 1
        tally, done = Tally(), asyncio.Event()
        asker = Asker(self.ground, seed=self.seed, patience=self._patience)
        asking = asyncio.create_task(
            asker.ask(questions=10_000_000, seconds=600, at_once=_AT_ONCE, stop=done.is_set, tally=tally)
        )
        try:
            yield tally
        finally:
            done.set()
            await asking

    @property
    def _patience(self) -> float:
        return self.ground.plan.deadline + _LATER

    def must(self, words: str, held: bool, seen: str) -> None:
        """Something has to hold."""
        self.outcome.checks.append(Check(words, held, seen))

    def sound(self, words: str, tally: Tally, *, unbroken: bool = True) -> None:
        """Nothing answered may be wrong or falsely free, and nothing hang (nor, ``unbroken``, break off)."""
        self.must(
            f"{words}: nothing wrong, nothing hung", tally.sound and not (unbroken and tally.failed), tally.words()
        )
        self._tell(words, tally)

    def all_right(self, words: str, tally: Tally) -> None:
        """The truth about everybody."""
        self.must(words, tally.sound and not tally.failed and tally.right == 1, tally.words())
        self._tell(words, tally)

    async def recovers(self, words: str = "the truth about everybody again") -> None:
        """With all systems well, within RECOVERY."""
        self.ground.all_well()
        started = time.monotonic()
        while True:
            tally = await self.ask()
            took = time.monotonic() - started
            if not tally.sound or (tally.right == 1 and not tally.failed) or took > RECOVERY:
                break
            await asyncio.sleep(0.25)
        self.must(words, tally.sound and tally.right == 1, f"after {took:.1f} s: {tally.words()}")
        self._tell(words, tally)

    def _tell(self, words: str, tally: Tally) -> None:
        if not self.outcome.checks[-1].held:
            self.outcome.examples += [f"{words}: {each}" for each in tally.examples]

    async def until(self, condition: Callable[[], bool], *, seconds: float = 60.0) -> bool:
        """Wait for ``condition``, so long at most; whether it came."""
        for _ in range(int(seconds * 100)):
            if condition():
                return True
            await asyncio.sleep(0.01)
        return condition()

    def signal(self, number: int) -> None:
        """Send it to the server's process."""
        os.kill(self.process.pid, number)

    async def ended(self, *, within: float) -> int | None:
        """The exit code of the server; None where it has not ended by then."""
        try:
            return await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a scenario has beside the server: ``env`` and ``more`` for it, and a ``handle`` on what is to be broken."""

    env: Mapping[str, str] = field(default_factory=dict)
    more: str = ""
    handle: Any = None


@asynccontextmanager
async def nothing(_: Path) -> AsyncIterator[Beside]:
    """Beside most servers there is nothing."""
    yield Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way of breaking things. ``holds`` says what must hold; ``play`` does the damage.

    ``beside`` stands around the server, with files in the folder. ``programs`` must be on the machine.
    ``calm``: the truth is told about everybody before it begins.
    """

    name: str
    holds: str
    play: Callable[[Trial], Awaitable[None]]
    plan: Plan = field(default_factory=Plan)
    beside: Callable[[Path], AbstractAsyncContextManager[Beside]] = nothing
    programs: tuple[str, ...] = ()
    calm: bool = True

    def lacks(self) -> str | None:
        """What of the machine it needs and does not find."""
        return ", ".join(name for name in self.programs if shutil.which(name) is None) or None


async def tried(scenario: Scenario, folder: Path, *, questions: int) -> Outcome:
    """Play ``scenario`` with files in ``folder``."""
    outcome = Outcome(scenario.name)
    try:
        async with scenario.beside(folder) as beside:
            plan = replace(scenario.plan, more=scenario.plan.more + beside.more)
            async with ground(folder, plan) as where, where.serving(beside.env) as process:
                trial = Trial(ground=where, outcome=outcome, questions=questions, process=process, handle=beside.handle)
                if scenario.calm:
                    trial.all_right("the truth about everybody before it", await trial.ask())
                await scenario.play(trial)
                log = await asyncio.to_thread(where.log.read_bytes)
                trial.must("no traceback in the log", not _traces(log), _last(log))
    except NotStartedError as error:
        outcome.checks.append(Check("the server starts", False, str(error)))
    return outcome


def _traces(log: bytes) -> list[bytes]:
    return [line for line in log.splitlines() if b"Traceback" in line or b'"exception"' in line]


def _last(log: bytes) -> str:
    lines = _traces(log)
    if not lines:
        return f"{len(log):,} bytes of log"
    last = lines[-1]
    return log[log.rindex(last) :][: max(len(last), 1500)].decode(errors="replace")
