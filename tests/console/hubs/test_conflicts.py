"""Tests of console/hubs/conflicts.py: whoever reads of a conflict learns what stayed, why, and what to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calsync.ledger.rows import ClashRow
from calsync.plans.cases import REMOVED
from calsync.rules import Conflict
from calsync.steps import Clash
from console.hubs.conflicts import RULES, clash_json, conflict_lines

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)


def lines(rule: Conflict, *, what: str = "location", winner: str = "north", origin: str = "west") -> list[str]:
    return [line for _, line in conflict_lines([told(rule, what=what, winner=winner, origin=origin)])]


def told(
    rule: Conflict, *, what: str = "location", winner: str = "north", origin: str = "west", gone: bool = False
) -> dict[str, Any]:
    clash = Clash(item="i", what=what, winner=winner, loser="south", kept="Hall", lost="")
    return clash_json(ClashRow(number=1, run=3, at=AT, clash=clash), rule, origin, gone=gone)


@pytest.mark.parametrize("rule", Conflict)
def test_each_rule_is_said_in_words(rule: Conflict) -> None:
    found = lines(rule)
    assert found[:4] == [
        "2026-11-02 08:00 UTC run 3: location was changed at north and south",
        "stayed, that of north: Hall",
        "did not stay, that of south: (nothing)",
        f'decided by: conflicts = "{rule.value}": {RULES[rule]}',
    ]
    assert ("at west" in found[4]) is (rule is not Conflict.BOTH)


def test_where_neither_stays_nobody_is_said_to_have_won() -> None:
    found = lines(Conflict.HUB, winner="")
    assert found[0] == "2026-11-02 08:00 UTC run 3: location was changed at south and elsewhere"
    assert found[1] == "stayed, what was there before: Hall"


def test_a_removal_that_did_not_count() -> None:
    found = lines(Conflict.ORDER, what=REMOVED, origin="north")
    assert found[0] == "2026-11-02 08:00 UTC run 3: removed at south and changed at north: it stays"
    assert "order" not in found[1]
    assert found[-1].startswith("to change that: remove it again, at north")


def test_of_one_run_the_rule_is_told_once_and_of_what_is_gone_no_remedy() -> None:
    some = [told(Conflict.ORDER, what=what, gone=True) for what in ("subject", "location")]
    found = list(conflict_lines(some))
    assert [happened for happened, _ in found] == [True, False, False, True, False, False, False]
    assert found[-1][1].startswith('decided by: conflicts = "order"')
