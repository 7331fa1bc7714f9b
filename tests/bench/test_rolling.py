"""Restarts, new certificates and a new list under load: the whole of it in short, and how it is told."""

from pathlib import Path

import pytest

from bench.balanced import program
from bench.machine import NotStartedError
from bench.rolling import CHANGES, Felt, rolled, told
from tests.needs import missing


async def test_no_question_fails_while_everything_is_exchanged(tmp_path: Path) -> None:
    try:
        program()
    except NotStartedError:
        missing("haproxy")
    felt = await rolled(tmp_path, people=500, enough=100)
    assert [each.what for each in felt] == list(CHANGES)
    assert [each.failed for each in felt] == [{}, {}, {}]
    assert min(each.answered for each in felt) >= 100
    assert told(felt).reached


@pytest.mark.parametrize(
    ("failed", "value", "note"),
    [
        ({}, 0, "restarts (1,234 answered), a new list (7 answered)"),
        (
            {"HTTP 503": 2, "EOFError: ": 1},
            3,
            "restarts (1,234 answered), a new list (7 answered); 2 × HTTP 503; 1 × EOFError: ",
        ),
    ],
)
def test_each_failure_counts_and_is_told(failed: dict[str, int], value: float, note: str) -> None:
    row = told([Felt("restarts", 1_234, failed), Felt("a new list", 7, {})])
    assert (row.value, row.note, row.reached) == (value, note, not failed)
