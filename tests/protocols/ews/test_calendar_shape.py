"""Tests of protocols/ews/calendar_shape.py."""

from lxml import etree

from protocols.ews.calendar_shape import LISTED, OCCURRENCE_SHAPE, RESPONSES, SHAPE, uri
from protocols.ews.names import M, T
from protocols.model.event import Response


def test_each_shape_asks_for_properties_once() -> None:
    for shape in (SHAPE, OCCURRENCE_SHAPE, LISTED):
        root = etree.fromstring(f'<r xmlns:m="{M}" xmlns:t="{T}">{shape}</r>')
        asked = [
            each.get("FieldURI") or each.get("PropertyName") for each in root.iter("{*}FieldURI", "{*}ExtendedFieldURI")
        ]
        assert len(asked) == len(set(asked))
        assert "item:LastModifiedTime" in asked


def test_texts_are_asked_for_as_plain_text() -> None:
    assert "<t:BodyType>Text</t:BodyType>" in SHAPE
    assert uri("item:Subject") in OCCURRENCE_SHAPE


def test_every_answer_has_its_word() -> None:
    assert set(RESPONSES.values()) == set(Response)
