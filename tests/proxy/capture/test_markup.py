"""Rewriting markup: only texts and values change, byte for byte, and what cannot be told apart is refused."""

import pytest

from proxy.capture.markup import MarkupError, local, rewritten, unescaped


def shout(path: tuple[str, ...], text: str) -> str | None:
    """Replaces what is in ``secret``, by where it was found."""
    return f"<{'/'.join(path)}>" if "secret" in text else None


def rewrite(text: str) -> str:
    """With the same rule for elements and attributes, and any namespace but ``urn:x`` replaced."""
    return rewritten(text, shout, shout, lambda uri: None if uri == "urn:x" else "urn:other")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a>plain</a>", "<a>plain</a>"),
        ("<a\n  b = 'x'  c=\"y\" />\r\n", "<a\n  b = 'x'  c=\"y\" />\r\n"),
        ("<p:a> \n secret\t</p:a>", "<p:a> \n &lt;a&gt;\t</p:a>"),
        ("<a><b>1</b>secret<b/>2</a>", "<a><b>1</b>&lt;a&gt;<b/>2</a>"),
        ("<a>sec<!-- x -->ret</a>", "<a>&lt;a&gt;</a>"),
        ("<a>se<![CDATA[cre]]>t</a>", "<a>&lt;a&gt;</a>"),
        ("<a><![CDATA[ secret ]]></a>", "<a><![CDATA[ <a> ]]></a>"),
        ("<a>&#115;ecret</a>", "<a>&lt;a&gt;</a>"),
        ("<a>&#x73;ecret &amp; more</a>", "<a>&lt;a&gt;</a>"),
        ("<a b='secret > x' c=''/>", "<a b='&lt;a/b&gt;' c=''/>"),
        ('<a b="it\'s secret"/>', '<a b="&lt;a/b&gt;"/>'),
        ("<a>1<!-- one\ntwo\n-->2<?pi secret?></a>", "<a>12\n\n</a>"),
        ("<a xmlns='urn:x' xmlns:b='secret'/>", "<a xmlns='urn:x' xmlns:b='urn:other'/>"),
        ("<a><b/>\n  <c>x</c>\n</a>", "<a><b/>\n  <c>x</c>\n</a>"),
    ],
)
def test_only_what_is_said_changes(text: str, expected: str) -> None:
    assert rewrite(text) == expected


@pytest.mark.parametrize("text", ["<", "<a <b/>", "<!DOCTYPE a><a/>", "<a b='x/>"])
def test_what_is_no_markup_is_refused(text: str) -> None:
    with pytest.raises(MarkupError):
        rewrite(text)


def test_references_and_line_ends_are_read_as_a_parser_does() -> None:
    assert unescaped("a&lt;&gt;&amp;&quot;&apos;&#65;&#x42;\r\n\r") == "a<>&\"'AB\n\n"


def test_names_without_prefix() -> None:
    assert (local("t:Bias"), local("Bias")) == ("Bias", "Bias")
