"""Writes the plan of one place: in its order, in batches, side by side as far as the target allows."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from galsync.engine.asking import Asking, Settled
from galsync.engine.moments import Moment, News
from galsync.engine.order import frees, marks, needs, phases
from galsync.engine.tally import Tally
from galsync.ledger.ledger import Ledger
from galsync.side import Ability, Failed, Outcome, Written
from galsync.steps import Act, Plan, Step
from protocols.model.freebusy import Reason
from service.runs.together import together

_MANY: Final = 500  # steps in one transaction where nothing is asked of the target
_WAITED: Final = Failed(Reason.INCOMPLETE, "not tried, since the step that had to make room for it failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What a run writes with."""

    asking: Asking
    ledger: Ledger
    run: int
    tally: Tally


@dataclass(slots=True, kw_only=True)
class Placing:
    """One place being written. ``given_up``: it failed too often in a row, and the rest of it was not tried."""

    hands: Hands
    plan: Plan
    given_up: bool = False
    wrote: bool = False
    _lane: asyncio.Semaphore = field(init=False)
    _failed_in_a_row: int = 0
    _blocked: set[str] = field(default_factory=set)
    """Addresses that did not become free, and objects and people whose step failed."""

    def __post_init__(self) -> None:
        self._lane = asyncio.Semaphore(self._ability.at_once_per_place)

    @property
    def _ability(self) -> Ability:
        return self.hands.asking.sync.target.ability

    @property
    def _over(self) -> bool:
        return self.given_up or self.hands.asking.pace.stopped

    async def carry_out(self) -> None:
        """The whole plan, phase after phase. Raises what the ledger and the lease raise."""
        await self._remember()
        for phase in phases(self.plan.writes):
            await self._phase(phase)

    async def _remember(self) -> None:
        steps = [step for step in self.plan.steps if step.act is Act.REMEMBER]
        sync, place, ledger = self.hands.asking.sync.name, self.plan.place, self.hands.ledger
        if self._over:
            self.hands.tally.untried += len(steps)
        if self._over or not (steps or self.plan.forget):
            return
        await self.hands.asking.lease.keep()
        if steps:
            await ledger.remember(sync, place, steps)
        if self.plan.forget:
            await ledger.forget(sync, place, self.plan.forget)
        self.hands.tally.remembered += len(steps)

    async def _phase(self, steps: Sequence[Step]) -> None:
        steps = await self._without_blocked(steps)
        quiet = [step for step in steps if step.act is Act.RETIRE and not self._ability.hides]
        for batch in _batches(quiet, _MANY):
            await self._batch(batch, quiet=True)
        loud = [step for step in steps if step.act is not Act.RETIRE] if quiet else steps
        batches = _batches(loud, self._ability.batch)
        lanes = min(self._ability.at_once, self._ability.at_once_per_place, -(-len(loud) // self._ability.batch))
        await together((self._work(batches) for _ in range(lanes)), give_up=self.hands.asking.pace.stop)

    async def _work(self, batches: Iterator[Sequence[Step]]) -> None:
        for batch in batches:
            await self._batch(batch)

    async def _batch(self, steps: Sequence[Step], *, quiet: bool = False) -> None:
        if self._over:
            self.hands.tally.untried += len(steps)
            return
        place, hands = self.plan.place, self.hands
        numbers = await hands.ledger.beginning(hands.run, place, steps)
        hands.asking.tell(News(Moment.BEGUN, place, len(steps)))
        if quiet:
            await self._settle(steps, numbers, {n: _as_it_stands(step) for n, step in enumerate(steps)})
            return
        async with aclosing(hands.asking.written(place, steps, self._lane)) as answers:
            async for settled in answers:
                await self._settle(steps, numbers, settled)

    async def _settle(self, steps: Sequence[Step], numbers: Sequence[int], settled: Settled) -> None:
        if not settled:
            return
        place, hands = self.plan.place, self.hands
        these, outcomes = [steps[n] for n in settled], list(settled.values())
        hands.asking.tell(News(Moment.WRITTEN, place, len(these)))
        await hands.ledger.done(hands.run, [numbers[n] for n in settled], outcomes, these, place)
        self._count(these, outcomes)
        hands.asking.tell(News(Moment.AGREED, place, len(these)))

    def _count(self, steps: Sequence[Step], outcomes: Sequence[Outcome]) -> None:
        self.hands.tally.count(self.plan.place, steps, outcomes)
        for step, outcome in zip(steps, outcomes, strict=True):
            if isinstance(outcome, Failed):
                self._failed_in_a_row += 1
                self._blocked |= frees(step)
                self._blocked.update(marks(step))
            else:
                self._failed_in_a_row = 0
                self.wrote = True
        self.given_up |= self._failed_in_a_row >= self.hands.asking.sync.give_up_after

    async def _without_blocked(self, steps: Sequence[Step]) -> Sequence[Step]:
        """``steps`` without those for which an earlier one did not make room; these are failures of the run."""
        if not self._blocked:
            return steps
        free, hands = [], self.hands
        for step in steps:
            if self._blocked.isdisjoint(needs(step)) and self._blocked.isdisjoint(marks(step)):
                free.append(step)
            else:
                self._blocked |= frees(step)
                self._blocked.update(marks(step))
                hands.tally.count(self.plan.place, [step], [_WAITED])
        return free


def _as_it_stands(step: Step) -> Outcome:
    """A target that cannot hide: the ledger alone learns that the object is retired."""
    return Written(step.held.key, step.held.version) if step.held else Written()


def _batches(steps: Sequence[Step], size: int) -> Iterator[Sequence[Step]]:
    rest = iter(steps)
    while batch := list(islice(rest, size)):
        yield batch
