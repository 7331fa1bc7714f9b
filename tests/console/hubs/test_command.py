"""Tests of console/hubs/command.py."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from calsync.plans.guards import GUARDS
from console.configuration import parsed
from console.hubs.command import Guard
from tests.console.gal.typing_it import main
from tests.console.hubs.merger import HEAD, Merger

ROOT = Path(__file__).parents[3]


def test_each_guard_can_be_lifted() -> None:
    assert {guard.value for guard in Guard} == set(GUARDS)


def test_the_command_line_itself(here: Merger, capsys: pytest.CaptureFixture[str]) -> None:
    config = ["--config", str(here.typing.folder / "busyline.toml")]
    assert main(capsys, ["calendar", "sync", "merger", "--yes", *config])[0] == 0
    assert here.standing("south") == ["Kick-off"]
    code, out, _ = main(capsys, ["calendar", "history", "merger", *config])
    assert (code, "1 created" in out) == (0, True)
    code, out, _ = main(capsys, ["check", *config])
    assert (code, "1 hub: all in order" in out) == (0, True)


def test_a_number_that_no_run_can_have_is_wrong_usage(here: Merger) -> None:
    assert here.typing.types("history", "merger", str(2**63)) == 2
    assert here.typing.types("history", "merger", "--most", "0") == 2


def test_titles_are_for_the_operator_and_never_in_a_log(here: Merger) -> None:
    command = [sys.executable, "-m", "console", "calendar", "sync", "merger", "--yes"]
    command += ["--config", str(here.typing.folder / "busyline.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert here.typing.types("plan", "merger") == 0


BLOCKS = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/guides/calendar-sync.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_guide_writes_is_taken(block: str) -> None:
    read = parsed(Path("busyline.toml"), block if "[server]" in block else HEAD + block)
    assert read.hubs or read.hub_notifications
