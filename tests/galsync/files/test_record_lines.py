"""Tests of galsync/files/record_lines.py: every record that we make comes back from its line as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Stamp
from galsync.files.columns import WRITTEN
from galsync.files.file_target import Contents
from galsync.files.record_lines import FORMS, Spreadsheet
from galsync.files.records import Record
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
values = texts.filter(lambda text: text == text.strip())
records = st.builds(
    Record,
    stamp=st.builds(Stamp, st.sampled_from(["s", "other"]), values.filter(str.isprintable)),  # as Mapping.entry sees to
    form=st.sampled_from(sorted(FORMS, key=str)),
    address=st.sampled_from(["ann@b.example", "ünï@b.example"]).map(Mailbox.parse),
    aliases=st.lists(values, max_size=2).map(tuple),
    texts=st.dictionaries(st.sampled_from(Field), texts, max_size=4),
    hidden=st.booleans(),
    members=st.lists(values, max_size=2).map(tuple),
)


@given(st.lists(records, max_size=3), st.booleans())
def test_what_is_written_is_read(written: list[Record], guard: bool) -> None:
    sheet = Spreadsheet(guard=guard)
    told = sheet.decode(sheet.encode(Contents(tuple(written))))
    assert told.records == tuple(written)
    assert sheet.decode(sheet.encode(told)) == told


def rewritten(data: bytes, *, guard: bool = True) -> bytes:
    sheet = Spreadsheet(guard=guard)
    return sheet.encode(sheet.decode(data))


OURS = ",".join(WRITTEN)


@pytest.mark.parametrize("guard", [True, False])
@pytest.mark.parametrize("cell", ["=SUM(A1:A2)", "-5", "+49 30", "'=1", "  x ", "@x", "a;=1"])
def test_the_cells_of_others_are_given_back_as_they_stand(cell: str, guard: bool) -> None:
    data = f"{OURS},=theirs,\n{','.join(['', '', 'f@x.example', '', cell, *[''] * (len(WRITTEN) - 5)])},{cell},{cell}\n"
    assert rewritten(data.encode(), guard=guard) == data.encode()


@pytest.mark.parametrize("guard", [True, False])
def test_so_are_the_cells_of_others_in_our_own_line(guard: bool) -> None:
    ours = [{"stamp": "busyline:s/a:1", "form": "contact", "address": "a@b.example"}.get(name, "") for name in WRITTEN]
    data = f"{OURS},theirs,anchor\n{','.join(ours)},=1+1,-5\n"
    assert rewritten(data.encode(), guard=guard) == data.encode()


def test_columns_without_a_name_are_told_apart() -> None:
    data = f"{OURS},,\n,,f@x.example{',' * (len(WRITTEN) - 3)},left,right\n".encode()
    assert rewritten(data) == data


def test_separator_encoding_and_line_ends_stay() -> None:
    head = ";".join(WRITTEN)
    for data in (f"sep=;\n{head}\n", f"{head};Größe\r\n"):
        assert rewritten(data.encode()) == data.encode()
        assert rewritten(b"\xff\xfe" + data.encode("utf-16-le")) == b"\xff\xfe" + data.encode("utf-16-le")


def test_two_columns_of_one_meaning_stay_two() -> None:
    data = f"{OURS},Email,mail\n,,f@x.example{',' * (len(WRITTEN) - 3)},g@x.example,h@x.example\n".encode()
    assert rewritten(data) == data


def test_an_empty_file_is_nobody() -> None:
    assert Spreadsheet().decode(b"") == Contents()
