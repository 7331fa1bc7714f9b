"""Tests of proxy/list_files.py."""

from pathlib import Path

import pytest

from proxy.list_files import ListFileError, check, text_of


def test_text_is_read_with_and_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbfann\r\n")
    assert text_of(path) == "ann\r\n"


@pytest.mark.parametrize(("data", "words"), [(None, "there is no such file"), (b"\xff\xfe", "is not text in UTF-8")])
def test_what_cannot_be_read_is_told_in_words(tmp_path: Path, data: bytes | None, words: str) -> None:
    path = tmp_path / "list.csv"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ListFileError, match=f"list.csv: {words}"):
        text_of(path)


def test_a_folder_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(ListFileError, match="cannot be read: Is a directory"):
        text_of(tmp_path)


def test_all_wrong_lines_are_told_but_not_thousands() -> None:
    check(Path("list.csv"), [])
    with pytest.raises(ListFileError) as caught:
        check(Path("list.csv"), [f"list.csv:{number}: wrong" for number in range(1, 15)])
    lines = str(caught.value).splitlines()
    assert lines[0] == "list.csv:1: wrong"
    assert lines[-1] == "list.csv: and 4 lines more"
    assert len(lines) == 11
