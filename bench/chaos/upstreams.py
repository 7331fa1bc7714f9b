"""Systems that stall, reset, trickle, lie, throttle or deny: all that :class:`simulation.faults.Trouble` knows."""

import asyncio
from typing import Final

from bench.chaos.trial import Scenario, Trial
from bench.soak.ground import CONTOSO, FABRIKAM, NORTHWIND, Plan
from bench.soak.weather import TROUBLES, Spell
from simulation.faults import Trouble

_DOMAIN: Final = {"contoso": CONTOSO, "northwind": NORTHWIND, "fabrikam": FABRIKAM}
_DOWN: Final = {
    "contoso": Trouble.HANG,
    "northwind": Trouble.TRICKLE,
    "fabrikam": Trouble.RESET,
}
"""Those after which a system counts as down for a while; one at each, at the same time."""
_SLOW: Final = frozenset({Trouble.HANG, Trouble.TRICKLE, Trouble.RESET, Trouble.DENIED})
_PLAN: Final = Plan(ttl=0.25, period=0.5, deadline=5.0, peer_deadline=6.0)


async def _lies(trial: Trial) -> None:
    """Each of the answers that are spoilt, at each system, on all of its questions."""
    for system, troubles in TROUBLES.items():
        for trouble in (*troubles, None):
            if trouble not in _SLOW:
                await _one(trial, Spell(system, trouble))
        trial.ground.all_well()
        await trial.recovers(f"{system} is believed again")


async def _one(trial: Trial, spell: Spell) -> None:
    others = [domain for system, domain in _DOMAIN.items() if system != spell.system]
    await asyncio.sleep(trial.ground.plan.ttl)  # nothing of it is kept any more
    spell.break_out(trial.ground)
    trial.sound(spell.words, await trial.ask())
    trial.all_right(
        f"{spell.words}: the other systems", await trial.ask(domains=others, questions=trial.questions // 2)
    )
    trial.ground.all_well()


async def _down(trial: Trial) -> None:
    """All three at once are as good as down, each in a way of its own; then one at a time, the others well."""
    for system, trouble in _DOWN.items():
        Spell(system, trouble).break_out(trial.ground)
    trial.sound("contoso hangs, northwind trickles, fabrikam resets", await trial.ask())
    await trial.recovers()
    await asyncio.sleep(trial.ground.plan.ttl)
    await _one(trial, Spell("fabrikam", Trouble.HANG))
    await trial.recovers()


async def _every(trial: Trial) -> None:
    for system, troubles in TROUBLES.items():
        for trouble in troubles:
            if trouble in _SLOW:
                await _one(trial, Spell(system, trouble))
                await trial.recovers(f"{system} is believed again")


LIES: Final = Scenario(
    name="upstreams-lie",
    holds="a spoilt answer is doubt about those it concerns, and about nobody else; the truth as soon as it is told",
    play=_lies,
    plan=_PLAN,
)
DOWN: Final = Scenario(
    name="upstreams-down",
    holds="systems that hang, trickle and reset all at once: doubt within the deadline, the truth once they are back",
    play=_down,
    plan=_PLAN,
)
EVERY: Final = Scenario(
    name="upstreams-one-by-one",
    holds="each system hangs, resets, trickles and denies in turn: the others are answered, and it is asked again",
    play=_every,
    plan=_PLAN,
)
