"""Tests of galsync/files/delimited.py: what spreadsheets write is read, however they write it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.files.delimited import encoded, rows
from galsync.files.disk import UnreadableError

TABLE = [["address", "name"], ["ann@b.example", 'Ann "Å", B; C'], ["bob@b.example", "two\nlines"]]


def table(data: bytes) -> list[list[str]]:
    return [list(row.cells) for row in rows(data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_spelling_is_read(encoding: str, separator: str, end: str) -> None:
    text = end.join(separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in TABLE)
    assert table((text + end).encode(encoding)) == TABLE
    assert table(text.encode(encoding)) == TABLE


def test_the_separator_that_a_first_line_names_is_taken() -> None:
    assert table(b"sep=;\r\na,b;c\r\n1;2\r\n") == [["a,b", "c"], ["1", "2"]]


def test_lines_are_counted_as_an_editor_does() -> None:
    assert [row.line for row in rows(b'a,b\n\n1,"2\n3"\n,\n4,5\n')] == [1, 3, 6]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_an_empty_file_has_no_rows(data: bytes) -> None:
    assert table(data) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\n1\n", "line 2 has 1 cells and the header 2"),
        (b'a,b\n1,"2\n', "line 2 cannot be read"),
        (b'a,b\n1,"2"x\n', "line 2 cannot be read"),
        (b"a,b\n1,\xe9\n", "line 2 is not UTF-8"),
        (b"a\x00,b\n", "another encoding"),
        (b"\xff\xfea\x00,\x00b", "line 1 is not UTF-16-LE"),
        (b"a,b\n1," + b"x" * 200_000, "line 2 cannot be read"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_line(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        table(data)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(cells, cells.filter(bool)).map(list), max_size=5))
def test_what_is_written_is_read(rest: list[list[str]]) -> None:
    written = [["address", "name"], *rest]
    assert table(encoded(written)) == written


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_an_error_in_words(data: bytes) -> None:
    widths: set[int] = set()
    with contextlib.suppress(UnreadableError):
        widths = {len(row.cells) for row in rows(data)}
    assert len(widths) <= 1
