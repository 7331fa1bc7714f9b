"""One batch of steps brought to one spoke: as often as it takes, at its pace, and no copy made twice."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from calsync.contents import content, fields
from calsync.engine.moments import Moment, News, Tell
from calsync.engine.tally import UNTRIED
from calsync.engine.troubles import in_peace
from calsync.items import Item, Mark
from calsync.spoke import Act, Failed, Outcome, Spoke, Write, Written
from calsync.steps import Step
from protocols.model.freebusy import Reason
from service.runs.lease import Lease
from service.runs.pace import Pace, passing

Settled: TypeAlias = dict[int, Outcome]
"""What became of steps, by their place in the batch."""

_TOKENS: Final = UUID("a2f7c1d4-6f43-4b0e-9d55-0f1f6f5c8f3b")
_SHORT: Final = Failed(reason=Reason.INCOMPLETE, words="did not answer for every step: the next run looks", doubt=True)


@dataclass(slots=True, kw_only=True)
class Asking:
    """How one spoke is asked. ``life`` is that of the ledger (Ledger.life). ``unsure`` are the items of which a copy
    may stand there already, since nobody saw how its making ended; ``met`` the keys, by item, of such copies that are
    not as they shall be."""

    hub: str
    life: str = field(repr=False)
    spoke: Spoke
    lease: Lease
    pace: Pace
    tell: Tell
    attempts: int
    patience: timedelta
    unsure: set[str] = field(default_factory=set)
    met: dict[str, str] = field(default_factory=dict)

    async def written(self, steps: Sequence[Step]) -> AsyncGenerator[Settled, None]:
        """What became of the steps, as it becomes known; every step once.

        What the spoke asks to be left alone with is tried again, as is what is in doubt; after the last attempt it has
        failed. Raises LeaseLostError before anything is written that another node may write.
        """
        todo = {n: (step, write_of(step, self.hub, self.life)) for n, step in enumerate(steps)}
        for attempt in range(1, self.attempts + 1):
            await self.pace.ready("")
            if self.pace.stopped:
                yield dict.fromkeys(todo, UNTRIED)
                return
            answers = await self._attempt(todo)
            last = attempt == self.attempts
            again = {n: each for n, each in answers.items() if isinstance(each, Failed) and passing(each) and not last}
            yield {n: answer for n, answer in answers.items() if n not in again}
            if not again:
                return
            self._hold_back(attempt, again)
            todo = {n: todo[n] for n in again}

    async def _attempt(self, todo: Mapping[int, tuple[Step, Write]]) -> Settled:
        """Looks up the copies in doubt, and writes what was not done."""
        await self.lease.keep()
        unsure = {n: write for n, (step, write) in todo.items() if write.act is Act.CREATE and step.item in self.unsure}
        found = await self._found(unsure, todo)
        rest = {n: write for n, (_, write) in todo.items() if n not in found}
        made = await self._call(rest) if rest else {}
        answers = found | {n: self._again(todo[n][0], answer) for n, answer in made.items()}
        for n, answer in answers.items():
            step, write = todo[n]
            if write.act is Act.CREATE:
                doubtful = isinstance(answer, Failed) and answer.doubt
                (self.unsure.add if doubtful else self.unsure.discard)(step.item)
        return answers

    async def _found(self, unsure: Mapping[int, Write], todo: Mapping[int, tuple[Step, Write]]) -> Settled:
        if not unsure:
            return {}
        found = await in_peace(self.spoke.find(list(unsure.values())), within=self.patience)
        if isinstance(found, Failed):
            return dict.fromkeys(unsure, found)
        return {n: self._met(todo[n][0], item) for n, item in zip(unsure, found, strict=True) if item is not None}

    def _again(self, step: Step, answer: Outcome) -> Outcome:
        """``answer``, or what follows where nothing was made, since the copy stood there already."""
        if isinstance(answer, Written) and answer.earlier and answer.item is not None:
            return self._met(step, answer.item)
        return answer

    def _met(self, step: Step, item: Item) -> Outcome:
        """A copy that was made before: somebody may have changed it since, which counts when it is planned anew."""
        if fields(item.content) == step.fields:
            return Written(item)
        self.met[step.item] = item.key
        return Failed(reason=Reason.INCOMPLETE, words="stands there already, and was changed since", stale=True)

    async def _call(self, writes: Mapping[int, Write]) -> Settled:
        writing = self.lease.during(self.spoke.write(list(writes.values())))
        answer = await in_peace(writing, within=self.patience)
        if isinstance(answer, Failed):
            return dict.fromkeys(writes, answer)
        if len(answer) != len(writes):
            return dict.fromkeys(writes, _SHORT)
        return dict(zip(writes, answer, strict=True))

    def _hold_back(self, attempt: int, failed: Mapping[int, Failed]) -> None:
        told = [each.retry_after for each in failed.values() if each.retry_after is not None]
        length = self.pace.held_back("", attempt=attempt, after=max(told) if told else None)
        self.tell(News(Moment.WAITING, self.spoke.name, round(length.total_seconds())))


def write_of(step: Step, hub: str, life: str) -> Write:
    """What the spoke is asked to do. The token is the same for each attempt of one copy, in whichever run, and another
    in each ``life`` of the ledger: a server may remember what a copy of the one before was called, and that it was
    thrown away."""
    link, mark = step.link, Mark(hub, step.item).text
    copies = link.copies if link is not None else 0
    return Write(
        act=step.act,
        content=None if step.act is Act.DELETE else content(step.fields),
        mark=mark,
        token=str(uuid5(_TOKENS, f"{life} {mark} {step.spoke} {copies}")),
        key=link.key if link is not None else "",
        version=link.version if link is not None else "",
        changes=step.changes,
    )
