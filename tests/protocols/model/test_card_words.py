"""The one form of a contact."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.model import card_words as words
from protocols.model.card import Address


@pytest.mark.parametrize(
    ("told", "line", "lines"),
    [
        ("  a b ", "a b", "a b"),
        ("a\r\n b\rc\n", "a b c", "a\n b\nc"),
        ("", "", ""),
        (None, "", ""),
        (7, "", ""),
    ],
)
def test_texts(told: object, line: str, lines: str) -> None:
    assert (words.line(told), words.lines(told)) == (line, lines)


def test_long_texts_are_cut_and_that_is_said() -> None:
    assert words.cut("a" * words.LONGEST) == ("a" * words.LONGEST, False)
    assert words.cut("a" * (words.LONGEST - 1) + " b" * 5) == ("a" * (words.LONGEST - 1), True)


def test_mail_addresses_are_told_once_and_what_is_none_is_noticed() -> None:
    assert words.emails(["A@b.example", "a@B.example ", "", None, "c@d.example"]) == (
        ("A@b.example", "c@d.example"),
        False,
    )
    assert words.emails(["/o=ExchangeLabs/cn=a@b", "a@b.example"]) == (("a@b.example",), True)
    assert words.emails(["nobody"]) == ((), True)


def test_categories_are_sorted() -> None:
    assert words.categories(["b", " a", "b", "", None]) == ("a", "b")


def test_an_empty_address_says_nothing() -> None:
    assert not words.said(Address())
    assert words.said(Address(country="DE"))


@pytest.mark.parametrize(
    "told",
    [
        "1980-02-29T00:00:00Z",
        "1980-02-29T11:59:00Z",
        "1980-02-28T23:00:00Z",  # midnight in Berlin
        "1980-02-29T05:00:00+00:00",  # midnight in New York
        "1980-02-29T01:00:00+01:00",
        "1980-02-29T00:00:00",
    ],
)
def test_a_birthday_is_the_day_that_was_meant(told: str) -> None:
    assert words.day(told) == date(1980, 2, 29)


@pytest.mark.parametrize("told", ["", None, "soon", "4501-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 7])
def test_what_is_no_birthday_is_none(told: object) -> None:
    assert words.day(told) is None


@settings(max_examples=50)
@given(st.dates(date(1604, 1, 1), date(4499, 12, 30)))
def test_a_birthday_comes_back(day: date) -> None:
    assert words.day(words.instant(day)) == day


def test_moments() -> None:
    assert words.moment("2026-11-23T09:00:00.5+01:00") == datetime(2026, 11, 23, 8, 0, 0, 500_000, UTC)
    assert words.moment("2026-11-23T08:00:00") == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert [words.moment(told) for told in ("", "soon", None, "0001-01-01T00:00:00+14:00")] == [None] * 4
