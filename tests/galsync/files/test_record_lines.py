"""Tests of galsync/files/record_lines.py: every record that we make comes back from its line as it was."""

from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Stamp
from galsync.files.file_target import Contents
from galsync.files.record_lines import FORMS, Spreadsheet
from galsync.files.records import Record
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
values = texts.filter(lambda text: text == text.strip())
records = st.builds(
    Record,
    stamp=st.builds(Stamp, st.sampled_from(["s", "other"]), values),
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


def test_an_empty_file_is_nobody() -> None:
    assert Spreadsheet().decode(b"") == Contents()
