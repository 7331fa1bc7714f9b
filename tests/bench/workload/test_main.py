"""The command writes a file, says what it costs, draws the tables, and has words for what goes wrong."""

from pathlib import Path

import pytest

from bench.workload import capacity
from bench.workload.__main__ import main


def test_a_file_is_written_and_costed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "questions.gz")
    assert main(["write", path, "--users", "500", "--mailboxes", "500", "--minutes", "10", "--looks", "2.5"]) == 0
    assert main(["cost", path, "--ttl", "30", "--warming", "2"]) == 0
    said = capsys.readouterr().out
    assert "questions of 10 minutes" in said
    assert "upstream calls a question" in said


def test_a_file_is_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "questions")
    assert main(["write", path, "--users", "500", "--mailboxes", "500", "--minutes", "5"]) == 0
    assert main(["replay", path, "--speed", "300", "--most", "20"]) == 0
    assert "20 questions in" in capsys.readouterr().out


def test_the_tables_are_drawn(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "WARMING", 60.0)
    monkeypatch.setattr(capacity, "SECONDS", 300.0)
    assert main(["table", "--most-users", "1000"]) == 0
    said = capsys.readouterr().out
    assert "1,000 users" in said
    assert "only weeks" in said
    assert "10,000 users" not in said


@pytest.mark.parametrize("command", ["cost", "replay"])
def test_a_missing_file_is_told(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, str(tmp_path / "nothing")]) == 1
    assert "nothing" in capsys.readouterr().err


def test_impossible_habits_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", str(tmp_path / "questions"), "--looks", "0"]) == 1
    assert "looks once at least" in capsys.readouterr().err
