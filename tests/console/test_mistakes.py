"""Mistakes in words: suggestions, and where in a union a key belongs. Whole sentences are in test_configuration."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from console.configuration import Configuration
from console.example import example
from console.mistakes import did_you_mean, explained, shape

EXAMPLE = tomllib.loads(example())


def test_suggests_what_looks_alike_or_names_all() -> None:
    assert did_you_mean("Pubic_url", ["listen", "public_url"]) == "did you mean public_url?"
    assert did_you_mean("zzz", ["b", "a"]) == "write one of a, b"
    assert did_you_mean("zzz", []) == "remove it"


def test_a_union_is_decided_by_its_tag() -> None:
    schema = Configuration.model_json_schema()
    assert "subject" in shape(("connectors", "northwind"), EXAMPLE, schema)["properties"]
    assert "anchors" in shape(("connectors", "contoso"), EXAMPLE, schema)["properties"]
    assert "chain" in shape(("server", "certificate"), EXAMPLE, schema)["properties"]
    assert "usernames" in shape(("callers", 0, "basic"), EXAMPLE, schema)["properties"]


def places(value: object, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every key of the example."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [p for key, one in inner for p in [(*place, key), *places(one, (*place, key))]]


@pytest.mark.parametrize("place", places(EXAMPLE), ids=str)
@given(nonsense=st.one_of(st.none(), st.integers(-5, 5), st.just("nonsense \x00"), st.just([[]]), st.just({"x": 1})))
def test_nonsense_anywhere_is_explained_and_placed(place: tuple[str | int, ...], nonsense: object) -> None:
    data: Any = tomllib.loads(example())
    section = data
    for part in place[:-1]:
        section = section[part]
    section[place[-1]] = nonsense
    try:
        Configuration.model_validate(data)
    except ValidationError as error:
        for details in error.errors():
            where, what, _ = explained(details, data, Configuration)
            assert what
            assert where


@pytest.mark.parametrize(
    ("people", "key", "words"),
    [
        ({"attribute": "extensionAttribute7", "of": "contoso"}, "of", '"contoso" is no side: write "from" or "to"'),
        ({"group": "moved@contoso.example", "of": ["to"]}, "of", 'is no side: write "from" or "to"'),
        ({"group": "moved@contoso.example", "fo": "to"}, "fo", "there is no such key here"),
        ({"attribute": "mail", "value": 3}, "value", "is not what is wanted here"),
        ({"attribute": "mail", "group": "a@contoso.example"}, "", "write group or attribute"),
        ({"of": "to"}, "group", "is missing"),
    ],
)
def test_a_mistake_about_who_moves_is_told_at_its_key(people: dict[str, Any], key: str, words: str) -> None:
    data: Any = tomllib.loads(example())
    data["moves"] = [{"name": "x", "from": "fabrikam", "to": "contoso", "people": people}]
    with pytest.raises(ValidationError) as refused:
        Configuration.model_validate(data)
    [(place, what, _)] = [explained(details, data, Configuration) for details in refused.value.errors()]
    assert place == ("moves", 0, "people", *((key,) if key else ()))
    assert words in what
