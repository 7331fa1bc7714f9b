"""Tests of proxy/routes.py."""

from pathlib import Path
from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from proxy.list_files import ListFileError
from proxy.routes import table_of, ways_of
from proxy.settings import ProxySettings
from routing.table import Combine
from routing.ways import legs_in
from tests.proxy.served import configuration

ROOMS = "alias,real\nc_1@resource.calendar.google.com,room1@fabrikam.example\n"


def settings(*routes: dict[str, Any], aliases: tuple[dict[str, Any], ...] = ()) -> ProxySettings:
    written = configuration()
    fabrikam = written["connectors"]["fabrikam"]
    written["connectors"] = dict.fromkeys(("fabrikam", "google"), fabrikam)
    return ProxySettings.model_validate(written | {"routes": list(routes), "aliases": list(aliases)})


def asked(written: ProxySettings, folder: Path, address: str) -> list[str]:
    return [f"{leg.via}:{leg.mailbox}" for leg in legs_in(ways_of(written, folder).find(Mailbox.parse(address)))]


def test_a_route_to_several_says_how_they_are_combined() -> None:
    written = settings({"match": "b.example", "via": ["google", "fabrikam"], "combine": "first"})
    [route] = table_of(written.routes).routes
    assert (route.via, route.combine) == (("google", "fabrikam"), Combine.FIRST)


BOTH = {
    "match": "fabrikam.example",
    "via": ["fabrikam", "google"],
    "combine": "union",
    "rewrite": {"google": "{alias}"},
}
DOMAIN = {"domain": "g.fabrikam.example", "of": "fabrikam.example"}


def test_an_alias_leads_to_the_real_name_and_back_towards_who_knows_the_alias(tmp_path: Path) -> None:
    written = settings(BOTH, aliases=(DOMAIN,))
    expected = ["fabrikam:ann@fabrikam.example", "google:ann@g.fabrikam.example"]
    assert asked(written, tmp_path, "ann@fabrikam.example") == expected
    assert asked(written, tmp_path, "Ann@G.fabrikam.example") == expected


def test_rooms_have_aliases_of_their_own_in_both_directions(tmp_path: Path) -> None:
    (tmp_path / "rooms.csv").write_text(ROOMS, "utf-8")
    written = settings(BOTH, aliases=(DOMAIN, {"addresses": "rooms.csv"}))
    expected = ["fabrikam:room1@fabrikam.example", "google:c_1@resource.calendar.google.com"]
    assert asked(written, tmp_path, "room1@fabrikam.example") == expected
    assert asked(written, tmp_path, "C_1@resource.calendar.google.com") == expected
    assert asked(written, tmp_path, "ann@fabrikam.example")[1] == "google:ann@g.fabrikam.example"


def test_who_has_no_alias_is_asked_about_by_the_real_name(tmp_path: Path) -> None:
    assert asked(settings(BOTH), tmp_path, "ann@fabrikam.example") == [
        "fabrikam:ann@fabrikam.example",
        "google:ann@fabrikam.example",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, r"rooms\.csv: there is no such file"),
        ("a@b.example", r"rooms\.csv:1: is no pair of addresses"),
        (
            "a@b.example,b@b.example\nb@b.example,a@b.example",
            r"\[\[aliases\]\] number 1: a@b.example is an alias of b@b.example",
        ),
    ],
)
def test_what_is_wrong_with_aliases_is_told(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "rooms.csv").write_text(text, "utf-8")
    with pytest.raises(ListFileError, match=words):
        ways_of(settings(BOTH, aliases=({"addresses": "rooms.csv"},)), tmp_path)
