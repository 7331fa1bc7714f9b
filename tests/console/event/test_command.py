"""Tests of console/event/command.py: what the command line takes."""

from pathlib import Path

import pytest

from console.cli import run
from tests.console.event.moving_day import JACK, moving_day


def test_the_commands_stand_among_those_of_moves(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["moves", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(f" {name} " in told for name in ("plan", "apply", "roll-back", "resume"))


def test_the_real_command_shows_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with moving_day(tmp_path):
        assert run(["moves", "plan", "merger", "wave-1", "--config", str(tmp_path / "busyline.toml")]) == 0
        assert f"x remove {JACK}" in capsys.readouterr().out
        assert run(["moves", "plan", "merge", "wave-1", "--config", str(tmp_path / "busyline.toml")]) == 2
        assert 'no move "merge"' in capsys.readouterr().err


def test_a_batch_that_goes_on_is_told_of_the_rest(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "roll-back", "merger", "wave-1", "--route-only") == 0
        day.later(minutes=1)
        assert day.types("moves", "resume", "merger", "wave-1") == 0
        assert "`busyline moves apply merger wave-1` moves its entries and forwarders, too" in day.out
