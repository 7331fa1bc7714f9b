"""Nothing that stands in the configuration becomes a PowerShell command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.setup.quoting import comment, quoted, quoted_list

# PowerShell's own tokenizer: any of these ends a single-quoted string unless another of them follows at once
SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
printable = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")) | st.sampled_from(SINGLE_QUOTES))


def read_string(code: str) -> tuple[str, str]:
    """The string that begins ``code``, as PowerShell reads it, and what stands after it."""
    assert code[0] in SINGLE_QUOTES
    text, position = "", 1
    while position < len(code):
        if code[position] in SINGLE_QUOTES:
            if position + 1 < len(code) and code[position + 1] in SINGLE_QUOTES:
                position += 1
            else:
                return text, code[position + 1 :]
        text += code[position]
        position += 1
    raise AssertionError(f"never closed: {code!r}")


@given(printable)
def test_reads_back_as_what_it_was_and_nothing_is_left_over(text: str) -> None:
    assert read_string(quoted(text)) == (text, "")


@given(st.lists(printable, min_size=1))
def test_a_list_reads_back(texts: list[str]) -> None:
    rest = quoted_list(texts).removeprefix("@(")
    for text in texts:
        found, rest = read_string(rest)
        assert found == text
        rest = rest.removeprefix(", ")
    assert rest == ")"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x00b", "a\u2028b", "a\u202eb", "a\u200bb"])
def test_refuses_what_a_reader_cannot_see(text: str) -> None:
    with pytest.raises(ValueError, match="has no place in a command"):
        quoted(text)


@given(st.text())
def test_a_comment_stays_one(text: str) -> None:
    lines = comment(text)
    assert all(line.startswith("#") for line in lines)
    assert not any(end in line for line in lines for end in "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
