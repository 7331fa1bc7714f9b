"""A figure knows its bound, and the file of figures is what is promised."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.rows import Row, keep, renewed, table, written

RATE = Row(name="cached_1", value=0.3, unit="of the bare rate", at_least=0.25, note="190 µs each")
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
        {"name": "cached_1", "value": 0.3, "unit": "of the bare rate", "at_least": 0.25, "note": "190 µs each"},
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
    absent = next(line for line in lines if line.startswith("cached_100"))
    assert "not measured" in absent
    assert "unknown" in absent
    assert "wrk is missing" in output.getvalue()


def test_a_row_has_one_bound_at_most() -> None:
    with pytest.raises(ValueError, match="one bound at most"):
        Row(name="a", value=1, unit="", at_least=1, at_most=1)


def test_information_has_no_bound_and_misses_nothing() -> None:
    row = Row(name="a", value=1, unit="calls")
    assert row.reached
    assert (row.bound, row.verdict) == ("", "")
    assert json.loads(written([row])) == [{"name": "a", "value": 1, "unit": "calls"}]


def test_some_figures_anew_leave_the_others(tmp_path: Path) -> None:
    kept, other = tmp_path / "latest.json", Row(name="new", value=7, unit="calls")
    assert renewed([RATE], kept) == [RATE]
    keep([RATE, TIME], kept)
    faster = Row(name=TIME.name, value=2, unit="ms", at_most=3)
    assert renewed([other, faster], kept) == [RATE, faster, other]


def test_a_note_is_no_markup() -> None:
    output = io.StringIO()
    Console(file=output, width=120).print(table([Row(name="a", value=1, unit="", note="[red]x[/]")]))
    assert "[red]x[/]" in output.getvalue()


def test_what_is_missing_says_why() -> None:
    with pytest.raises(ValueError, match="does not say why"):
        Row(name="a", value=None, unit="", at_most=1)
