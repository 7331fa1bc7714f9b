"""Tests of galsync/sides/tenant_script.py."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from galsync.pairs.pieces import Back
from galsync.powershell.sharing import Sharing
from galsync.side import Failed, Handed
from galsync.sides.tenant_script import BACK, HANDED, RECORD, SCRIPT, ScriptPiece

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SHARING = Sharing(pair="merger", name="Busyline merger", domains=("b.example",), level="AvailabilityOnly")


def piece(folder: Path, sharing: Sharing = SHARING) -> ScriptPiece:
    return ScriptPiece("source (a)", sharing, folder, clock=lambda: NOW, serial=lambda: "0123456789abcdef")


async def text(made: ScriptPiece) -> str:
    told = await made.read()
    assert isinstance(told, str)
    return told


async def test_what_was_handed_over_is_not_handed_over_again(tmp_path: Path) -> None:
    made = piece(tmp_path)
    assert await text(made) == ""
    assert isinstance(await made.write("", made.shall("")), Handed)
    assert b"b.example" in (tmp_path / SCRIPT).read_bytes()
    assert made.shall(await text(made)) == await text(made)
    other = piece(tmp_path, replace(SHARING, disable=True))
    assert other.shall(await text(other)) != await text(other)
    assert [each.field for each in other.changes("", other.shall(""))] == [
        "organization relationship",
        "other organization relationships",
    ]
    assert made.changes(made.shall(""), "") == ()


async def test_a_script_goes_and_its_way_back_comes(tmp_path: Path) -> None:
    made = piece(tmp_path)
    await made.write("", made.shall(""))
    now = await text(made)
    back = await made.back(now, was="", did=now)
    assert back.words.endswith("if it was: it is not here")
    assert isinstance(await made.write(now, back.shall), Handed)
    assert (tmp_path / BACK).exists()
    assert not (tmp_path / SCRIPT).exists()
    assert await made.back("", was="", did=now) == Back("")
    assert isinstance(await made.write("", made.shall("")), Handed)
    assert not (tmp_path / BACK).exists()


async def test_a_script_that_was_run_gets_its_way_back(tmp_path: Path) -> None:
    made = piece(tmp_path)
    await made.write("", made.shall(""))
    begun = {"busyline": 1, "pair": "merger", "serial": "0123456789abcdef"}
    lines = [begun, {"end": "0123456789abcdef", "finished": "2026-11-23T08:00:00Z"}]
    (tmp_path / RECORD).write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    now = await text(made)
    back = await made.back(now, was="", did=now)
    assert back.words == f"run {tmp_path / BACK} beside {RECORD}, which the first script wrote where it was run"
    assert isinstance(await made.write(now, back.shall), Handed)
    assert b"merger" in (tmp_path / BACK).read_bytes()
    assert not (tmp_path / HANDED).exists()


async def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    made = piece(tmp_path)
    (tmp_path / HANDED).write_bytes(b"\xff")
    assert isinstance(await made.read(), Failed)
    (tmp_path / HANDED).unlink()
    (tmp_path / SCRIPT).mkdir()
    assert isinstance(await made.write("", made.shall("")), Failed)
    (tmp_path / RECORD).write_text("{}\n")
    back = await made.back("x", was="", did="x")
    assert (back.shall, RECORD in back.words) == ("", True)
