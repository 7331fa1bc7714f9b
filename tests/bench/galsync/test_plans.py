"""Tests of bench/galsync/plans.py: the figures are of what they say they are."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.galsync.plans import NAMES, Measured, held_of, main, measured, person_of, rows, wrong


def test_a_person_and_what_stands_of_them_say_the_same() -> None:
    person, held = person_of(7), held_of(7)
    assert (held.address, held.texts) == (person.primary, person.texts)
    assert len(person.texts) == 12


def test_an_unchanged_plan_has_no_steps_and_changes_ask_for_themselves_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--people", "300", "--changes", "12"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"300 unchanged: .* 0 steps, 300 equal", told)
    assert re.search(r"12 changes: .* 12 asked, 12 written", told)
    assert "all went well" in told


async def test_what_is_not_as_it_should_be_is_told(tmp_path: Path) -> None:
    good = await measured(tmp_path, 40, 3)
    assert wrong(good) == ""
    assert wrong(replace(good, steps=2)) == "of 40 unchanged 2 steps were planned, and 40 are equal"
    assert wrong(replace(good, written=1, words="stopped")) == "of 3 changes 1 were written. stopped"


async def test_the_rows_are_of_a_process_of_its_own(tmp_path: Path) -> None:
    found = await rows(tmp_path, people=200, changes=10)
    assert tuple(row.name for row in found) == NAMES
    assert [row.at_most for row in found] == [20, 600, 3, 1]
    assert found[3].value == 1
    assert 10 < (found[1].value or 0) < 600


def test_for_programs_it_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--people", "30", "--changes", "2", "--json"]) == 0
    assert Measured(**json.loads(capsys.readouterr().out)).people == 30
