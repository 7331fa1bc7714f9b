"""How commands end: 0 done, 1 found something wrong, 2 wrong usage; and never with a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from console.cli import run
from tests.console.conftest import SECRET


@pytest.mark.parametrize("arguments", [["no-such-command"], ["lookup"], ["lookup", "a@n.example", "--days", "0"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Usage" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for command in ("demo", "serve", "check", "lookup", "explain", "setup", "hash-password", "config"):
        assert f"\n  {command} " in text


def test_nothing_of_the_simulation_is_loaded_but_by_the_demo() -> None:
    code = "import sys, console.cli; print(*(name for name in sys.modules if name.startswith('simulation')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    "command", [["serve"], ["check"], ["lookup", "a@n.example"], ["explain", "a@n.example"], ["setup"]]
)
def test_a_wrong_configuration_is_1_and_named(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text("[server]\nlistn = 1\n", "utf-8")
    assert run([*command, "--config", str(path)]) == 1
    assert f"{path}:2: server.listn: there is no such key here; did you mean listen?" in capsys.readouterr().err


def test_no_command_prints_a_secret(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["lookup", "ann@n.example", "--config", str(config)])
    run(["explain", "ann@n.example", "--config", str(config)])
    run(["check", "--config", str(config)])
    shown = capsys.readouterr()
    assert SECRET not in shown.out + shown.err


def test_an_unset_secret_is_told_and_1(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUSYLINE_TEST_PASSWORD")
    assert run(["lookup", "ann@n.example", "--config", str(config)]) == 1
    assert "the environment variable BUSYLINE_TEST_PASSWORD is not set" in capsys.readouterr().err


def test_an_unknown_caller_is_2(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "ann@n.example", "--as", "nobody", "--config", str(config)]) == 2
    assert 'there is no caller "nobody": write --as one of exchange' in capsys.readouterr().err


def test_output_that_cannot_be_written_is_no_fault_of_ours(config: Path) -> None:
    command = [sys.executable, "-m", "console", "check", "--config", str(config)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "the output cannot be written: No space left on device; make room, or send it elsewhere\n"


def test_a_reader_that_has_seen_enough_hears_nothing(config: Path) -> None:
    command = [sys.executable, "-m", "console", "config", "example"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
