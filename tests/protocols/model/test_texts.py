"""One form of every text, whichever system it comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.texts import LONGEST, categories, cut, line, lines


@pytest.mark.parametrize(
    ("told", "one", "several"),
    [
        ("  a  b ", "a  b", "  a  b"),
        ("a\r\n b\rc\n", "a b c", "a\n b\nc"),
        ("a\u2028b\x0bc", "a b c", "a\u2028bc"),
        ("a\x00\x07\x7f\ufffeb\tc", "ab\tc", "ab\tc"),
        ("half \ud83e", "half", "half"),
        (" \n ", "", ""),
        ("", "", ""),
        (None, "", ""),
        (7, "", ""),
    ],
)
def test_texts(told: object, one: str, several: str) -> None:
    assert (line(told), lines(told)) == (one, several)


@given(st.text())
def test_what_is_in_form_stays(text: str) -> None:
    assert line(line(text)) == line(text)
    assert lines(lines(text)) == lines(text)
    assert len(line(text).splitlines()) <= 1


def test_what_is_too_long_is_cut_and_said_to_be() -> None:
    assert cut("a" * LONGEST) == ("a" * LONGEST, False)
    assert cut("a" * (LONGEST - 1) + " b" * 5) == ("a" * (LONGEST - 1), True)
    assert cut("abc", 2) == ("ab", True)


def test_categories_are_sorted() -> None:
    assert categories(["b", " a", "b", "", None]) == ("a", "b")
