"""Tables as spreadsheets and people write them: headings, separators, quotes, endings of lines."""

import pytest

from proxy.moves.table import Layout, TableError, fields_of, layout, lines, picked

COLUMNS = ("address", "moved_at", "batch")


def _rows(text: str) -> list[list[str] | None]:
    shape = layout(text, COLUMNS)
    return [picked(fields_of(line, shape.separator), shape) for number, line in lines(text) if number != shape.heading]


@pytest.mark.parametrize(
    "text",
    [
        "a@b,2026-01-01,one",
        "address,moved_at,batch\na@b,2026-01-01,one\n",
        "Batch,Address,Moved_At\r\none,a@b,2026-01-01\r\n",
        "address;moved_at;batch\na@b;2026-01-01;one",
        "a@b;2026-01-01;one",
        '"address","moved_at","batch"\n"a@b","2026-01-01","one"',
        ' a@b , "2026-01-01" ,one\n',
        "# a comment\n\naddress,moved_at,batch,,\n# another\na@b,2026-01-01,one,,\n\n",
        "address,moved_at,batch\ra@b,2026-01-01,one\r",
        "a@b\t,2026-01-01,one",
    ],
)
def test_one_row_in_many_spellings(text: str) -> None:
    assert _rows(text) == [["a@b", "2026-01-01", "one"]]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a@b", ["a@b", "", ""]),
        ("a@b,2026-01-01", ["a@b", "2026-01-01", ""]),
        ("address,batch\na@b,one", ["a@b", "", "one"]),
        ("batch,address\none", ["", "", "one"]),
        ("a@b,,,,x", None),
        ("address,batch\na@b,one,x", None),
        ('"a@b,2026-01-01', ["a@b,2026-01-01", "", ""]),  # quotes that do not close: no address
    ],
)
def test_what_is_missing_or_too_much(text: str, row: list[str] | None) -> None:
    assert _rows(text) == [row]


@pytest.mark.parametrize("heading", ["address,when", "address,batch,batch", "moved_at,address,phone"])
def test_a_heading_names_columns_that_there_are(heading: str) -> None:
    with pytest.raises(TableError, match="the heading has a column") as refused:
        layout(f"# x\n{heading}\na@b", COLUMNS)
    assert refused.value.line == 2


def test_lines_keep_their_numbers_over_chunks() -> None:
    text = "".join(f"person{number}@b\n" for number in range(1, 5_001))
    assert list(lines(text)) == [(number, f"person{number}@b") for number in range(1, 5_001)]


def test_an_empty_table() -> None:
    assert layout("\n# nobody\n", COLUMNS) == Layout(",", (0, 1, 2), 0)
    assert _rows("") == []
