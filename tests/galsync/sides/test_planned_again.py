"""Whatever was written into a file or by a script is planned once: with all of it there, nothing is left to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from galsync.entries import Agreement, Entry, How
from galsync.plans.plan import Rules, plan
from galsync.steps import Act, Plan
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.target import TEXTS, TargetContract
from tests.galsync.sides.test_csv_target import TestContract as Lists
from tests.galsync.sides.test_ldif_target import TestContract as Entries
from tests.galsync.sides.test_powershell_target import TestContract as Scripts
from tests.galsync.sides.test_sealed_target import TestContract as Letters

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Planner:
    """Plans, writes, and remembers as the ledger does."""

    def __init__(self, contract: TargetContract) -> None:
        self.contract, self.agreed = contract, dict[str, Agreement]()
        self.rules = Rules(sync=contract.sync, fields=dict.fromkeys(TEXTS, How.WRITE), grace=timedelta(days=1))
        self.now = NOW

    async def planned(self, target: object, *entries: Entry) -> Plan:
        held = await self.contract.all(target)  # type: ignore[arg-type]
        return plan({each.anchor: each for each in entries}, held, self.agreed, self.rules, now=self.now)

    async def applied(self, target: object, *entries: Entry) -> list[Act]:
        steps = (await self.planned(target, *entries)).steps
        await self.contract.write(target, *(step for step in steps if step.act is not Act.REMEMBER))  # type: ignore[arg-type]
        keys = {held.stamp.anchor: held.key for held in await self.contract.all(target) if held.stamp}  # type: ignore[arg-type]
        for step in steps:
            self.agreed.pop(step.anchor, None)
            if step.agreement:
                self.agreed[step.anchor] = replace(step.agreement, key=keys[step.anchor])
        return [step.act for step in steps]


@pytest.mark.parametrize("kind", [Lists, Entries, Letters, Scripts])
async def test_what_was_done_is_not_planned_again(tmp_path: Path, kind: type[TargetContract]) -> None:
    contract = kind()
    planner, ann, bob = Planner(contract), contract.full(), contract.entry("bob", title="=1", notes="a\nb")
    changed = replace(ann, texts={**ann.texts, Field.TITLE: "Head"}, aliases=("X500:/o=new/cn=ann",))
    moved = replace(changed, address=Mailbox.parse("anne@b.example"))
    async with contract.started(tmp_path) as target:
        for entries, acts in (
            ((ann, bob), [Act.CREATE, Act.CREATE]),
            ((changed, bob), [Act.UPDATE]),
            ((moved, bob), [Act.UPDATE]),
            ((bob,), [Act.RETIRE]),
            ((bob,), [Act.REMOVE]),
        ):
            assert await planner.applied(target, *entries) == acts
            assert (await planner.planned(target, *entries)).steps == ()
            planner.now += timedelta(days=2)
        assert len(await contract.all(target)) == 1
