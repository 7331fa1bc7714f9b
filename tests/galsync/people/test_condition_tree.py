"""Tests of galsync/people/condition_tree.py: words, texts and the fixed table pass, of the right type."""

import ast

import pytest

from galsync.people.condition_tree import DEEPEST, checked
from galsync.people.vocabulary import ExpressionError


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ("compny == 'x'", "nothing is called compny; did you mean company?", 0),
        ("not lower", "nothing is called lower: it must be called, lower(…)", 4),
        ("title == 5", "not a text in quotes: 5", 9),
        ("title in ('a', 5)", "not a text in quotes, as all in a list must be", 15),
        ("title in ('a', office)", "not a text in quotes, as all in a list must be", 15),
        ("title > 'a'", "compare with == or !=, in or not in", 0),
        ("'a' == title == 'b'", "two comparisons in a row: put and between them", 0),
        ("hidden == True", "only texts are compared, and this is true or false", 0),
        ("(title or office) == 'x'", "only texts are compared, and this is true or false", 0),
        ("groups == 'x'", "only texts are compared, and this is a list of texts", 0),
        ("groups in title", "in stands between a text and a list of texts, or a longer text", 0),
        ("title.upper() == 'X'", "no function is called title.upper", 0),
        ("title.real", "a dot is for attr.NAME alone", 0),
        ("title + office", "there is no arithmetic here", 0),
        ("-title", "there is no sign before a word here but not", 0),
        ("title[0]", "there are no square brackets behind a word here", 0),
        ("title if office else city", "there is no if here: say it with and, or, not", 0),
        ("f'{title}'", "there is no f before a text here", 0),
        ("lambda: 1", "there is no code here", 0),
        ("[t for t in groups]", "this is not for conditions", 0),
        ("(x := title)", "this is not for conditions", 1),
        ("starswith(title, 'x')", "no function is called starswith; did you mean startswith?", 0),
        ("open('x')", "no function is called open", 0),
        ("lower(title, office)", "lower takes a text", 0),
        ("lower(text=title)", "lower takes a text", 0),
        ("lower(*groups)", "this is not for conditions", 6),
        ("contains(groups, 'x')", "contains takes a text here, and this is a list of texts", 9),
        ("has(title, 'x')", "has takes a list of texts here, and this is a text", 4),
        ("matches(title, office)", "matches takes a pattern in quotes here, and this is a text", 15),
        ("attr(title)", "attr takes the name of one attribute of the source, in quotes", 0),
        ("attr('')", "attr takes the name of one attribute of the source, in quotes", 0),
        ("attr.x.y", "a dot is for attr.NAME alone", 0),
        ("'x'", "a text in quotes alone says nothing about anybody", 0),
        ("b'x' == title", "not a text in quotes: b'x'", 0),
        ("title == 'ö' and nme", "nothing is called nme; did you mean", 17),
    ],
)
def test_what_is_refused_and_where(text: str, what: str, place: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        checked(ast.parse(text, mode="eval").body, text)
    assert caught.value.what.startswith(what)
    assert caught.value.place == place


def test_nothing_is_nested_without_bounds() -> None:
    text = "not " * (DEEPEST + 2) + "hidden"
    with pytest.raises(ExpressionError, match="more than 32 deep"):
        checked(ast.parse(text, mode="eval").body, text)
    text = text.removeprefix("not not ")
    assert checked(ast.parse(text, mode="eval").body, text).words.keys() == {"hidden"}


def test_a_pattern_is_bounded() -> None:
    text = f"matches(title, '{'x' * 201}')"
    with pytest.raises(ExpressionError, match="more than 200 characters"):
        checked(ast.parse(text, mode="eval").body, text)


def test_the_place_is_of_the_whole_text() -> None:
    text = "  nobody"
    with pytest.raises(ExpressionError) as caught:
        checked(ast.parse(text.strip(), mode="eval").body, text, shift=2)
    assert caught.value.place == 2
