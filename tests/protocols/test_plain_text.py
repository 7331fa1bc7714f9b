"""HTML becomes text in which nobody finds markup, within a bounded time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.plain_text import of_html, of_text

_MARKUP = st.text(st.sampled_from("<>/!-&;#x3c lgtscriptSTYLEbrp=\"'\n\x00é"), max_size=200)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>I am   away &amp; until&nbsp;<b>Monday</b>.</p><p>Ann</p>", "I am away & until Monday.\nAnn"),
        ("<html><head><title>x</title><style>p { }</style></head><body>Away</body></html>", "Away"),
        ("Away<br/>until<BR>Monday", "Away\nuntil\nMonday"),
        ("<!-- not this -->Away<script>or('this')</script>", "Away"),
        ("<SCRIPT>İİİİ</SCRIPT >Away", "Away"),
        ("1 < 2 &lt;script&gt;alert(1)&lt;/script&gt;", "1 ‹ 2 ‹script›alert(1)‹/script›"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("no end <!-- and the rest is gone", "no end"),
        ("no end <a href='x", "no end"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("  \n ", ""),
        ("&#8238;a&#x1b;[31m&#0;", "a[31m\ufffd"),
    ],
)
def test_what_a_reader_sees(html: str, text: str) -> None:
    assert of_html(html, longest=100) == text


def test_what_is_long_is_cut() -> None:
    assert of_html("<p>" + "word " * 1000, longest=12) == "word word w…"
    assert of_text("x" * 12, longest=12) == "x" * 12
    assert len(of_html("a" * 10_000_000, longest=1000)) == 1000


def test_plain_text_keeps_its_lines() -> None:
    assert of_text(" one\r\ntwo\t <three> \r\n\r\n", longest=100) == "one\ntwo ‹three›"


@given(_MARKUP | st.text(max_size=200), st.integers(1, 50))
def test_nothing_is_markup_any_more(html: str, longest: int) -> None:
    for text in (of_html(html, longest=longest), of_text(html, longest=longest)):
        assert not set(text) & set("<>\x00")
        assert len(text) <= longest
        assert text == text.strip()
