"""Tests of bench/calsync/change.py: one change takes the same requests whatever stands in the hub."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.calsync.change import CONTACT_NAMES, NAMES, Measured, main, rows, told, wrong
from bench.calsync.hubs import CONTACTS

WELL = Measured(
    items=1000,
    requests={"changes": 10, "look": 9, "patch": 9},
    seconds=[0.2, 0.1, 0.3],
    busy=0.3,
    idle=100,
    peak=101,
    kept=5,
    words="",
)


def test_the_figures_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--items", "60", "--rounds", "2", "--json"]) == 0
    found = Measured(**json.loads(capsys.readouterr().out))
    assert wrong(found) == ""
    assert (found.items, found.requests, len(found.seconds)) == (60, WELL.requests, 2)


def test_contacts_of_two_systems(capsys: pytest.CaptureFixture[str]) -> None:
    asked = []
    for items in ("20", "90"):
        assert main(["--items", items, "--rounds", "2", "--json", "--kind", "contacts"]) == 0
        found = Measured(**json.loads(capsys.readouterr().out))
        assert wrong(found) == ""
        asked.append(found.requests)
    assert asked[0] == asked[1]
    assert sum(asked[0].values()) == 38


def test_what_is_wrong_is_told() -> None:
    assert wrong(WELL) == ""
    assert wrong(replace(WELL, words="stopped")) == "stopped"
    assert "asked {'listing': 1}" in wrong(replace(WELL, requests={"listing": 1}))


def test_the_figures_in_words() -> None:
    lines = list(told(WELL))
    assert "one change: 28 requests (10 changes, 9 look, 9 patch)" in lines
    assert "200 ms, 100 to 300 (100 of one core)" in lines


async def test_rows_are_those_of_the_table(tmp_path: Path) -> None:
    found = await rows(tmp_path, items=(20,), rounds=1)
    assert tuple(row.name for row in found) == NAMES
    assert (found[0].value, found[0].at_most) == (28, 28)


async def test_rows_of_contacts(tmp_path: Path) -> None:
    found = await rows(tmp_path, items=(20,), rounds=2, setting=CONTACTS)
    assert tuple(row.name for row in found) == CONTACT_NAMES
    assert (found[0].value, found[0].at_most) == (38, 38)
