"""One batch of steps brought to a target: as often as it takes, at its pace, and never twice by mistake."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from galsync.engine.doubt import looked_up
from galsync.engine.moments import Moment, News, Tell
from galsync.engine.tally import UNTRIED
from galsync.engine.troubles import in_peace
from galsync.side import Failed, Outcome
from galsync.steps import Step
from galsync.syncs import Sync
from protocols.model.freebusy import Reason
from service.runs.lease import Lease
from service.runs.pace import Pace, passing

Settled: TypeAlias = dict[int, Outcome]
"""What became of steps, by their place in the batch."""

_LOST = "nobody knows whether it was written: the next run looks"
_IN_DOUBT = Failed(Reason.INCOMPLETE, _LOST, doubt=True)
_SHORT = "the target did not answer for every step: the next run looks"


@dataclass(slots=True, kw_only=True)
class Asking:
    """How one target is asked. ``lanes`` are the calls that it allows at once, all told."""

    sync: Sync
    lease: Lease
    pace: Pace
    lanes: asyncio.Semaphore
    tell: Tell

    async def written(
        self, place: str, steps: Sequence[Step], lane: asyncio.Semaphore
    ) -> AsyncGenerator[Settled, None]:
        """What became of the steps, as it becomes known; every step once.

        What the target asks to be left alone with is tried again, what is in doubt is looked up first; after the last
        attempt it has failed. Raises LeaseLostError before anything is written that another node may write.
        """
        todo = dict(enumerate(steps))
        doubtful: dict[int, Failed] = {}
        for attempt in range(1, self.sync.attempts + 1):
            answers = await self._attempt(place, todo, doubtful, lane)
            last = attempt == self.sync.attempts
            again = (
                {} if last else {n: each for n, each in answers.items() if isinstance(each, Failed) and passing(each)}
            )
            yield {n: answer for n, answer in answers.items() if n not in again}
            if not again:
                return
            doubtful = self._hold_back(place, attempt, again)
            await self.pace.ready(place)
            if self.pace.stopped:
                yield {n: answer if n in doubtful else UNTRIED for n, answer in again.items()}
                return
            todo = {n: step for n, step in todo.items() if n in again}

    async def _attempt(
        self, place: str, steps: dict[int, Step], doubtful: Mapping[int, Failed], lane: asyncio.Semaphore
    ) -> Settled:
        """Looks up what is in doubt, and writes what was not done."""
        await self.pace.ready(place)
        async with lane, self.lanes:
            if self.pace.stopped:
                return {n: _IN_DOUBT if n in doubtful else UNTRIED for n in steps}
            await self.lease.keep()
            found = await self._looked_up(place, {n: steps[n] for n in steps if n in doubtful})
            known = {n: _since(doubtful[n], outcome) for n, outcome in found.items()}
            todo = {n: step for n, step in steps.items() if n not in known}
            return known | (await self._call(place, todo) if todo else {})

    def _hold_back(self, place: str, attempt: int, failures: Mapping[int, Failed]) -> dict[int, Failed]:
        """Holds back whoever calls next; which of the steps are in doubt, and why."""
        told = [each.retry_after for each in failures.values() if each.retry_after is not None]
        length = self.pace.held_back(place, attempt=attempt, after=max(told) if told else None)
        self.tell(News(Moment.WAITING, place, round(length.total_seconds())))
        return {n: each for n, each in failures.items() if each.doubt}

    async def _looked_up(self, place: str, steps: dict[int, Step]) -> Settled:
        if not steps:
            return {}
        target = self.sync.target
        found = await in_peace(
            looked_up(target, place, list(steps.values()), sync=self.sync.name), within=self.sync.patience
        )
        if isinstance(found, Failed):
            return {n: Failed(found.reason, _LOST, found.retry_after, doubt=True) for n in steps}
        return {n: outcome for n, outcome in zip(steps, found, strict=True) if outcome is not None}

    async def _call(self, place: str, steps: dict[int, Step]) -> Settled:
        writing = self.lease.during(self.sync.target.write(place, list(steps.values())))
        answer = await in_peace(writing, within=self.sync.patience)
        if isinstance(answer, Failed):
            return dict.fromkeys(steps, answer)
        if len(answer) != len(steps):
            return dict.fromkeys(steps, Failed(Reason.INCOMPLETE, _SHORT, doubt=True))
        return dict(zip(steps, answer, strict=True))


def _since(first: Failed, found: Outcome) -> Outcome:
    """What was found, with the words of the failure that it was looked up for: they say what to mend."""
    if not isinstance(found, Failed) or found.doubt:
        return found
    return replace(found, words=f"{first.words}; {found.words}")
