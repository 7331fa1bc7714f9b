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


def _run(capsys: pytest.CaptureFixture[str], config: Path, *arguments: str, code: int = 0) -> str:
    assert run([*arguments, "--config", str(config)]) == code
    read = capsys.readouterr()
    return read.out + read.err


def test_a_batch_that_came_back_already_is_left_as_it_is(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = moving.parent / "batches.csv"
    path.write_text("batch,moved_at,rolled_back_at,resumed_at\none,2020-01-01,2020-01-02\ntwo,,2020-01-02,2020-01-03\n")
    before = path.read_text()
    said = _run(capsys, moving, "moves", "roll-back", "merger", "one")
    assert "one is rolled back since 2020-01-02 00:00 UTC already: nothing was changed" in said
    said = _run(capsys, moving, "moves", "resume", "merger", "two")
    assert "two moves on since 2020-01-03 00:00 UTC already: nothing was changed" in said
    assert path.read_text() == before


def test_without_its_file_of_batches_nothing_is_guessed(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (moving.parent / "batches.csv").unlink()
    for command in ("roll-back", "resume"):
        said = _run(capsys, moving, "moves", command, "merger", "one", code=1)
        assert "batches.csv: there is no such file: put it back, or begin one with the line batch,moved_at" in said
    assert not (moving.parent / "batches.csv").exists()


def test_a_batch_is_rolled_back_even_while_the_list_is_wrong(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (moving.parent / "moved.csv").write_text(LIST + "nobody,2020-01-01\n")
    _run(capsys, moving, "moves", "roll-back", "merger", "one")
    said = _run(capsys, moving, "moves", "roll-back", "merger", "two", code=1)
    assert 'whether the move "merger" has a batch "two" cannot be told, since its list is wrong' in said
    assert "moved.csv is wrong on line 3" in said


def test_nothing_comes_back_where_nobody_moves(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "the configuration has no [[moves]]" in _run(capsys, config, "moves", "roll-back", "m", "one", code=2)


def test_a_directory_has_one_batch(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    move = MOVE.replace('"file:moved.csv"', '{ group = "moved@own.example" }')
    config.write_text(config.read_text("utf-8") + move + 'batches = "file:batches.csv"\n', "utf-8")
    (config.parent / "batches.csv").write_text("all\nwave-1\n")
    said = _run(capsys, config, "moves", "roll-back", "merger", "wave-1", code=2)
    assert 'everybody whom the directory names is of the batch "all": write that one' in said
    _run(capsys, config, "moves", "roll-back", "merger", "all")
    said = _run(capsys, config, "moves", "show", "ann@n.example", code=1)
    assert "a directory says who: `busyline explain ADDRESS` asks it" in said


def test_where_both_sides_are_asked_that_is_shown(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8") + MOVE.replace('"file:moved.csv"', '"ask"'), "utf-8")
    assert "so both are asked" in _run(capsys, config, "moves", "show", "ann@n.example", code=1)
    assert "is on no list" in _run(capsys, config, "moves", "show", "ann@nowhere.example", code=1)


def test_of_a_wrong_list_nobody_is_said_to_be_missing(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (moving.parent / "moved.csv").write_text(LIST + "nobody,2020-01-01\n")
    said = _run(capsys, moving, "moves", "show", "ann@n.example", code=1)
    assert "moved.csv is wrong on line 3 (" in said
    assert "a running server keeps the list it had, and of this one nothing can be told" in said
    assert "is on no list" not in said


def test_others_go_on_while_a_list_is_wrong(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (moving.parent / "moved.csv").write_text(LIST + "nobody,2020-01-01\n")
    for command in ("explain", "lookup"):
        said = _run(capsys, moving, command, "ann@n.example", code=1)
        assert "moved.csv is wrong on line 3" in said
        assert "both sides are asked" in said
        assert "Traceback" not in said


def test_a_list_is_checked_before_it_is_put_in_place(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = moving.parent / "new.csv"
    new.write_text(LIST + "eve@n.example,2020-01-01\n")
    assert "merger: 3 people instead of 2, all in order" in _run(capsys, moving, "moves", "check", "--people", str(new))
    new.write_text("ann@n.example,2020-01-01,one\n")
    said = _run(capsys, moving, "moves", "check", "--people", str(new), code=1)
    assert "new.csv: has 1 people instead of 2, and shrink = 0.1 allows less" in said
    new.write_text("batch\n")
    said = _run(capsys, moving, "moves", "check", "--batches", str(new), "--move", "merger", code=1)
    assert 'new.csv: the batch "one" is gone' in said
    assert (moving.parent / "moved.csv").read_text() == LIST


def test_a_batch_that_nobody_bears_is_told(moving: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (moving.parent / "batches.csv").write_text("batch,moved_at\nOne,2020-01-01\n")
    (found,) = _json(capsys, moving, "check")
    assert found["warnings"] == ['nobody bears the batch "One": did you mean one?']
