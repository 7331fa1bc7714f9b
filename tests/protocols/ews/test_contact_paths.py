"""Tests of protocols/ews/contact_paths.py."""

import pytest
from lxml import etree

from protocols.ews.contact_paths import FIELDS, FILE_AS, MAIL, PATHS, SHAPE, STAMP, Path, our_own
from protocols.ews.names import M, T
from protocols.graph.contact_fields import FIELDS as OF_GRAPH
from protocols.graph.contact_fields import STAMP as STAMP_OF_GRAPH


def _read(text: str) -> etree._Element:
    return etree.fromstring(f'<r xmlns:m="{M}" xmlns:t="{T}">{text}</r>')[0]


@pytest.mark.parametrize("path", [*PATHS.values(), FILE_AS, *MAIL])
def test_a_text_stands_where_its_path_says(path: Path) -> None:
    uri, element = _read(path.uri), _read(path.element("<a> & 'b'"))
    assert [each.text for each in element.iter() if each.text] == ["<a> & 'b'"]
    name = uri.get("FieldURI", "")
    entry = element.find("{*}Entry")
    if entry is not None:
        assert entry.get("Key") == uri.get("FieldIndex")
    assert any(each.tag.rpartition("}")[2].startswith(name.rpartition(":")[2]) for each in element.iter())


def test_all_that_is_held_is_asked_for() -> None:
    asked = {etree.tostring(each) for each in _read(SHAPE).iterfind("{*}AdditionalProperties/*")}
    wanted = {etree.tostring(_read(path.uri)) for path in (*PATHS.values(), FILE_AS, *MAIL)}
    assert wanted < asked
    assert len(asked) == len(wanted) + 1


def test_no_two_fields_have_one_place() -> None:
    assert len({path.uri for path in PATHS.values()}) == len(PATHS) == len(FIELDS)
    ranks = [path.rank for path in (*PATHS.values(), FILE_AS, *MAIL)]
    assert len(set(ranks)) == len(ranks)


def test_a_mailbox_that_moves_to_microsoft_365_keeps_its_stamps_and_fields() -> None:
    uri = _read(our_own(STAMP, "x"))[0]
    told = f"{uri.get('PropertyType')} {{{uri.get('PropertySetId')}}} Name {uri.get('PropertyName')}"
    assert told == STAMP_OF_GRAPH
    assert FIELDS == OF_GRAPH
