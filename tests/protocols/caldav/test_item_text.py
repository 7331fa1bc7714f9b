"""Texts come back as they were written, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.item_text import body, escaped, line, words

plain = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn"))).map(str.strip)


@given(st.lists(plain, max_size=4))
def test_a_text_comes_back(lines: list[str]) -> None:
    text = "\n".join(lines).rstrip()
    assert body(escaped(text)) == text


@given(st.lists(plain.filter(lambda text: text and len(text.splitlines()) == 1), max_size=4))
def test_a_list_comes_back(texts: list[str]) -> None:
    assert words(",".join(map(escaped, texts))) == texts


def test_line_ends_and_controls_are_put_in_order() -> None:
    assert body("a\\r\\nb\r\nc\\Nd\x00\x07e\\n\\n  ") == "ar\nb\nc\nde"
    assert escaped("a\r\nb\rc\x00") == "a\\nb\\nc"
    assert escaped("half \ud83e") == "half ?"
    assert line(" a\\n b\\, c ") == "a b, c"


@pytest.mark.parametrize(("value", "found"), [("", []), (" , ", []), ("a,b\\,c\\\\,d", ["a", "b,c\\", "d"])])
def test_lists_are_parted_at_their_own_commas(value: str, found: list[str]) -> None:
    assert words(value) == found
