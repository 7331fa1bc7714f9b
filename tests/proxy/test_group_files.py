"""Tests of proxy/group_files.py."""

from pathlib import Path

import pytest

from proxy.group_files import members, numbered
from proxy.list_files import ListFileError


def test_one_address_or_domain_a_line(tmp_path: Path) -> None:
    path = tmp_path / "board.txt"
    path.write_text(
        "\ufeff# the board\nAnn@B.example   # its chair\n\nsmtp:bob@b.example\n*.C.example\r\nann@b.example\n"
    )
    assert members(path) == ("ann@b.example", "bob@b.example", "*.c.example")
    assert numbered(path) == {"ann@b.example": 2, "bob@b.example": 4, "*.c.example": 5}


def test_every_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "board.txt"
    path.write_text("ann@b.example\nno address\n*\nann\n")
    with pytest.raises(ListFileError) as caught:
        members(path)
    wrong = 'matches nobody: write an address, a domain or "*.domain"'
    assert str(caught.value).splitlines() == [f"{path}:2: {wrong}", f"{path}:3: {wrong}", f"{path}:4: {wrong}"]


def test_many_wrong_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "board.txt"
    path.write_text("no address\n" * 30)
    with pytest.raises(ListFileError) as caught:
        members(path)
    assert str(caught.value).splitlines()[10:] == [f"{path}: and 20 lines more"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "there is no such file"), (b"\xff\xfe", "UTF-8"), (b"# nobody\n", "names nobody"), ("folder", "cannot be")],
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes | str | None, words: str) -> None:
    path = tmp_path / "board.txt"
    if isinstance(content, str):
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(ListFileError, match=words) as caught:
        members(path)
    assert str(path) in str(caught.value)
