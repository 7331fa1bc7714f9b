"""Children by local name."""

from lxml import etree

from protocols.ews.children import children, named, text_of

_ROOT = etree.fromstring(b'<r xmlns:p="urn:p"><p:a>1</p:a><a> 2 </a><b/></r>')


def test_the_namespace_does_not_matter_and_the_first_counts() -> None:
    assert text_of(children(_ROOT)["a"]) == "1"
    assert [text_of(one) for one in named(_ROOT, "a")] == ["1", "2"]


def test_text_of_nothing_is_empty() -> None:
    assert text_of(children(_ROOT)["b"]) == text_of(None) == ""
