"""Tests of galsync/people/cleaning.py: what is left of a text can be kept anywhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.people.cleaning import clean


@pytest.mark.parametrize(
    ("text", "lines", "left"),
    [
        ("Ann", False, "Ann"),
        (" Ann\u00a0", False, "Ann"),
        ("A\x00n\x1bn\x7f\x9f", False, "Ann"),
        ("Ann\ud800 Lee\udfff", False, "Ann Lee"),
        ("Jose\u0301", False, "José"),
        ("Street 1\r\n12345 Town", True, "Street 1\n12345 Town"),
        ("Street 1\r\n12345 Town", False, "Street 1 12345 Town"),
        ("a \t b\u2028c\x0bd", False, "a b c d"),
        ("a\tb", True, "a b"),
        ("\U0001f469\u200d\U0001f467 e\u0301", False, "\U0001f469\u200d\U0001f467 \u00e9"),
        ("\ufffe\uffff", False, ""),
    ],
)
def test_what_is_left(text: str, lines: bool, left: str) -> None:
    assert clean(text, lines=lines) == left


@given(st.text(st.characters()), st.booleans())
def test_what_is_left_is_clean(text: str, lines: bool) -> None:
    left = clean(text, lines=lines)
    assert unicodedata.is_normalized("NFC", left)
    assert left == left.strip()
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in left if not (lines and sign == "\n"))
    assert clean(left, lines=lines) == left


def test_a_clean_text_is_not_copied() -> None:
    text = "".join(["Ann", " Lee"])
    assert clean(text) is text
