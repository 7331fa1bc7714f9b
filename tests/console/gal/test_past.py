"""Tests of console/gal/past.py."""

from pathlib import Path

import pytest

from tests.console.gal.typing_it import Operator, operator


@pytest.fixture
def typing(tmp_path: Path) -> Operator:
    """Two runs: three are made, then one is changed."""
    made = operator(tmp_path)
    made.types("apply", "staff", "--yes")
    made.people(("ann", "Anna", "1"), ("bob", "Bob", "2"), ("cy", "Cy", "3"))
    made.types("apply", "staff", "--yes")
    return made


def test_the_runs_newest_first(typing: Operator) -> None:
    told = typing.json("history", "staff")
    assert [(run["run"], run["kind"], run["state"]) for run in told["runs"]] == [
        (2, "apply", "done"),
        (1, "apply", "done"),
    ]
    assert told["runs"][0]["begun_at"] == "2026-11-23T08:00:00+00:00"
    assert typing.types("history", "staff", "--most", "1") == 0
    assert typing.out.split()[0] == "2"
    assert len(typing.out.splitlines()) == 1


def test_each_step_with_its_difference(typing: Operator) -> None:
    told = typing.json("history", "staff", "2")
    (step,) = told["steps"]
    assert (step["act"], step["state"], step["who"]) == ("update", "done", "ann@fabrikam.example")
    assert step["changes"] == [{"field": "display_name", "before": "Ann", "after": "Anna"}]
    assert typing.types("history", "staff", "2") == 0
    assert "display_name: Ann -> Anna" in typing.out


def test_a_run_of_nobody(typing: Operator) -> None:
    assert typing.types("history", "staff", "7") == 2
    assert "has no run 7" in typing.err


def test_no_run_yet(tmp_path: Path) -> None:
    fresh = operator(tmp_path)
    assert fresh.types("history", "staff") == 0
    assert "has not run yet" in fresh.out
