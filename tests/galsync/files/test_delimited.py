"""Tests of galsync/files/delimited.py: what spreadsheets write is read, however they write it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.files.delimited import Manner, encoded, opened, rows
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


@pytest.mark.parametrize("spelt", ["ascii", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n", "SEP=|\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_written_as_it_was_read(spelt: str, first: str, separator: str, end: str) -> None:
    separator = first[4] if first else separator
    first = first.rstrip() + end if first else ""
    name = "Ann" if spelt == "ascii" else "Å王"
    mark = "\ufeff" if spelt.startswith("utf-16") else ""
    lines = [["address", "name"], ["ann@b.example", name], ['"b;o,b|@b.example\t"', '"say ""x"""']]
    text = first + "".join(separator.join(row) + end for row in lines)
    data = (mark + text).encode(spelt)
    manner, told = opened(data)
    assert encoded([row.cells for row in told], manner) == data
    assert Manner.read(manner.words) == manner


def test_letters_in_a_file_that_had_none_but_ascii_are_marked() -> None:
    """Else Excel takes them for its own code page; who wrote only ASCII has not said what else they read."""
    manner, _ = opened(b"address\n")
    assert encoded([["a"]], manner) == b"a\n"
    assert encoded([["ä"]], manner) == "\ufeffä\n".encode()


def test_a_new_file_is_what_spreadsheets_take() -> None:
    assert encoded([["a", "b"]]) == b"\xef\xbb\xbfa,b\r\n"


def test_a_quotation_mark_separates_nothing() -> None:
    with pytest.raises(UnreadableError, match="take that line out"):
        table(b'sep="\naddress\n')


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_ends_of_lines_within_a_cell_are_quoted_whatever_ends_the_lines(end: str) -> None:
    written = [["address"], ["a\rb"], ["a\nb"], ["a\r\nb"]]
    assert table(encoded(written, Manner(end=end))) == written
