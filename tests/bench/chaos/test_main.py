"""The command lists what there is, plays what it is told to, and fails where something did not hold."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench.chaos import __main__ as command
from bench.chaos import signals
from bench.chaos.scenarios import SCENARIOS
from bench.chaos.trial import Check, Outcome, Scenario


def test_the_list_plays_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    printed = capsys.readouterr().out
    assert all(scenario.name in printed for scenario in SCENARIOS)
    assert "no traceback in the log" not in printed


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(SystemExit):
        command.options(["--only", "nonsense"])


def test_what_failed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome("x", [Check("it holds", True, "so"), Check("it lasts", False, "not")], ["an example"])
    command.told(outcome, Console(width=100))
    printed = capsys.readouterr().out
    assert not outcome.held
    assert not Outcome("y").held
    for words in ("it holds", "failed it lasts", "an example"):
        assert words in printed


def test_what_the_machine_lacks_is_named(tmp_path: Path) -> None:
    scenario: Scenario = replace(signals.HANGUP, programs=("a-program-that-nobody-has",))
    assert scenario.lacks() == "a-program-that-nobody-has"
    assert signals.HANGUP.lacks() is None
