"""Routes are narrow by default, and rooms are known by Google's own domain for them."""

import re

import pytest
from pydantic import ValidationError

from proxy.settings.routes import AliasSettings, RoomsSettings, RouteSettings


def test_a_route_changes_no_address_and_makes_nobody_a_room() -> None:
    route = RouteSettings.model_validate({"match": "Northwind.example", "via": "northwind"})
    assert (route.match, route.rewrite, route.rooms) == ("northwind.example", None, False)


def test_googles_rooms_are_rooms() -> None:
    assert RoomsSettings().match == ("*@resource.calendar.google.com",)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"via": ["a", "b"]}, "several connectors: write combine"),
        ({"via": ["a", "a"], "combine": "union"}, '"a" stands there twice'),
        ({"via": []}, "write at least one"),
        ({"via": "a", "rewrite": {"b": "{local}@b.example"}}, 'rewrite names "b", which via does not'),
        ({"via": "a", "rewrite": "nobody"}, '"nobody" is no template'),
        ({"via": "a", "rewrite": {"a": "{nobody}@b.example"}}, "is no template"),
        ({"via": "a", "rewrite": 7}, "write a template such as"),
    ],
)
def test_several_connectors_want_words(written: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        RouteSettings.model_validate({"match": "a.example", **written})


def test_one_connector_and_several() -> None:
    assert RouteSettings.model_validate({"match": "a.example", "via": "a"}).via == ("a",)
    several = {"match": "a.example", "via": ["a", "b"], "combine": "first", "rewrite": {"b": "{alias}"}}
    assert RouteSettings.model_validate(several).rewrite == {"b": "{alias}"}


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"domain": "a.example"},
        {"of": "a.example"},
        {"domain": "a.example", "of": "b.example", "addresses": "x.csv"},
    ],
)
def test_an_alias_is_a_domain_of_another_or_a_file(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="write domain and of, or addresses alone"):
        AliasSettings.model_validate(written)
