"""Tests of service/state/columns.py: what is bound comes back, as far as both databases can hold it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from service.state.columns import Instant, Plain

DIALECT = sqlite.dialect()


@given(st.text())
def test_text_is_kept_but_for_what_no_database_holds(text: str) -> None:
    kept = Plain().process_bind_param(text, DIALECT)
    assert kept == text.replace("\0", "\ufffd")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("\udcff", "\ufffd"), ("\ud83d\ude00", "😀"), ("ß\0", "ß\ufffd")],
)
def test_broken_text_is_mended(text: str, kept: str) -> None:
    assert Plain().process_bind_param(text, DIALECT) == kept


def test_nothing_is_nothing() -> None:
    assert Plain().process_bind_param(None, DIALECT) is None
    assert Instant().process_bind_param(None, DIALECT) is None
    assert Instant().process_result_value(None, DIALECT) is None


def test_an_instant_is_a_number_in_the_database() -> None:
    instant = datetime(2026, 11, 22, 12, tzinfo=UTC)
    number = Instant().process_bind_param(instant, DIALECT)
    assert number == 1_795_348_800_000_000
    assert Instant().process_result_value(number, DIALECT) == instant
