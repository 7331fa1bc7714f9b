"""Plans, applies and undoes a pair: what is going to happen is shown, somebody says yes, and then it happens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from console.consent import able_to_ask, agreed_to, ended_by_signals, interrupted
from console.gal.showing import MOST
from console.pair.showing import show, show_carried, show_json
from console.pair.work import ChosenPair, alone, at_work
from console.terminal import EndingError
from galsync.engine.engine import FRESH
from galsync.pairs.carrying import Carried, Carrier
from galsync.pairs.pair import Pair
from galsync.pairs.pieces import Part
from galsync.pairs.planning import EVERYTHING, planned
from galsync.pairs.steps import PairPlan
from galsync.pairs.way_back import planned_back

_STALE: Final = "the plan that you saw is not good any more: {}; nothing was written; look at a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a command was called: as JSON, without a question, which parts, and how many steps are drawn."""

    as_json: bool = False
    yes: bool = False
    only: frozenset[Part] = EVERYTHING
    most: int | None = MOST


async def shown(chosen: ChosenPair, wishes: Wishes) -> bool:
    """Shows what `apply` would do: whether nothing is in its way."""
    async with at_work(chosen) as pair:
        plan = await planned(pair, wishes.only)
    if wishes.as_json:
        show_json(plan)
    else:
        show(plan, most=wishes.most)
    return not plan.refusals and not any(step.stopped for step in plan.syncs)


async def applied(chosen: ChosenPair, wishes: Wishes) -> bool:
    """Shows the plan, asks, and does it: whether all of it was done."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    async with at_work(chosen) as pair:
        return await _carried(
            chosen, wishes, pair, lambda: planned(pair, wishes.only), f"Do this at both tenants of {pair.name}?"
        )


async def undone(chosen: ChosenPair, wishes: Wishes) -> bool:
    """Shows what takes everything back that the pair did, asks, and does it."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    async with at_work(chosen) as pair:
        return await _carried(
            chosen, wishes, pair, lambda: planned_back(pair), f"Take all of this back at both tenants of {pair.name}?"
        )


async def _carried(
    chosen: ChosenPair, wishes: Wishes, pair: Pair, make: Callable[[], Awaitable[PairPlan]], question: str
) -> bool:
    async with alone(pair) as lease:
        plan = await make()
        if not wishes.as_json:
            show(plan, most=wishes.most)
        if plan.refusals or plan.idle:
            if wishes.as_json:
                show_json(plan)
            return not plan.refusals and not any(step.stopped for step in plan.syncs)
        if not wishes.yes:
            agreed_to(question)
            if chosen.around.clock() - plan.made_at > FRESH:
                raise EndingError(_STALE.format("it is older than 15 minutes"))
        carrier = Carrier(pair, kept=lease.keep)
        with ended_by_signals(carrier.stop) as came:
            carried = await (carrier.back(plan) if plan.back else carrier.forth(plan))
    _told(plan, carried, wishes)
    if carried.stopped:
        interrupted(came)
    return carried.well


def _told(plan: PairPlan, carried: Carried, wishes: Wishes) -> None:
    if wishes.as_json:
        show_json(plan, carried)
    else:
        show_carried(carried)
