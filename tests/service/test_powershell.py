"""Tests of service/powershell.py: whatever a person's name holds, it ends no string and begins no command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.powershell import comment, expression, expression_list, quoted
from tests.galsync.powershell.reading import QUOTES, Reader

INVISIBLE = "\n\r\t\0\u200b\u200d\u202e\u2028\u00ad\U000e0001"
ACTIVE = '$(){};`"#&|<>@%+,=[]'
texts = st.text(
    st.sampled_from(QUOTES + INVISIBLE + ACTIVE) | st.characters(exclude_categories=["Cs"]),
)


@given(texts)
def test_an_expression_reads_back_and_nothing_is_left_over(text: str) -> None:
    code = expression(text)
    reader = Reader(code + "\n")
    assert reader.value() == text
    assert reader.at == len(code)


@given(st.lists(texts, max_size=4))
def test_a_list_reads_back(values: list[str]) -> None:
    code = expression_list(values)
    reader = Reader(code + "\n")
    assert reader.value() == values
    assert reader.at == len(code)


@given(texts)
def test_nothing_that_a_reader_cannot_see_stands_in_an_expression(text: str) -> None:
    assert not any(c in expression(text) for c in INVISIBLE)


def test_how_it_looks() -> None:
    assert expression("O'Brien") == "'O''Brien'"
    assert expression("a\nb") == "('' + 'a' + [char]0x000A + 'b')"
    assert expression("\U000e0001") == "('' + [char]::ConvertFromUtf32(0xE0001))"


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        expression(text)


@pytest.mark.parametrize("text", ["a\nb", "a\u200bb"])
def test_what_a_reader_cannot_see_is_refused_where_a_string_is_asked_for(text: str) -> None:
    with pytest.raises(ValueError, match="has no place in a command"):
        quoted(text)


@given(st.text())
def test_a_comment_stays_one(text: str) -> None:
    assert all(line.startswith("#") and not set(line) & set("\r\n\x85\u2028\u2029") for line in comment(text))
