"""Text on its way into XML."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.ews.text import escaped, quoted
from tests.protocols.ews.samples import xml_text


@given(xml_text)
def test_what_xml_can_carry_is_carried(text: str) -> None:
    root = etree.fromstring(f'<a b="{quoted(text)}">{escaped(text)}</a>'.encode())
    assert (root.text or "") == text
    assert root.get("b") == text


@given(st.text(st.characters()))
def test_anything_at_all_leaves_the_document_whole(text: str) -> None:
    root = etree.fromstring(f'<a b="{quoted(text)}">{escaped(text)}</a>'.encode())
    assert len(root) == 0


def test_control_characters_and_lone_surrogates_are_dropped() -> None:
    assert escaped("a\x00b\x0bc\ud800d\uffffe") == "abcde"


def test_line_ends_survive() -> None:
    root = etree.fromstring(("<a>" + escaped("x\r\ny\tz") + "</a>").encode())
    assert root.text == "x\r\ny\tz"
