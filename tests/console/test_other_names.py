"""Tests of console/other_names.py."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.configuration import load
from console.other_names import OtherNames, kept_by_directories
from proxy.list_files import ListFileError
from tests.console.conftest import CALLER, PEERS, SERVER

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ALIASES = '[[aliases]]\ndomain = "nn.example"\nof = "n.example"\n'
REWRITTEN = '[[routes]]\nmatch = "{0}.example"\nvia = "{1}"\nrewrite = "{{local}}@inside.example"\n'
MOVE = '[[moves]]\nname = "pilot"\nfrom = "n"\nto = "own"\nrewrite = "{local}@own.example"\npeople = "file:moved.csv"\n'
ANN = {"ann@n.example", "ann@nn.example", "ann@own.example"}


def _names(config: Path, text: str, address: str) -> set[str]:
    config.write_text(SERVER + PEERS + CALLER + text, "utf-8")
    return set(OtherNames(load(config), config.parent, NOW).of(address))


@pytest.mark.parametrize("asked", sorted(ANN))
@pytest.mark.parametrize("when", ["2026-11-01", "2999-01-01"])
def test_somebody_who_moves_is_one_person_by_all_names(config: Path, asked: str, when: str) -> None:
    (config.parent / "moved.csv").write_text(f"ann@n.example,{when}\n", "utf-8")
    assert _names(config, ALIASES + MOVE, asked) == ANN
    bobs = {"bob@n.example", "bob@nn.example"}
    assert _names(config, ALIASES + MOVE, "bob@n.example") == bobs  # who is on no list is not bob@own.example
    assert _names(config, ALIASES + MOVE, "bob@own.example") == {"bob@own.example"}


@pytest.mark.parametrize("asked", ["ann@a.example", "ann@inside.example"])
def test_a_route_tells_by_which_name_a_system_knows_somebody(config: Path, asked: str) -> None:
    assert _names(config, REWRITTEN.format("a", "n"), asked) == {"ann@a.example", "ann@inside.example"}


def test_two_people_whom_two_systems_know_by_one_name_stay_two(config: Path) -> None:
    text = REWRITTEN.format("a", "n") + REWRITTEN.format("b", "own")
    assert "ann@b.example" not in _names(config, text, "ann@a.example")
    assert _names(config, text, "ann@inside.example") == {"ann@inside.example"}
    routed = REWRITTEN.format("a", "n") + '[[routes]]\nmatch = "inside.example"\nvia = "own"\n'
    assert _names(config, routed, "ann@a.example") == {"ann@a.example"}


def test_a_list_that_cannot_be_read_is_told(config: Path) -> None:
    with pytest.raises(ListFileError, match="there is no such file"):
        _names(config, MOVE, "ann@n.example")


def test_lists_that_directories_keep_are_named(config: Path) -> None:
    config.write_text(SERVER + PEERS + CALLER + MOVE.replace("file:moved.csv", "ask"), "utf-8")
    assert kept_by_directories(load(config)) == ("pilot",)
    config.write_text(SERVER + PEERS + CALLER + MOVE, "utf-8")
    assert kept_by_directories(load(config)) == ()
