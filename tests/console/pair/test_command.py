"""Tests of console/pair/command.py: what it takes, and its guide; what it does is tested beside what does it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.cli import app
from console.configuration import parsed
from console.pair.command import Only
from galsync.pairs.pieces import Part


def test_every_part_can_be_named() -> None:
    assert [each.value for each in Only] == [part.value for part in Part]


@pytest.mark.parametrize("command", ["plan", "apply", "undo", "users"])
def test_every_command_is_there(command: str) -> None:
    told = CliRunner().invoke(app, ["pair", command, "--help"])
    assert told.exit_code == 0
    assert "--config" in told.stdout


def test_a_part_that_is_none() -> None:
    assert CliRunner().invoke(app, ["pair", "plan", "merger", "--only", "everything"]).exit_code == 2


def test_the_guide_is_a_configuration_and_names_real_commands() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "tenant-pairs.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    (pair,) = parsed(Path("guide.toml"), block).pairs
    assert pair.accounts is not None
    for line in re.findall(r"^busyline pair (\w+)", guide, re.MULTILINE):
        assert line in {"plan", "apply", "undo", "users"}
    for part in Part:
        assert f"| `{part.value}` |" in guide
