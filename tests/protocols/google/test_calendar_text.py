"""Descriptions are plain text, whatever HTML they hold, and plain text comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.google.calendar_text import body, description, line
from protocols.model.texts import LONGEST

TEXTS = st.text(
    st.one_of(st.sampled_from("<>/&;ab \n#"), st.characters(exclude_categories=["Cs", "Cc", "Cn"])), max_size=60
).map(lambda text: text.rstrip().replace("\r", ""))


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("Two\nlines", "Two\nlines"),
        ("Two\r\nlines \n", "Two\nlines"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("by <ann@contoso.example>", "by <ann@contoso.example>"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>one</p><p>two &amp; <b>three</b></p>", "one\ntwo & three"),
        ("<ul><li>one</li><li>two</li></ul>end", "- one\n- two\nend"),
        ('see <a href="https://contoso.example/?a=1&amp;b=2">here</a>', "see here (https://contoso.example/?a=1&b=2)"),
        ('<a href="https://contoso.example">https://contoso.example</a>', "https://contoso.example"),
        ("a<script>alert('<br>')</script>b<style>x</style>", "ab"),
        ("a<SCRIPT>never ends", "a"),
        ("a<b", "a<b"),
        ("x<br>a<b class='", "x\na"),
        ("Fish &amp; chips", "Fish & chips"),
        ("&lt;b&gt;", "<b>"),
        ("one<br>&nbsp;two", "one\n two"),
        ("nothing\x00ness", "nothingness"),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_what_a_reader_sees(html: object, plain: str) -> None:
    assert body(html) == (plain, False)


@given(TEXTS)
def test_what_is_written_comes_back(text: str) -> None:
    assert body(description(text)) == (text, False)


@pytest.mark.parametrize("text", ["<b>", "&lt;", "a <br> b", "<p class='x'>", "&#65; & &copy"])
def test_markup_in_a_text_is_none_in_google(text: str) -> None:
    assert "<" not in description(text)
    assert body(description(text))[0] == text


def test_a_long_text_is_cut_and_said_to_be() -> None:
    told, shorter = body("a" * 2_000_000)
    assert (len(told), shorter) == (LONGEST, True)
    assert body("<br>" * 100_000 + "x" * 40_000)[1]


@pytest.mark.parametrize("piece", ["<", "<a ", '<a href="', "<script>", "&", "<b>" * 3, "<a href='x'>y", "</", "\n \n"])
def test_no_text_takes_for_ever(piece: str) -> None:
    assert len(body(piece * (200_000 // len(piece)))[0]) <= LONGEST


@pytest.mark.parametrize(
    ("value", "told"),
    [(" A\nB ", "A B"), ("A\r\nB", "A B"), ("A\u2028B", "A B"), (None, ""), ("x" * 32_001, "x" * 32_000)],
)
def test_a_title_is_one_line(value: object, told: str) -> None:
    assert line(value)[0] == told
