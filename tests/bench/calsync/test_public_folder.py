"""Tests of bench/calsync/public_folder.py: a run without changes takes one request, and a listing as many as pages."""

from pathlib import Path

import pytest

from bench.calsync.hubs import CONTACTS
from bench.calsync.public_folder import CONTACT_NAMES, NAMES, Cost, Measured, main, measured, rows, told

COST = Cost(requests={"FindItem": 2, "GetItem": 1}, sent=500, got=1500, seconds=0.5)


async def test_what_the_runs_ask(tmp_path: Path) -> None:
    found = await measured(tmp_path, 60)
    assert found.words == ""
    assert found.first.requests["GetItem"] == 2
    assert found.between.requests == found.listing.requests == {"FindItem": 1}
    assert found.between.got < found.listing.got < found.first.got


async def test_contacts_are_read_once_as_well(tmp_path: Path) -> None:
    found = await measured(tmp_path, 60, setting=CONTACTS)
    assert found.words == ""
    assert found.between.requests["FindItem"] == found.listing.requests["FindItem"] == 1
    assert "GetItem" not in found.between.requests | found.listing.requests
    assert found.between.got < found.listing.got < found.first.got


async def test_rows_of_contacts(tmp_path: Path) -> None:
    assert tuple(row.name for row in await rows(tmp_path, items=20, setting=CONTACTS)) == CONTACT_NAMES


def test_costs_and_the_figures_in_words() -> None:
    assert (COST.asked, COST.kilobytes) == (3, 2.0)
    lines = told(Measured(items=7, first=COST, between=COST, listing=COST, words="stopped"))
    assert lines[2] == "without changes: 3 requests (2 FindItem, 1 GetItem), 2.0 kB, 0.50 s"
    assert lines[-1] == "stopped"


async def test_rows_are_those_of_the_table(tmp_path: Path) -> None:
    found = await rows(tmp_path, items=20)
    assert tuple(row.name for row in found) == NAMES
    assert (found[0].value, found[0].at_most) == (1, 1)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--items", "10"]) == 0
    assert "10 items in a public folder" in capsys.readouterr().out
