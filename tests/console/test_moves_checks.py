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


def test_a_system_that_does_not_say_who_is_not_there(config: Path) -> None:
    interop = 'protocol = "google-interop"\nusername = "r@x.example"\npassword = "env:BUSYLINE_TEST_PASSWORD"\n'
    move = MOVE.replace('to = "own"', 'to = "g"')
    config.write_text(f"{config.read_text('utf-8')}[connectors.g]\n{interop}{move}", "utf-8")
    (config.parent / "moved.csv").write_text("ann@n.example,2020-01-01\n")
    (config.parent / "b.csv").write_text("one\n")
    (found,) = check_moves(load(config), config.parent)
    assert (found.severity, found.key) == ("warning", "moves[1].to")


def test_a_batch_that_nobody_bears_is_told(config: Path) -> None:
    _found(config, "ann@n.example,2020-01-01,W1\n")
    (config.parent / "b.csv").write_text("w1,,2026-01-01\n")
    (found,) = check_moves(load(config), config.parent)
    assert (found.severity, found.key) == ("warning", "moves[1].batches")
    assert (found.what, found.mend) == ('nobody bears the batch "w1"', "did you mean W1?")


def test_a_list_of_nobody_is_told(config: Path) -> None:
    (found,) = _found(config, "address,moved_at,batch\n")
    assert (found.severity, found.key) == ("warning", "moves[1].people")
    assert "nobody is on the list" in found.what


def test_a_wrong_or_missing_file_of_batches_is_told_at_its_own_key(config: Path) -> None:
    _found(config, "ann@n.example,2020-01-01\n")
    path = config.parent / "b.csv"
    path.write_text("one,tomorrow\n")
    (wrong,) = check_moves(load(config), config.parent)
    path.unlink()
    (missing,) = check_moves(load(config), config.parent)
    for found in (wrong, missing):
        assert (found.severity, found.key) == ("error", "moves[1].batches")


def test_an_attribute_wants_a_connector_that_knows_it(config: Path) -> None:
    move = MOVE.replace('"file:moved.csv"', '{ attribute = "extensionAttribute7" }')
    config.write_text(config.read_text("utf-8") + move, "utf-8")
    (config.parent / "b.csv").write_text("all\n")
    (found,) = check_moves(load(config), config.parent)
    assert (found.severity, found.key) == ("error", "moves[1].people")
    assert 'own tells nothing of "extensionAttribute7"' in found.what


def test_callers_that_may_not_be_answered_by_one_side_are_told_nothing_where_nobody_knows_who_moved(
    config: Path,
) -> None:
    move = MOVE.replace('"file:moved.csv"', '"ask"').replace('batches = "file:b.csv"\n', "")
    config.write_text(config.read_text("utf-8") + move, "utf-8")
    (found,) = check_moves(load(config), config.parent)
    assert (found.severity, found.key) == ("warning", "moves[1].people")
    assert "exchange is never answered via own" in found.what


def test_a_second_domain_of_the_side_that_is_left_is_worth_an_alias(config: Path) -> None:
    more = '[[routes]]\nmatch = "old.example"\nvia = "n"\n'
    (found,) = _found(config, "ann@n.example,2020-01-01\n", more)
    assert (found.severity, found.key) == ("note", "moves[1].people")
    assert "n.example and old.example lead to n" in found.what
    assert "[[aliases]]" in found.mend
