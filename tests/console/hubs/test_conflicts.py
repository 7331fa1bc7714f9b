"""Tests of console/hubs/conflicts.py: whoever reads of a conflict learns what stayed, why, and what to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calsync.ledger.rows import ClashRow
from calsync.plans.cases import REMOVED
from calsync.rules import Conflict
from calsync.steps import GONE_FIRST, JOINED, Clash
from console.hubs.conflicts import RULES, clash_json, conflict_lines

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)


def lines(rule: Conflict, *, what: str = "location", winner: str = "north", origin: str = "west") -> list[str]:
    return [line for _, line in conflict_lines([told(rule, what=what, winner=winner, origin=origin)])]


def told(
    rule: Conflict | str,
    *,
    what: str = "location",
    winner: str = "north",
    origin: str = "west",
    gone: bool = False,
    now: Conflict = Conflict.NEWEST,
) -> dict[str, Any]:
    kept = rule.value if isinstance(rule, Conflict) else rule
    clash = Clash(item="i", what=what, winner=winner, loser="south", kept="Hall", lost="", rule=kept)
    return clash_json(ClashRow(number=1, run=3, at=AT, clash=clash), now, origin, gone=gone)


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


def test_the_rule_told_is_that_of_then_whatever_the_settings_say_by_now() -> None:
    for now in Conflict:
        found = told(Conflict.ORDER, now=now)
        assert found["decided_by"].startswith('conflicts = "order"')
        assert "at west" in found["remedy"]


def test_where_nobody_kept_the_rule_that_of_now_is_told_as_such() -> None:
    found = told("", now=Conflict.BOTH)
    assert found["decided_by"] == f'the settings as they are now, conflicts = "both": {RULES[Conflict.BOTH]}'
    assert "remove the other" in found["remedy"]


def test_what_was_joined_was_decided_by_no_rule() -> None:
    found = told(JOINED, now=Conflict.BOTH)
    assert found["decided_by"].startswith("two items that were there already became one")
    assert "at west" in found["remedy"]


def test_an_edit_that_went_with_the_item_was_decided_by_no_rule_either() -> None:
    found = told(GONE_FIRST, gone=True)
    assert (found["decided_by"].split(",")[0], found["remedy"]) == ("it was removed where it comes from", "")


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
