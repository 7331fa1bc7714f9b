"""Tests of galsync/settings/forwarder_consistency.py."""

from typing import Any

import pytest
from pydantic import ValidationError

from galsync.settings import GalsyncSettings
from tests.galsync.settings.estate import DIRECTORIES


def wrong(*forwarders: dict[str, Any]) -> list[str]:
    try:
        GalsyncSettings.model_validate({"directories": DIRECTORIES, "move_forwarders": forwarders})
    except ValidationError as error:
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return []


@pytest.mark.parametrize("at", ["ad", "online", "google", "script"])
def test_where_mail_can_be_forwarded(at: str) -> None:
    assert wrong({"move": "m", "at": at}) == []
    assert wrong({"move": "m", "at": "ad", "beyond": at}) == [] or at == "ad"


@pytest.mark.parametrize(
    ("written", "place", "words"),
    [
        ({"at": "nowhere"}, "at", "no directory is called nowhere"),
        ({"at": "csv"}, "at", "cannot forward anybody's mail"),
        ({"at": "ad", "beyond": "graph"}, "beyond", "cannot forward anybody's mail"),
        ({"at": "ad", "beyond": "ad"}, "beyond", "is the side that people leave"),
    ],
)
def test_where_it_cannot(written: dict[str, str], place: str, words: str) -> None:
    (found,) = wrong({"move": "m", **written})
    assert found.startswith(f"move_forwarders.0.{place}: ")
    assert words in found


def test_nobody_is_forwarded_twice_at_one_place() -> None:
    (found,) = wrong({"move": "m", "at": "ad"}, {"move": "m", "at": "ad"})
    assert "twice" in found
    assert wrong({"move": "m", "at": "ad"}, {"move": "n", "at": "ad"}) == []
