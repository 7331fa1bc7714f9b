"""Tests of galsync/files/formulas.py: nothing begins a formula, whatever separator a program expects."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.files.formulas import bare, guarded

awkward = st.text(st.sampled_from("a='+-@\t\r\n;,\" |\uff1d\uff20 \u00a0")) | st.text()


@given(awkward)
def test_what_was_guarded_comes_back(text: str) -> None:
    assert bare(guarded(text)) == text


@given(awkward, st.sampled_from(",;\t|"))
def test_no_part_that_a_program_may_take_for_a_cell_begins_with_a_sign(text: str, separator: str) -> None:
    for part in re.split(f"[{separator}\r\n]", guarded(text)):
        assert part.lstrip(' "\u00a0')[:1] not in tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("text", ["", "Ann", "O'Brien", "'t Hooft", "a=b", "1+1", "a;b", "ann@b.example"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_how_it_looks() -> None:
    assert [guarded(text) for text in ("=1", "+49 30", "'=1", "a;=1", '"=1')] == [
        "'=1",
        "'+49 30",
        "''=1",
        "a;'=1",
        "\"'=1",
    ]
