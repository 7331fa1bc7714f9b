"""Writes the steps of a run, all spokes at once, each at its own pace, and tells the ledger what came of each."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from calsync.agreed import Agreed
from calsync.contents import title
from calsync.engine.asking import Asking, Settled
from calsync.engine.moments import Moment, News, Tell
from calsync.engine.tally import UNTRIED, Tally, anew
from calsync.event_fields import AT
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Result
from calsync.plans.linking import after, refused, settled
from calsync.plans.refusals import PART
from calsync.spoke import Failed, Outcome, Written
from calsync.steps import Decision, Step
from service.runs.together import together


@dataclass(slots=True, kw_only=True)
class Writing:
    """The hands of one run. ``asking`` by spoke. ``again`` are the keys, by spoke, where something else stands by now
    than was planned upon, or where the spoke refused a part of what was to be written."""

    ledger: Ledger
    run: int
    asking: Mapping[str, Asking]
    tally: Tally
    tell: Tell
    given_up: int
    again: dict[str, set[str]] = field(default_factory=dict)
    _items: dict[str, Agreed] = field(default_factory=dict)
    _decisions: dict[str, Decision] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)
    _in_a_row: dict[str, int] = field(default_factory=dict)
    _noting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def carry_out(self, decisions: Iterable[Decision]) -> None:
        """All their steps, as far as they can be done.

        Raises StateError, RunOverError and LeaseLostError: then nothing more is begun, and what was in flight has
        ended.
        """
        queues: dict[str, list[Step]] = {}
        for decision in decisions:
            if decision.agreed is None or not decision.steps:
                continue
            self._items[decision.item], self._decisions[decision.item] = decision.agreed, decision
            self._open[decision.item] = len(decision.steps)
            for step in decision.steps:
                queues.setdefault(step.spoke, []).append(step)
        for steps in queues.values():
            steps.sort(key=_of_series)
        workers = [self._work(self.asking[spoke], waiting) for spoke, waiting in self._waiting(queues)]
        await together(workers, give_up=self.stop)

    def stop(self) -> None:
        """Nothing more is begun."""
        for asking in self.asking.values():
            asking.pace.stop()

    def _waiting(self, queues: Mapping[str, Sequence[Step]]) -> Iterator[tuple[str, Iterator[Step]]]:
        """One entry for each call that may be made at once; those of one spoke draw from the same steps."""
        for spoke, steps in queues.items():
            waiting = iter(steps)
            for _ in range(self.asking[spoke].spoke.ability.at_once):
                yield spoke, waiting

    async def _work(self, asking: Asking, waiting: Iterator[Step]) -> None:
        while steps := list(islice(waiting, asking.spoke.ability.batch)):
            name = asking.spoke.name
            if asking.pace.stopped or name in self.tally.given_up:
                for step in steps:
                    self.tally.count(step, UNTRIED)
                continue
            numbers = await self.ledger.beginning(self.run, steps)
            self.tell(News(Moment.BEGUN, name, len(steps)))
            async for outcomes in asking.written(steps):
                self.tell(News(Moment.WRITTEN, name, len(outcomes)))
                await self._note(steps, numbers, outcomes)
            self.tell(News(Moment.LINKED, name, len(steps)))

    async def _note(self, steps: Sequence[Step], numbers: Sequence[int], outcomes: Settled) -> None:
        """One at a time, so that no older state of an item is kept after a newer one."""
        if not outcomes:
            return
        async with self._noting:
            kept: dict[str, Agreed] = {}
            forget: list[str] = []
            for n, outcome in outcomes.items():
                step = steps[n]
                self._count(step, outcome)
                now = self._after(step, outcome)
                if now is None:
                    forget.append(step.item)
                    kept.pop(step.item, None)
                else:
                    self._items[step.item] = now
                    kept |= {step.item: now} if now.origin else {}  # a purge finds copies that no ledger knows of
            results = [Result(numbers[n], outcome) for n, outcome in outcomes.items()]
            await self.ledger.done(self.run, results, list(kept.values()), forget)

    def _after(self, step: Step, outcome: Outcome) -> Agreed | None:
        """How the item stands now; None where nothing is left of it."""
        agreed = self._items[step.item]
        if isinstance(outcome, Written):
            agreed = after(agreed, step, outcome.item, later=outcome.later)
        elif outcome.refused:
            agreed = refused(agreed, step, outcome.words)
            if step.link is not None and agreed.links[step.spoke].left.startswith(PART):
                self.again.setdefault(step.spoke, set()).add(step.link.key)
        else:
            return agreed
        self._open[step.item] -= 1
        return agreed if self._open[step.item] else settled(agreed, self._decisions[step.item])

    def _count(self, step: Step, outcome: Outcome) -> None:
        self.tally.count(step, outcome, title(self._items[step.item].fields or step.before or {}))
        name = step.spoke
        if not isinstance(outcome, Failed):
            self._in_a_row[name] = 0
        elif anew(outcome):
            met = self.asking[name].met.pop(step.item, "")
            if key := met or (step.link.key if step.link is not None else ""):
                self.again.setdefault(name, set()).add(key)
        elif outcome is not UNTRIED and not outcome.refused:
            self._in_a_row[name] = self._in_a_row.get(name, 0) + 1
            if self._in_a_row[name] >= self.given_up:
                self.tally.given_up[name] = f"{self.given_up} writes in a row failed, the last one: {outcome.words}"


def _of_series(step: Step) -> bool:
    """Plain series come after all others, and so into batches of their own: what more they take is done together. Those
    of which occurrences differ take so much more that they had better not meet."""
    return ("rule" in step.fields or "extra" in step.fields) and not any(name.startswith(AT) for name in step.fields)
