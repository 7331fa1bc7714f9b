"""Tests of galsync/people/vocabulary.py: every word stands for a text of everybody."""

import pytest
from hypothesis import given

from galsync.people.vocabulary import LONGEST_VALUE, TEXTS, ExpressionError, meant, text_of
from protocols.model.person import Field, Person
from tests.galsync.crowd import PEOPLE, named, person


def test_every_field_is_a_word() -> None:
    assert set(Field) <= TEXTS.keys()


@given(PEOPLE)
def test_every_word_stands_for_a_text_of_anybody(somebody: Person) -> None:
    values = [value(somebody) for name in (*TEXTS, "attr.a") if (value := text_of(name))]
    assert len(values) == len(TEXTS) + 1
    assert all(isinstance(text, str) for text in values)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("primary", "ann@fabrikam.example"),
        ("local", "ann"),
        ("domain", "fabrikam.example"),
        ("kind", "user"),
        ("unit", "/Sales"),
        ("sip", "ann@sip.example"),
        ("title", "Dr"),
        ("office", ""),
        ("attr.employeeType", "temp"),
        ("attr.none", ""),
    ],
)
def test_what_a_word_stands_for(word: str, text: str) -> None:
    ann = person(unit="/Sales", sip="ann@sip.example", texts={"title": "Dr"}, attributes={"employeeType": "temp"})
    value = text_of(word)
    assert value is not None
    assert value(ann) == text


@pytest.mark.parametrize("word", ["", "attr.", "nobody", "__class__", "anchor"])
def test_nothing_else_is_a_word(word: str) -> None:
    assert text_of(word) is None


def test_a_word_stands_for_a_bounded_text() -> None:
    value = text_of("display_name")
    assert value is not None
    assert len(value(named("x" * (LONGEST_VALUE + 1)))) == LONGEST_VALUE


def test_a_near_word_is_meant() -> None:
    assert meant("Compny", TEXTS) == "; did you mean company?"
    assert meant("zzz", TEXTS) == ""


def test_an_error_says_where() -> None:
    error = ExpressionError("what is this", "{a} {b}", 4)
    assert str(error) == "what is this, at character 5 of '{a} {b}'"
