"""Tests of galsync/people/condition_words.py: what each function says, whatever the capitals."""

import pytest

from galsync.people.condition_words import FUNCTIONS
from galsync.people.globs import glob
from galsync.people.vocabulary import LONGEST_VALUE


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("lower", ("Dr",), "dr"),
        ("upper", ("Dr",), "DR"),
        ("startswith", ("Dr Lee", "DR"), True),
        ("startswith", ("Lee", "DR"), False),
        ("endswith", ("Ann LEE", "lee"), True),
        ("endswith", ("Ann", "lee"), False),
        ("contains", ("The External One", "external"), True),
        ("contains", ("Ann", "external"), False),
        ("matches", ("Ann@X.example", glob("*@x.example")), True),
        ("matches", ("Ann@X.example", glob("ann")), False),
        ("has", (("a@x", "Sales@X"), glob("sales@*")), True),
        ("has", (("a@x",), glob("sales@*")), False),
        ("has", ((), glob("*")), False),
    ],
)
def test_what_a_function_says(name: str, given: tuple[object, ...], said: object) -> None:
    assert FUNCTIONS[name].run(*given) == said
    assert len(FUNCTIONS[name].takes) == len(given)


def test_every_function_is_tried_here() -> None:
    assert FUNCTIONS.keys() == {"lower", "upper", "startswith", "endswith", "contains", "matches", "has"}


@pytest.mark.parametrize("name", ["lower", "upper"])
def test_a_text_stays_bounded(name: str) -> None:
    assert len(str(FUNCTIONS[name].run("\u0390" * LONGEST_VALUE))) <= LONGEST_VALUE
