"""A figure knows its bound, and the file of figures is what is promised."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.rows import Row, keep, table, written

RATE = Row(name="cached_1", value=0.3, unit="of the bare rate", at_least=0.25)
TIME = Row(name="first_answer_added_ms", value=3.5, unit="ms", at_most=3)
ABSENT = Row(name="cached_100", value=None, unit="of the bare rate", at_least=0.08, note="wrk is missing")


def test_a_row_keeps_its_bound_or_does_not() -> None:
    assert RATE.reached
    assert not TIME.reached
    assert not ABSENT.reached
    assert Row(name="a", value=1, unit="calls", at_most=1).reached
    assert Row(name="a", value=0.25, unit="", at_least=0.25).reached


def test_the_file_holds_what_was_measured(tmp_path: Path) -> None:
    keep([RATE, ABSENT, TIME], tmp_path / "latest.json")
    assert json.loads((tmp_path / "latest.json").read_text(encoding="utf-8")) == [
        {"name": "cached_1", "value": 0.3, "unit": "of the bare rate", "at_least": 0.25},
        {"name": "first_answer_added_ms", "value": 3.5, "unit": "ms", "at_most": 3},
    ]


def test_nothing_measured_is_an_empty_list() -> None:
    assert json.loads(written([ABSENT])) == []


def test_the_table_says_what_is_missed_and_what_is_missing() -> None:
    output = io.StringIO()
    Console(file=output, width=120).print(table([RATE, TIME, ABSENT]))
    lines = output.getvalue().splitlines()
    assert "reached" in next(line for line in lines if line.startswith("cached_1 "))
    assert "missed" in next(line for line in lines if line.startswith("first_answer"))
    assert "not measured" in next(line for line in lines if line.startswith("cached_100"))
    assert "wrk is missing" in output.getvalue()


@pytest.mark.parametrize("bound", [None, 1.0])
def test_a_row_has_exactly_one_bound(bound: float | None) -> None:
    with pytest.raises(ValueError, match="exactly one bound"):
        Row(name="a", value=1, unit="", at_least=bound, at_most=bound)


def test_what_is_missing_says_why() -> None:
    with pytest.raises(ValueError, match="does not say why"):
        Row(name="a", value=None, unit="", at_most=1)
