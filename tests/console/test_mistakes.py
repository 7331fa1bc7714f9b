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


def told(section: str, index: int | None, key: str, value: object) -> str:
    """What is wrong with a key of the example that is given this value, and its remedy."""
    data: Any = tomllib.loads(example())
    inner = data.setdefault(section, {})
    (inner if index is None else inner[index])[key] = value
    with pytest.raises(ValidationError) as refused:
        Configuration.model_validate(data)
    [(place, what, remedy)] = [explained(details, data, Configuration) for details in refused.value.errors()]
    assert place[-1] == key
    return f"{what}; {remedy}"


@pytest.mark.parametrize(
    ("section", "index", "key"),
    [("server", None, "workers"), ("cache", None, "refresh_asks"), ("callers", 0, "people_per_hour")],
)
@pytest.mark.parametrize("value", [2.5, 2.0, "4", True])
def test_what_is_no_whole_number(section: str, index: int | None, key: str, value: object) -> None:
    assert told(section, index, key, value) == "is not what is wanted here; write a whole number, without quotes"


@pytest.mark.parametrize("value", ["3", True])
def test_what_is_no_number(value: object) -> None:
    assert told("callers", 0, "weight", value) == "is not what is wanted here; write a number, without quotes"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_without_end(value: float) -> None:
    expected = "is not what is wanted here; write a number that ends, neither nan nor inf"
    assert told("callers", 0, "weight", value) == expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "must be at least 1; write 1 or more, or leave it out: it is 1 then"),
        (257, "must be at most 256; write 256 or less, or leave it out: it is 1 then"),
    ],
)
def test_a_number_out_of_bounds(value: int, words: str) -> None:
    assert told("server", None, "workers", value) == words


@pytest.mark.parametrize(("section", "key"), [("northwind", "budget"), ("contoso", "anchors")])
def test_text_where_a_list_of_text_is_wanted_is_shown_as_a_list(section: str, key: str) -> None:
    data: Any = tomllib.loads(example())
    data["connectors"][section][key] = "20/1s"
    with pytest.raises(ValidationError) as refused:
        Configuration.model_validate(data)
    [(_, _, remedy)] = [explained(details, data, Configuration) for details in refused.value.errors()]
    assert remedy == 'write a list, such as ["20/1s"]'


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


def test_a_key_that_is_there_already_may_have_been_meant() -> None:
    data: Any = tomllib.loads(example())
    data["hubs"] = [{"name": "team", "spokes": {}, "spoke": {}}]
    with pytest.raises(ValidationError) as refused:
        Configuration.model_validate(data)
    told = {
        place: remedy for place, _, remedy in (explained(each, data, Configuration) for each in refused.value.errors())
    }
    assert told["hubs", 0, "spoke"] == "did you mean spokes?"
