"""A file gives back the questions that were written, and one that is damaged is told by its line."""

from pathlib import Path

import pytest

from bench.workload.asked import Asked, questions
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
    for damage in ("[1,2", "[1,2,3]", '[1,2,3,["x"]]', "[Infinity,2,3,[1]]"):
        path.write_text("\n".join([*lines[:3], damage]), encoding="ascii")
        with pytest.raises(NoWorkloadError, match="damaged:4: no question"):
            list(read(path))


def test_a_file_that_cannot_be_had_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoWorkloadError, match="cannot be read: Is a directory: give a file"):
        head(tmp_path)
    with pytest.raises(NoWorkloadError, match="cannot be written: Is a directory: give a path"):
        write(tmp_path, [], habits=HABITS, seed=1, seconds=300)


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "questions.gz"
    write(path, questions(HABITS, seed=1, seconds=300), habits=HABITS, seed=1, seconds=300)
    whole = path.read_bytes()
    for content, words in (
        (b"hello\n", "is no compressed file"),
        (whole[:-20], "is cut off or damaged"),
        (whole[:30] + b"\xff" * 30 + whole[60:], "is cut off or damaged"),
    ):
        path.write_bytes(content)
        with pytest.raises(NoWorkloadError, match=words):
            list(read(path))


def test_letters_that_we_do_not_write_are_told(tmp_path: Path) -> None:
    path = tmp_path / "questions"
    for count, words in ((1, "write one with"), (10_000, "give a file")):  # in what is read first, and later
        write(path, [Asked(0, (1,), 1, 1)] * count, habits=HABITS, seed=1, seconds=300)
        path.write_bytes(path.read_bytes() + "ü".encode())
        with pytest.raises(NoWorkloadError, match=f"is no file of questions: {words}"):
            list(read(path))


@pytest.mark.parametrize("seconds", ["0", "Infinity", '"40"', "null"])
def test_a_head_without_its_length_is_told(tmp_path: Path, seconds: str) -> None:
    path = tmp_path / "questions"
    path.write_text(f'{{"file": "busyline workload 1", "seconds": {seconds}}}\n', encoding="ascii")
    with pytest.raises(NoWorkloadError, match="questions:1: it does not say"):
        head(path)
