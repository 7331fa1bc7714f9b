"""Tests of console/gal/listing.py."""

from pathlib import Path

from tests.console.gal.typing_it import CONFIGURATION, operator


def test_looking_makes_no_database(tmp_path: Path) -> None:
    typing = operator(tmp_path)
    assert typing.types("list") == 0
    assert typing.out == "staff: hr -> list as mail-contact (never ran)\n"
    assert not (tmp_path / "busyline.db").exists()


def test_the_last_run_is_told(tmp_path: Path) -> None:
    typing = operator(tmp_path)
    typing.types("apply", "staff", "--yes")
    typing.types("undo", "staff", "--yes")
    (row,) = typing.json("list")
    assert (row["from"], row["to"], row["as"]) == (["hr"], "list", "mail-contact")
    assert (row["last_run"]["kind"], bool(row["paused"])) == ("undo", True)
    typing.types("list")
    assert "paused" in typing.out


def test_no_sync_at_all(tmp_path: Path) -> None:
    typing = operator(tmp_path, configuration=CONFIGURATION.partition("[directories")[0])
    assert typing.json("list") == []
    assert typing.types("list") == 0
    assert "address-books.md" in typing.out
    assert typing.types("plan", "staff") == 2
    assert "address-books.md" in typing.err
