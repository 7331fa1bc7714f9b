"""`busyline moves`: who is where, what is wrong, and the way back."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.cli import run
from console.configuration import load
from console.moves_checks import check_moves
from proxy.moves import batches

MOVE = '\n[[moves]]\nname = "merger"\nfrom = "n"\nto = "own"\npeople = "file:moved.csv"\n'
LIST = "ann@n.example,2020-01-01,one\nbob@n.example,2999-01-01,two\n"


@pytest.fixture
def moving(config: Path) -> Path:
    """A configuration with a move of two people."""
    config.write_text(config.read_text("utf-8") + MOVE + 'batches = "file:batches.csv"\n', "utf-8")
    (config.parent / "moved.csv").write_text(LIST)
    (config.parent / "batches.csv").write_text("batch,moved_at\none,2020-01-01\n")
    return config


def _json(capsys: pytest.CaptureFixture[str], config: Path, *arguments: str, code: int = 0) -> Any:
    assert run(["moves", *arguments, "--json", "--config", str(config)]) == code
    return json.loads(capsys.readouterr().out)


def test_people_are_counted(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _json(capsys, moving, "list")
    assert [(row["batch"], row["state"], row["people"]) for row in rows] == [("one", "moved", 1), ("two", "waiting", 1)]
    assert run(["moves", "list", "--config", str(moving)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["merger", "n", "own", "one", "1", "moved"]


def test_one_person_is_shown(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = _json(capsys, moving, "show", "Ann@n.example")
    assert (told["move"], told["state"], told["batch"]) == ("merger", "moved", "one")
    assert run(["moves", "show", "zoe@n.example", "--config", str(moving)]) == 1
    assert "is on no list" in capsys.readouterr().out
    assert run(["moves", "show", "nobody", "--config", str(moving)]) == 2


def test_a_batch_is_rolled_back_and_goes_on(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = moving.parent / "batches.csv"
    assert run(["moves", "roll-back", "merger", "two", "--config", str(moving)]) == 0
    assert batches.read(path)["two"].rolled_back_at is not None
    capsys.readouterr()
    assert [row["state"] for row in _json(capsys, moving, "list")] == ["moved", "rolled-back"]
    assert run(["moves", "resume", "merger", "two", "--config", str(moving)]) == 0
    assert batches.read(path)["two"].resumed_at is not None
    assert run(["moves", "resume", "merger", "one", "--config", str(moving)]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"), [(("merger", "on"), 'has no batch "on"'), (("merge", "one"), 'no move "merge"')]
)
def test_what_is_not_there(
    moving: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, str], words: str
) -> None:
    assert run(["moves", "roll-back", *arguments, "--config", str(moving)]) == 2
    assert words in capsys.readouterr().err


def test_wrong_lines_are_told(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (moving.parent / "moved.csv").write_text(LIST + "eve@nowhere.example,2020-01-01\n")
    (found,) = _json(capsys, moving, "check", code=1)
    assert found["people"] is None
    assert "moved.csv:3: no route leads eve@nowhere.example anywhere" in found["wrong"][0]
    assert run(["moves", "list", "--config", str(moving)]) == 1
    assert "moved.csv:3" in capsys.readouterr().err


def test_all_in_order(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["moves", "check", "--config", str(moving)]) == 0
    assert capsys.readouterr().out == "merger: 2 people, all in order\n"


def test_nobody_moves(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["moves", "list", "--config", str(config)]) == 0
    assert "nobody moves" in capsys.readouterr().out


def test_without_a_file_of_batches_nothing_is_rolled_back(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8") + MOVE, "utf-8")
    (config.parent / "moved.csv").write_text(LIST)
    assert run(["moves", "roll-back", "merger", "one", "--config", str(config)]) == 1
    assert 'write batches = "file:batches.csv"' in capsys.readouterr().err
    (found,) = check_moves(load(config), config.parent)
    assert (found.severity, found.key) == ("warning", "moves[1].batches")
