"""Names that cannot be found: the server asks a name service that fails for one system, or never answers about it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.chaos.preload import preloaded
from bench.chaos.trial import Beside, Scenario, Trial
from bench.soak.ground import CONTOSO, FABRIKAM, NORTHWIND, Plan

_SOURCE: Final = "names.c"
_EXCHANGE, _GOOGLE = "exchange.chaos.invalid", "google.chaos.invalid"
_NEAR: Final = "private_network = true  # its name leads to this machine"


@dataclass(frozen=True, slots=True)
class Names:
    """What the name service says from now on."""

    file: Path

    def say(self, **states: str) -> None:
        """``exchange`` and ``google``: "fail" (not now) or "hang" (no answer); who is not named is found."""
        new = self.file.with_suffix(".new")
        new.write_text("".join(f"{name}.chaos.invalid {state}\n" for name, state in states.items()), encoding="ascii")
        new.replace(self.file)


@asynccontextmanager
async def named(folder: Path) -> AsyncIterator[Beside]:
    """A library before the C library's own look-up; Exchange is not found at first."""
    names = Names(folder / "names")
    await asyncio.to_thread(names.say, exchange="fail")
    env = await preloaded(_SOURCE, folder)
    yield Beside(env={**env, "CHAOS_NAMES": str(names.file)}, handle=names)


async def _unresolved(trial: Trial) -> None:
    for words, states in {
        "Exchange's name is not found": {"exchange": "fail"},
        "nobody says where Exchange is": {"exchange": "hang"},
    }.items():
        await asyncio.to_thread(trial.handle.say, **states)
        concerned = await trial.ask(domains=[FABRIKAM], questions=trial.questions // 2)
        trial.sound(words, concerned)
        trial.all_right(f"{words}: the others", await trial.ask(domains=[CONTOSO, NORTHWIND]))
    await asyncio.to_thread(trial.handle.say)
    await trial.recovers("its name is known again: the truth about everybody")


UNRESOLVED: Final = Scenario(
    name="names",
    holds="a system without an address is doubt about its own people alone, and is asked as soon as it has one",
    play=_unresolved,
    plan=Plan(
        ttl=0.5,
        period=1.0,
        deadline=5.0,
        peer_deadline=6.0,
        exchange_host=_EXCHANGE,
        google_host=_GOOGLE,
        fabrikam=_NEAR,
        northwind=_NEAR,
    ),
    beside=named,
    programs=("gcc",),
    calm=False,
)
