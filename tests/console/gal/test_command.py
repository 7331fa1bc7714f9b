"""Tests of console/gal/command.py."""

import re
from pathlib import Path

import pytest

from console.configuration import parsed
from console.gal.command import Guard
from galsync.files.sealed_keys import load, parse
from galsync.plans.guards import ALL
from tests.console.gal.typing_it import main, operator

ROOT = Path(__file__).parents[3]


def test_each_guard_can_be_lifted() -> None:
    assert [guard.value for guard in Guard] == list(ALL)


def test_the_command_line_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator(tmp_path)
    config = ["--config", str(tmp_path / "busyline.toml")]
    assert main(capsys, ["gal", "apply", "staff", "--yes", *config])[0] == 0
    code, out, _ = main(capsys, ["gal", "history", "staff", *config])
    assert (code, "3 created" in out) == (0, True)
    code, _, told = main(capsys, ["gal", "plan", "stuff", *config])
    assert (code, "did you mean staff?" in told) == (2, True)


def test_resuming_what_was_not_paused(tmp_path: Path) -> None:
    typing = operator(tmp_path)
    assert typing.json("resume", "staff") == {"sync": "staff", "was_paused": False}
    assert typing.types("resume", "staff") == 0
    assert "was not paused" in typing.out


def test_keys_are_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sealing.key"
    code, out, _ = main(capsys, ["gal", "keys", str(path)])
    assert (code, parse(out)) == (0, load(path).public)
    code, out, told = main(capsys, ["gal", "keys", str(path)])
    assert (code, out) == (1, "")
    assert "is there already" in told


BLOCKS = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/guides/address-books.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_guide_writes_is_taken(block: str) -> None:
    text = block if "[server]" in block else f"{BLOCKS[0].partition('[directories')[0]}\n{block}"
    assert parsed(Path("busyline.toml"), text).directory_syncs


def test_the_first_plan_of_the_guide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = (ROOT / "docs/guides/address-books.md").read_text("utf-8")
    (tmp_path / "busyline.toml").write_text(BLOCKS[0])
    (tmp_path / "fabrikam.csv").write_text("anchor," + guide.partition("```\nanchor,")[2].partition("```")[0])
    code, out, _ = main(capsys, ["gal", "plan", "fabrikam-to-list", "--config", str(tmp_path / "busyline.toml")])
    assert code == 0
    assert out.startswith("+ create ann@fabrikam.example (Ann Lee)")


@pytest.mark.parametrize("words", [["history", "staff"], ["undo", "staff", "--yes"], ["history", "staff", "--most"]])
@pytest.mark.parametrize("number", [2**63, 10**30, 0])
def test_a_number_that_no_run_can_have_is_wrong_usage(tmp_path: Path, words: list[str], number: int) -> None:
    typing = operator(tmp_path)
    assert typing.types(*words, str(number)) == 2
    assert ("less than or equal to" if number else "greater than or equal to") in typing.err


@pytest.mark.parametrize("command", ["history", "undo"])
def test_the_largest_number_is_a_run_that_is_not_there(tmp_path: Path, command: str) -> None:
    typing = operator(tmp_path)
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.types(command, "staff", str(2**63 - 1), *(["--yes"] if command == "undo" else [])) in (1, 2)
    assert str(2**63 - 1) in typing.err
