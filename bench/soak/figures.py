"""The soak itself: questions and troubles until so many are asked or the time is over, and the rows that tell of it."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.rows import Row
from bench.soak.asking import Asker, Tally
from bench.soak.ground import Ground, Plan, ground
from bench.soak.watching import Watch
from bench.soak.weather import weather

QUESTIONS: Final = 2_000_000
SECONDS: Final = 7_200.0
WARM_UP: Final = 0.4  # of all questions: until every cache is as full as it gets
_SPELLS: Final = 252  # calms and spells of a whole soak: each trouble of each system at each share
_ENOUGH: Final = 0.5  # of the mailboxes must have been answered: who doubts everything is never wrong
PLAN: Final = Plan(people=150, ttl=10.0, period=13.0, deadline=3.0, peer_deadline=4.0, mailboxes=1_000)


@dataclass(slots=True)
class Soak:
    """What a soak brought; ``calm`` is what came after the last trouble had passed."""

    tally: Tally = field(default_factory=Tally)
    calm: Tally = field(default_factory=Tally)
    watch: Watch = field(default_factory=Watch)
    seconds: float = 0.0

    def rows(self) -> list[Row]:
        """soak_wrong, soak_falsely_free, soak_hung, soak_memory_growth; and whether the server recovered."""
        note = f"{self.tally.words()}; {self.seconds:,.0f} s"
        count = self.tally
        growth = self.watch.growth(warm_up=WARM_UP)
        return [
            Row(name="soak_wrong", value=count.wrong + self.calm.wrong, unit="answers", at_most=0, note=note),
            Row(name="soak_falsely_free", value=count.falsely_free + self.calm.falsely_free, unit="answers", at_most=0),
            Row(name="soak_hung", value=count.hung + count.failed + self.calm.hung, unit="questions", at_most=0),
            Row(name="soak_answered", value=round(count.right, 3), unit="of mailboxes", at_least=_ENOUGH),
            Row(
                name="soak_recovered",
                value=round(self.calm.right, 3),
                unit="of mailboxes",
                at_least=1,
                note="once the troubles had passed",
            ),
            Row(
                name="soak_memory_growth",
                value=None if growth is None else round(max(growth, 0.0), 3),
                unit="of it",
                at_most=0.05,
                note=self.watch.words() if growth is not None else "too short for it",
            ),
        ]


async def rows(folder: Path, *, questions: int = QUESTIONS, seconds: float = SECONDS) -> list[Row]:
    """The rows of a soak of its own. Raises NotStartedError."""
    return (await soaked(folder, questions=questions, seconds=seconds)).rows()


async def soaked(
    folder: Path,
    *,
    questions: int = QUESTIONS,
    seconds: float = SECONDS,
    plan: Plan = PLAN,
    soak: Soak | None = None,
    seed: int = 1,
) -> Soak:
    """Start the server and ask it; ``soak`` is filled while it goes on."""
    soak, started = soak or Soak(), time.monotonic()
    async with ground(folder, plan) as where, where.serving() as process:
        await _under_weather(where, process.pid, soak, questions, seconds, seed)
        soak.seconds = time.monotonic() - started
        soak.calm = await _calm(where, seed)
    return soak


async def _under_weather(where: Ground, pid: int, soak: Soak, questions: int, seconds: float, seed: int) -> None:
    def asked() -> int:
        return soak.tally.asked

    every = max(questions // _SPELLS, 1)
    beside = [
        asyncio.create_task(weather(where, asked, every=every, seed=seed)),
        asyncio.create_task(soak.watch.over(pid, asked)),
    ]
    try:
        await Asker(where, seed=seed).ask(questions=questions, seconds=seconds, tally=soak.tally)
    finally:
        for task in beside:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _calm(where: Ground, seed: int) -> Tally:
    """Ask until the truth is told about everybody again, for a minute at most; the last hundred questions."""
    asker, ends = Asker(where, seed=seed + 1), time.monotonic() + 60
    while True:
        tally = await asker.ask(questions=100)
        if tally.right == 1 or not tally.sound or time.monotonic() > ends:
            return tally
        await asyncio.sleep(0.5)
