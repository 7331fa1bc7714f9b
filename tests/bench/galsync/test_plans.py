"""Tests of bench/galsync/plans.py: the figures are of what they say they are."""

import re

import pytest

from bench.galsync.plans import held_of, main, person_of


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
