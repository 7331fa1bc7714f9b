"""Tests of bench/calsync/notice.py: changes of which the servers tell arrive, served as they are in earnest."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.calsync.notice import ALL_CONTACTS, CONTACT_NAMES, NAMES, Measured, main, rows, told, wrong

WELL = Measured(seconds=[1.0, 3.0, 2.0], mails=0, words="")


@pytest.mark.parametrize("kind", ["calendar", "contacts"])
def test_a_change_arrives(capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert main(["--changes", "2", "--items", "1", "--kind", kind]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("2 changes: ")
    assert printed.endswith("all went well\n")


def test_what_is_wrong_is_told() -> None:
    assert wrong(WELL) == ""
    assert wrong(replace(WELL, seconds=[1.0, 30.0])) == "1 of 2 changes did not arrive in 30 s"
    assert wrong(replace(WELL, mails=2)).startswith("2 mails were sent")


def test_the_figures_in_words() -> None:
    assert told(WELL) == ["3 changes: 2.00 s in the middle, 3.00 s at most", "all went well"]


async def test_rows_are_those_of_the_table(tmp_path: Path) -> None:
    found = await rows(tmp_path, changes=1, items=1)
    assert tuple(row.name for row in found) == NAMES
    assert [row.at_most for row in found] == [5, 5]


async def test_rows_of_contacts(tmp_path: Path) -> None:
    found = await rows(tmp_path, changes=1, items=1, joined=ALL_CONTACTS)
    assert tuple(row.name for row in found) == CONTACT_NAMES
    assert [row.at_most for row in found] == [5, 5]
