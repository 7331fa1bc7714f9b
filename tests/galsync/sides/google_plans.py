"""What is written to one of Google's targets by plans until nothing has to be done any more."""

from dataclasses import replace
from datetime import timedelta

from galsync.engine.order import phases
from galsync.entries import Agreement, Entry, How
from galsync.plans.plan import Rules, plan
from galsync.side import Target, Written
from galsync.steps import Act, Plan
from protocols.model.person import Field
from tests.galsync.sides.google_world import NOW


class Planned:
    """A target with a ledger of its own."""

    def __init__(self, target: Target, place: str = "", how: How = How.OVERWRITE) -> None:
        self._target, self._place = target, place
        self._rules = Rules(
            sync="fabrikam", fields=dict.fromkeys(Field, how), hides=target.ability.hides, grace=timedelta()
        )
        self.agreed: dict[str, Agreement] = {}

    async def plan(self, *wanted: Entry) -> Plan:
        """What would be done for ``wanted``."""
        held = [one async for one in self._target.held(self._place)]
        by_anchor = {entry.anchor: entry for entry in wanted}
        return plan(by_anchor, held, self.agreed, self._rules, now=NOW, place=self._place)

    async def apply(self, *wanted: Entry) -> list[Act]:
        """What was done for ``wanted``; fails where a step did."""
        steps = (await self.plan(*wanted)).writes
        for phase in phases(steps):
            for step, outcome in zip(phase, await self._target.write(self._place, phase), strict=True):
                assert isinstance(outcome, Written), outcome
                if step.agreement is None:
                    self.agreed.pop(step.anchor, None)
                else:
                    self.agreed[step.anchor] = replace(step.agreement, key=outcome.key)
        return [step.act for step in steps]


async def settles(planned: Planned, entry: Entry, other: Entry) -> None:
    """Fails where a plan leaves something to do that the next would do again."""
    assert await planned.apply(entry, other) == [Act.CREATE, Act.CREATE]
    assert await planned.apply(entry, other) == []
    bare = replace(entry, texts={Field.DISPLAY_NAME: "Nobody", Field.CITY: "Kiel"}, aliases=())
    assert await planned.apply(bare, other) == [Act.UPDATE]
    assert await planned.apply(bare, other) == []
    assert await planned.apply(entry, other) == [Act.UPDATE]
    assert await planned.apply(entry, other) == []
    moved = replace(entry, address=other.address), replace(other, address=entry.address)
    assert Act.UPDATE in await planned.apply(*moved)
    while await planned.apply(*moved):
        pass
    assert await planned.apply(moved[0]) == [Act.REMOVE]
    assert await planned.apply(moved[0]) == []
