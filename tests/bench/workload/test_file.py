"""A file gives back the questions that were written, and one that is damaged is told by its line."""

from pathlib import Path

import pytest

from bench.workload.asked import questions
from bench.workload.file import NoWorkloadError, head, read, write
from bench.workload.habits import Habits

HABITS = Habits(users=500, mailboxes=500)


@pytest.mark.parametrize("name", ["questions", "questions.gz"])
def test_what_was_written_is_read(tmp_path: Path, name: str) -> None:
    path, asked = tmp_path / name, list(questions(HABITS, seed=1, seconds=300))
    assert write(path, asked, habits=HABITS, seed=1, seconds=300) == len(asked) > 10
    assert list(read(path)) == asked
    found = head(path)
    assert (found["seed"], found["seconds"], found["habits"]["users"]) == (1, 300, 500)


def test_a_strange_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "strange"
    for content in ("", "hello\n", "[1]\n", '{"file": "other"}\n'):
        path.write_text(content, encoding="ascii")
        with pytest.raises(NoWorkloadError, match="no file of questions"):
            list(read(path))


def test_a_damaged_line_is_told_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "damaged"
    write(path, questions(HABITS, seed=1, seconds=300), habits=HABITS, seed=1, seconds=300)
    lines = path.read_text(encoding="ascii").splitlines()
    for damage in ("[1,2", "[1,2,3]", '[1,2,3,["x"]]'):
        path.write_text("\n".join([*lines[:3], damage]), encoding="ascii")
        with pytest.raises(NoWorkloadError, match="damaged:4: no question"):
            list(read(path))
