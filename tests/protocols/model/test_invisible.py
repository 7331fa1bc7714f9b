"""Tests of protocols/model/invisible.py."""

import pytest

from protocols.model.invisible import is_invisible, is_mark


@pytest.mark.parametrize("c", ["\u200b", "\u00ad", "\u2060", "\u034f", "\ufe0f", "\u3164", "\U000e0101", "\0", "\x7f"])
def test_what_nobody_sees(c: str) -> None:
    assert is_invisible(c)


@pytest.mark.parametrize("c", ["a", " ", "\t", "\n", "\u00a0", "é", "\u0301", "ß", "人"])
def test_what_is_seen(c: str) -> None:
    assert not is_invisible(c)


def test_marks() -> None:
    assert [is_mark(c) for c in "\u0301\u20dd\U0001d16da\u093f"] == [True, True, True, False, False]
