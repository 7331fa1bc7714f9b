"""Tests of calsync/plans/merging.py: several changes of one item become one version, and what loses is told."""

from datetime import timedelta
from typing import Any

import pytest

from calsync.contents import fields
from calsync.plans.merging import HUB, Edit, Lost, merged
from calsync.rules import Conflict
from protocols.model.event import Occurrence
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import NOW, days, event, rules

DAILY = Recurrence(frequency=Frequency.DAILY, count=3)
BASE = fields(event(rule=DAILY, location="Room"))
NINE = "at 2026-11-03T09:00:00Z"
MOVED = fields(event(rule=DAILY, exceptions={event().when.start: Occurrence(when=event(12).when)}))[NINE]  # type: ignore[union-attr]


def edit(spoke: str, minute: int | None = None, **values: str | None) -> Edit:
    return Edit(spoke=spoke, values=values, at=None if minute is None else NOW + timedelta(minutes=minute))


def merge(conflicts: Conflict, *edits: Edit, base: dict[str, str] | None = None) -> tuple[dict[str, str], list[Lost]]:
    found = merged(BASE if base is None else base, edits, rules(conflicts=conflicts))
    return found.fields, found.lost


@pytest.mark.parametrize("conflicts", Conflict)
def test_different_fields_go_together(conflicts: Conflict) -> None:
    after, lost = merge(conflicts, edit("a", subject="New"), edit("b", body="Text"), edit("c", location=None))
    assert {name: text for name, text in after.items() if BASE.get(name) != text} == {"subject": "New", "body": "Text"}
    assert "location" not in after
    assert lost == []


@pytest.mark.parametrize("conflicts", Conflict)
def test_the_same_change_twice_is_none_that_disagrees(conflicts: Conflict) -> None:
    assert merge(conflicts, edit("a", subject="New"), edit("b", subject="New")) == ({**BASE, "subject": "New"}, [])


@pytest.mark.parametrize(
    ("conflicts", "minutes", "stays", "winner"),
    [
        (Conflict.NEWEST, (1, 2), "B", "b"),
        (Conflict.NEWEST, (2, 1), "A", "a"),
        (Conflict.NEWEST, (1, 1), "A", "a"),
        (Conflict.NEWEST, (None, 2), "A", "a"),
        (Conflict.ORDER, (1, 2), "A", "a"),
        (Conflict.BOTH, (1, 2), "B", "b"),
        (Conflict.HUB, (1, 2), "Stand-up", HUB),
    ],
)
def test_of_one_field_the_rules_choose(
    conflicts: Conflict, minutes: tuple[int | None, int | None], stays: str, winner: str
) -> None:
    after, lost = merge(conflicts, edit("b", minutes[1], subject="B"), edit("a", minutes[0], subject="A"))
    assert after["subject"] == stays
    assert {each.winner for each in lost} == {winner}
    assert {each.edit.values["subject"] for each in lost} == {"A", "B"} - {stays}


def test_when_a_series_is_comes_from_one_version_where_two_disagree() -> None:
    other = fields(event(13, rule=Recurrence(frequency=Frequency.WEEKLY)))
    mine = edit("a", 2, when=fields(event(15))["when"])
    yours = edit("b", 1, when=other["when"], rule=other["rule"])
    after, lost = merge(Conflict.NEWEST, mine, yours)
    assert (after["when"], after["rule"]) == (mine.values["when"], BASE["rule"])
    assert sorted(each.name for each in lost) == ["rule", "when"]


def test_an_occurrence_that_comes_no_more_is_told() -> None:
    other = Edit(spoke="b", values={NINE: MOVED})
    later = edit("a", when=fields(event(15))["when"])
    after, lost = merge(Conflict.ORDER, later, other)
    assert NINE not in after
    assert [(each.name, each.edit.spoke) for each in lost] == [(NINE, "b")]
    shorter = edit("a", rule=fields(event(rule=Recurrence(frequency=Frequency.DAILY, count=2)))["rule"])
    assert merge(Conflict.ORDER, shorter, other) == ({**BASE, "rule": shorter.values["rule"], NINE: MOVED}, [])


@pytest.mark.parametrize("values", [{"rule": None}, {"when": fields(event(when=days()))["when"]}])
def test_no_occurrence_stays_of_another_kind_of_item(values: dict[str, Any]) -> None:
    after, _ = merge(Conflict.ORDER, Edit(spoke="a", values=values), base={**BASE, NINE: MOVED})
    assert NINE not in after


def test_whose_change_was_taken_is_known() -> None:
    assert merged(BASE, [], rules()).by is None
    found = merged(BASE, [edit("a", 1, subject="A"), edit("b", 2, body="B")], rules()).by
    assert found is not None
    assert found.spoke == "b"
