"""`busyline check` of moves: lists that would be refused, and what is perhaps not meant."""

from pathlib import Path

from console.configuration import load
from console.findings import Finding
from console.moves_checks import check_moves

MOVE = '\n[[moves]]\nname = "merger"\nfrom = "n"\nto = "own"\npeople = "file:moved.csv"\nbatches = "file:b.csv"\n'


def _found(config: Path, people: str, more: str = "") -> list[Finding]:
    config.write_text(config.read_text("utf-8") + MOVE + more, "utf-8")
    (config.parent / "moved.csv").write_text(people)
    (config.parent / "b.csv").write_text("one\n")
    return list(check_moves(load(config), config.parent))


def test_in_order(config: Path) -> None:
    assert _found(config, "ann@n.example,2020-01-01\n") == []


def test_a_wrong_list_is_an_error(config: Path) -> None:
    (found,) = _found(config, "ann@n.example,2020-01-01\nbob@n.example,soon\neve\n")
    assert (found.severity, found.key) == ("error", "moves[1].people")
    assert "moved.csv:2: moved_at" in found.what
    assert "1 lines more" in found.what


def test_a_circle_is_an_error(config: Path) -> None:
    (found,) = _found(config, "", 'rewrite = "{local}.x@n.example"\n')
    assert (found.severity, found.key, found.mend) == ("error", "moves[1].rewrite", "mend rewrite, or the route")
    assert "in a circle" in found.what


def test_a_group_needs_a_directory(config: Path) -> None:
    move = MOVE.replace('"file:moved.csv"', '{ group = "moved@own.example" }')
    config.write_text(config.read_text("utf-8") + move, "utf-8")
    (config.parent / "b.csv").write_text("all\n")
    (found,) = check_moves(load(config), config.parent)
    assert (found.severity, found.key) == ("error", "moves[1].people")


def test_nobody_moves(config: Path) -> None:
    assert list(check_moves(load(config), config.parent)) == []
