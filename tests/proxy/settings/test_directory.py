"""Tests of proxy/settings/directory.py."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings import ProxySettings
from proxy.settings.directory import DirectorySettings, GroupSettings, RoomListSettings
from tests.proxy.served import configuration

_GOOGLE = {"protocol": "google", "service_account": "file:a.json", "subject": "a@b.example"}
_HTTP = {"protocol": "http", "url": "https://shifts.b.example"}
_BOARD = {"address": "board@b.example", "members": "ann@b.example"}
_HQ = {"name": "HQ", "address": "hq@b.example", "rooms": ["elbe@b.example"]}


def test_the_defaults() -> None:
    settings = DirectorySettings()
    assert (settings.groups, settings.rooms, settings.keep) == (("*",), True, timedelta(minutes=10))


def test_lists_are_addresses_and_files() -> None:
    assert GroupSettings.model_validate(_BOARD).members == ("ann@b.example",)
    several = {**_BOARD, "members": ["Ann@b.example", "file: team.txt"]}
    assert GroupSettings.model_validate(several).members == ("ann@b.example", "file: team.txt")
    assert RoomListSettings.model_validate(_HQ).rooms == ("elbe@b.example",)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (GroupSettings, {**_BOARD, "members": []}, "write at least one"),
        (GroupSettings, {**_BOARD, "members": "file:"}, "the path is missing"),
        (GroupSettings, {**_BOARD, "members": "b.example"}, "is no address"),
        (RoomListSettings, {**_HQ, "name": ""}, "at least 1 character"),
        (DirectorySettings, {"groups": ["team"]}, "matches no address"),
        (DirectorySettings, {"groups": ["[a]@b.example"]}, "matches no address"),
        (DirectorySettings, {"keep": "10"}, "not a length of time"),
    ],
)
def test_what_is_refused(kind: type[Any], values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        kind.model_validate(values)


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        (
            {"connectors": {"g": {**_GOOGLE, "directory": {}}}},
            ("connectors", "g", "directory", "subject"),
            "write the administrator",
        ),
        (
            {"connectors": {"h": {**_HTTP, "directory": {}}}},
            ("connectors", "h", "directory"),
            "http has none: remove it, or write [[groups]]",
        ),
        (
            {"groups": [_BOARD, {**_BOARD, "address": "Board@b.example"}]},
            ("groups", 1, "address"),
            "board@b.example is listed twice",
        ),
        ({"room_lists": [_HQ, _HQ]}, ("room_lists", 1, "address"), "hq@b.example is listed twice"),
    ],
)
def test_what_does_not_fit_together(changes: dict[str, Any], place: tuple[str | int, ...], words: str) -> None:
    whole = configuration()
    whole["connectors"] |= changes.pop("connectors", {})
    with pytest.raises(ValidationError) as refused:
        ProxySettings.model_validate({**whole, **changes})
    [told] = refused.value.errors()
    assert told["loc"] == place
    assert words in told["msg"]


def test_only_google_has_a_subject() -> None:
    whole = configuration()
    whole["connectors"]["fabrikam"]["directory"] = {"subject": "a@b.example"}
    with pytest.raises(ValidationError, match="only google has one"):
        ProxySettings.model_validate(whole)
    whole["connectors"]["fabrikam"]["directory"] = {}
    assert ProxySettings.model_validate(whole).connectors["fabrikam"].directory == DirectorySettings()
