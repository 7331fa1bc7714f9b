"""The command writes a file, says what it costs, draws the tables, and has words for what goes wrong."""

from pathlib import Path

import pytest

from bench.workload import capacity
from bench.workload.__main__ import main
from bench.workload.asked import Asked
from bench.workload.file import write
from bench.workload.habits import Habits


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
    assert main([command, str(tmp_path / "nothing")]) == 2
    said = capsys.readouterr().err
    assert "nothing cannot be read: No such file or directory: give a file that you may read" in said


def test_a_path_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", str(tmp_path / "nowhere" / "questions")]) == 2
    assert "questions cannot be written: No such file" in capsys.readouterr().err


def test_impossible_numbers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["replay", str(tmp_path / "questions"), "--speed", "0"])
    assert ended.value.code == 2
    assert "above 0" in capsys.readouterr().err


def test_a_file_without_questions_is_not_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "questions"
    write(path, [], habits=Habits(), seed=1, seconds=60)
    assert main(["replay", str(path)]) == 2
    assert "holds no question: write one with more" in capsys.readouterr().err


def test_one_answer_has_no_median(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "questions"
    write(path, [Asked(0, (1,), 1, 1)], habits=Habits(), seed=1, seconds=60)
    assert main(["replay", str(path)]) == 0
    said = capsys.readouterr().out
    assert "1 whole answers, too few for a median" in said
    assert "nan" not in said


def test_a_warming_as_long_as_the_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "questions"
    write(path, [], habits=Habits(), seed=1, seconds=300)
    assert main(["cost", str(path)]) == 2
    assert "--warming 10 leaves nothing of the 5 minutes" in (said := capsys.readouterr().err)
    assert "for example --warming 1.25" in said
    assert main(["cost", str(path), "--warming", "1.25"]) == 0
